"""From the outbox to the index.

The database is the truth. Every write leaves its key and version in an outbox in the same transaction; ``drain``
claims the changes, applies them, and only then settles the claim. Versions make replays and races harmless, so a
worker may die at any moment, and several may work at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from search.documents import SupplierDocument
from search.index import Rejection, SearchIndex, SearchUnavailable

BATCH = 2_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """An outbox entry: the supplier ``key`` reached ``version``."""

    id: int
    key: str
    version: int


class Claim(Protocol):
    """Changes that one worker has taken; they stay in the outbox until they are settled."""

    @property
    def changes(self) -> Sequence[Change]:
        """The oldest ones that nobody else has taken."""
        ...

    def settle(self, rejected: Collection[Rejection]) -> None:
        """Forget the changes; what the index refused is parked with its reason."""
        ...

    def release(self) -> None:
        """Give the changes back as they were; after ``settle`` this does nothing."""
        ...


class ChangeSource(Protocol):
    """The database, as the indexer sees it."""

    def claim(self, limit: int, *, besides: Collection[int] = ()) -> Claim | None:
        """Take changes, other than those this worker has already taken (``besides``); None when there are none."""
        ...

    def load(self, keys: Sequence[str]) -> Mapping[str, SupplierDocument]:
        """Current documents; a key without one has been deleted."""
        ...

    def park(self, rejected: Collection[Rejection]) -> None:
        """Set aside what the index refuses, with the reason, for somebody to look at."""
        ...

    def versions(self) -> Iterator[tuple[str, int]]:
        """Every (key, version) that ought to be indexed, in order of the keys."""
        ...


@dataclass(slots=True)
class _Batch:
    claim: Claim
    documents: list[SupplierDocument] = field(default_factory=list)
    deleted: list[tuple[str, int]] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)

    def numbers(self) -> list[int]:
        return [change.id for change in self.claim.changes]


def drain(
    source: ChangeSource,
    index: SearchIndex,
    *,
    batch: int = BATCH,
    progress: Callable[[int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Apply all pending changes; returns how many firms were written or deleted.

    While a batch is being applied (which mostly waits for the encoder's processes) the next one is loaded in a
    thread. What changes in between leaves an entry of its own, so a document loaded early is replaced soon after.
    A document that cannot be loaded or that the index refuses is parked, and the rest goes on. ``stopped`` is asked
    between batches. Raises SearchUnavailable, and whatever fails every document alike, with nothing forgotten.
    """
    applied = 0
    with ThreadPoolExecutor(1, "indexer-load") as ahead:
        current = _take(source, batch, ())
        while current:
            following = ahead.submit(_take, source, batch, current.numbers())
            try:
                current.claim.settle([*current.rejected, *_apply(index, current)])
            except BaseException:
                current.claim.release()
                if coming := following.result():
                    coming.claim.release()
                raise
            applied += len({change.key for change in current.claim.changes})
            if progress:
                progress(applied)
            current = following.result()
            if current and stopped():
                current.claim.release()
                break
    if applied:
        index.refresh()
    return applied


def _take(source: ChangeSource, limit: int, besides: Collection[int]) -> _Batch | None:
    """The next batch, loaded; None when there is none."""
    claim = source.claim(limit, besides=besides)
    if claim is None:
        return None
    try:
        latest: dict[str, int] = {}
        for change in claim.changes:
            latest[change.key] = max(change.version, latest.get(change.key, change.version))
        batch = _Batch(claim)
        found: dict[str, SupplierDocument] = {}
        unreadable = _one_by_one(list(latest), lambda part: found.update(source.load(part)))
        batch.rejected = [Rejection(key, latest[key], _told(error)) for key, error in unreadable]
        batch.documents = list(found.values())
        gone = latest.keys() - found.keys() - {key for key, _ in unreadable}
        batch.deleted = [(key, version) for key, version in latest.items() if key in gone]
    except BaseException:
        claim.release()
        raise
    return batch


def _apply(index: SearchIndex, batch: _Batch) -> list[Rejection]:
    """Write a batch; returns what the index refused and what it failed on."""
    refused: list[Rejection] = []
    items: list[SupplierDocument | tuple[str, int]] = [*batch.documents, *batch.deleted]

    def write(part: Sequence[SupplierDocument | tuple[str, int]]) -> None:
        upserts = [item for item in part if isinstance(item, SupplierDocument)]
        deletes = [item for item in part if not isinstance(item, SupplierDocument)]
        refused.extend(index.apply(upserts, deletes))

    for item, error in _one_by_one(items, write):
        key, version = (item.key, item.version) if isinstance(item, SupplierDocument) else item
        refused.append(Rejection(key, version, _told(error)))
    return refused


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _one_by_one(items: Sequence[T], work: Callable[[Sequence[T]], object]) -> list[tuple[T, Exception]]:
    """Do ``work`` on all items; where it fails, on halves and halves of those, to find the items it fails on.

    When nothing succeeds the items are not to blame: then, and when search is away, the error is raised.
    """
    failed: list[tuple[T, Exception]] = []
    failures = successes = 0
    waiting = [items] if items else []
    while waiting:
        part = waiting.pop()
        try:
            work(part)
            successes += 1
        except SearchUnavailable:
            raise
        except Exception as error:
            failures += 1
            # A few bad items side by side fail a little more often in a row than one does.
            if not successes and failures > len(items).bit_length() + 3:
                raise
            if len(part) == 1:
                failed.append((part[0], error))
            else:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
    if failed and not successes:
        raise failed[0][1]
    return failed
