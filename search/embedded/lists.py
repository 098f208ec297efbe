"""Long lists of firms, found whole at their first page and kept for the next ones.

A list is of one moment of the store, which its marks name: they only grow, and every process on the folder reads the same.
So another process can go on with a list as long as nothing was written since; the one that began it, as long as it keeps it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from search.index import Filters, Hit, ListExpired, WordPage

KEPT_HITS = 1_000_000
"""Of all lists together; some 100 MB."""

Moment = tuple[int, int]
"""The last ordinal given, and the last loss noted."""

_Key = tuple[Moment, frozenset[str], Filters]


class KeptLists:
    """The lists asked for last. Safe to share between threads."""

    def __init__(self, kept_hits: int = KEPT_HITS) -> None:
        self._limit = kept_hits
        self._held: OrderedDict[_Key, list[Hit]] = OrderedDict()
        self._hits = 0
        self._lock = threading.Lock()

    def page(
        self,
        tokens: Sequence[str],
        filters: Filters,
        *,
        limit: int,
        after: str,
        now: Moment,
        find: Callable[[], list[Hit]],
    ) -> WordPage:
        """A page of the list; ``find`` gives the whole of it as it stands ``now``. Raises ListExpired."""
        moment, start = _read(after) if after else (now, 0)
        key = (moment, frozenset(tokens), filters)
        found = self._get(key)
        if found is None:
            if moment != now:
                raise ListExpired
            found = find()
            if len(found) > limit:
                self._put(key, found)
        end = start + limit
        return WordPage(found[start:end], f"{moment[0]}.{moment[1]}.{end}" if end < len(found) else "")

    def _get(self, key: _Key) -> list[Hit] | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def _put(self, key: _Key, found: list[Hit]) -> None:
        with self._lock:
            self._hits += len(found) - len(self._held.get(key, ()))
            self._held[key] = found
            while self._hits > self._limit and len(self._held) > 1:
                self._hits -= len(self._held.popitem(last=False)[1])


def _read(after: str) -> tuple[Moment, int]:
    try:
        last_ord, gone_seq, start = map(int, after.split("."))
    except ValueError:
        raise ListExpired from None
    if start < 0:
        raise ListExpired
    return (last_ord, gone_seq), start
