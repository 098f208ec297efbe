"""A new index beside the live one, filled from the database, put in its place while reading and writing go on.

Filling is nothing but repair: what the new index lacks is written until it lacks nothing. So a rebuild that was stopped,
or killed, goes on where it was, one that is started twice does no harm, and one that got no answer for a while begins its
pass again and finds the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Protocol

from search.documents import SupplierDocument
from search.index import Rejection, SearchIndex, SearchUnavailable
from search.indexer import BATCH, ChangeSource, Claim
from search.patience import Patience
from search.reconcile import differences, repair

PASSES = 10
"""What changes while the index is being filled is caught up with in passes, each much shorter than the one before."""


class Successor(Protocol):
    """An index that is to take over. Made, or found again as it was left, by opening it."""

    index: SearchIndex
    resumed: bool
    """Whether it was begun before."""

    def take_over(self, last: Callable[[], object]) -> None:
        """Put it in the place of the live index, at once for every reader, and drop the old one.

        ``last`` is called when no writer can write to the old index alone any more, to catch up a last time. Where it
        raises SearchUnavailable it may be asked again.
        """
        ...

    def close(self) -> None:
        """Release it as it is, to be gone on with."""
        ...


def rebuild(
    source: ChangeSource,
    successor: Successor,
    *,
    progress: Callable[[int], None] = lambda done: None,
    stopped: Callable[[], bool] = lambda: False,
    patience: Patience | None = None,
) -> int | None:
    """Fill the successor and let it take over; returns how many firms were written or deleted, None when ``stopped``.

    ``progress`` is told how many firms have been looked at. What the index refuses is parked. Raises SearchUnavailable,
    after ``patience`` has come to its end where it is given; what was filled stays filled.
    """
    watched = _Watched(source, progress)
    patience = patience or Patience(0)
    touched = 0

    def wrote(firms: int) -> None:
        nonlocal touched
        touched += firms
        patience.progressed()

    def once_through() -> int:
        found = takewhile(lambda _: not stopped(), differences(watched, successor.index))
        return repair(watched, successor.index, found, progress=wrote)

    def last() -> None:
        repair(source, successor.index, differences(source, successor.index), progress=wrote)

    try:
        for _ in range(PASSES):
            now = patience.until_done(once_through)
            if stopped():
                return None
            if now < BATCH:
                break
        patience.until_done(lambda: successor.take_over(last))
    except SearchUnavailable:
        if stopped():
            return None
        raise
    return touched


class _Watched:
    """A source that tells how far its keys have been read."""

    def __init__(self, source: ChangeSource, told: Callable[[int], None]) -> None:
        self._source, self._told = source, told

    def claim(self, limit: int, *, besides: Collection[int] = ()) -> Claim | None:
        return self._source.claim(limit, besides=besides)

    def load(self, keys: Sequence[str]) -> Mapping[str, SupplierDocument]:
        return self._source.load(keys)

    def park(self, rejected: Collection[Rejection]) -> None:
        self._source.park(rejected)

    def versions(self) -> Iterator[tuple[str, int]]:
        for read, pair in enumerate(self._source.versions(), start=1):
            if read % 1_000 == 0:
                self._told(read)
            yield pair
