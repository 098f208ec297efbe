"""Documents read lately, so that a match need not carry hundreds of them over the wire again.

A document is known by its key and version. Every hit of a search names the version that it saw, which is what keeps the
cache true: it never answers with an older version than the search that asks.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from search.documents import SupplierDocument
from search.elastic.vectors import Codes

KEPT_ITEMS = 200_000
"""Items of all documents kept; at 512 dimensions their codes are 100 MB."""

TRUSTED_SECONDS = 1.0
"""How long after a search a version it saw may be given without asking: as old as what a search itself may miss."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document, its version and the codes of its items."""

    document: SupplierDocument
    codes: Codes
    version: int


class DocumentCache:
    """The documents used last, bounded by their items. Safe to share between threads."""

    def __init__(self, kept_items: int = KEPT_ITEMS) -> None:
        self._limit = kept_items
        self._held: OrderedDict[str, Kept] = OrderedDict()
        self._seen: dict[str, float] = {}
        self._items = 0
        self._lock = threading.Lock()

    def current(self, versions: Mapping[str, int]) -> dict[str, Kept]:
        """Those held at these very versions, which a search has just seen."""
        held = self._held.get
        with self._lock:
            found = {
                key: kept
                for key, version in versions.items()
                if (kept := held(key)) is not None and kept.version == version
            }
            for key in found:
                self._held.move_to_end(key)
            self._seen.update(dict.fromkeys(found, time.monotonic()))
        return found

    def recent(self, keys: Iterable[str]) -> dict[str, SupplierDocument]:
        """Those that a search has seen within TRUSTED_SECONDS."""
        earliest = time.monotonic() - TRUSTED_SECONDS
        with self._lock:
            return {key: self._held[key].document for key in keys if self._seen.get(key, -1.0) > earliest}

    def put(self, read: Mapping[str, Kept]) -> None:
        """Keep what has just been read."""
        now = time.monotonic()
        with self._lock:
            for key, kept in read.items():
                self._drop(key)
                self._held[key] = kept
                self._seen[key] = now
                self._items += len(kept.codes)
            while self._items > self._limit and self._held:
                self._drop(next(iter(self._held)))

    def forget(self, keys: Iterable[str]) -> None:
        """Read these anew next time."""
        with self._lock:
            for key in keys:
                self._drop(key)

    def _drop(self, key: str) -> None:
        kept = self._held.pop(key, None)
        self._seen.pop(key, None)
        if kept is not None:
            self._items -= len(kept.codes)
