"""From the outbox to the index, and the check that both agree.

The database is the truth. Every write leaves its key and version in an outbox in the same transaction; ``drain``
applies them. Versions make replays and races harmless, so an entry is forgotten only after the index has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from search.documents import SupplierDocument
from search.index import SearchIndex

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Change:
    """An outbox entry: the supplier ``key`` reached ``version``."""

    id: int
    key: str
    version: int


class ChangeSource(Protocol):
    """The database, as the indexer sees it."""

    def pending(self, limit: int) -> Sequence[Change]:
        """The oldest unapplied changes."""
        ...

    def load(self, keys: Sequence[str]) -> Mapping[str, SupplierDocument]:
        """Current documents; a key without one has been deleted."""
        ...

    def done(self, changes: Sequence[Change]) -> None:
        """Forget changes that the index has."""
        ...

    def versions(self) -> Iterator[tuple[str, int]]:
        """Every (key, version) that ought to be indexed."""
        ...


@dataclass(frozen=True, slots=True)
class _Batch:
    changes: Sequence[Change]
    documents: Mapping[str, SupplierDocument]

    def deleted(self) -> list[tuple[str, int]]:
        latest: dict[str, int] = {}
        for change in self.changes:
            latest[change.key] = max(change.version, latest.get(change.key, change.version))
        return [(key, version) for key, version in latest.items() if key not in self.documents]


def drain(
    source: ChangeSource,
    index: SearchIndex,
    *,
    batch: int = BATCH,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Apply all pending changes; returns how many firms were written or deleted.

    While a batch is being applied (which mostly waits for the encoder's processes) the next one is loaded in a
    thread. What changes in between leaves an entry of its own, so a document loaded early is replaced soon after.
    """
    applied = 0
    with ThreadPoolExecutor(1, "indexer-load") as ahead:
        current = _load(source, batch, frozenset())
        while current:
            following = ahead.submit(_load, source, batch, frozenset(change.id for change in current.changes))
            index.apply(list(current.documents.values()), current.deleted())
            source.done(current.changes)
            applied += len({change.key for change in current.changes})
            if progress:
                progress(applied)
            current = following.result()
    if applied:
        index.refresh()
    return applied


def _load(source: ChangeSource, batch: int, underway: Collection[int]) -> _Batch | None:
    """The next batch after the entries ``underway``, which are still in the outbox; None when there is none."""
    changes = [change for change in source.pending(batch + len(underway)) if change.id not in underway][
        :batch
    ]
    if not changes:
        return None
    return _Batch(changes, source.load(list({change.key: None for change in changes})))


@dataclass(frozen=True, slots=True)
class Differences:
    """What ``compare`` found, as keys."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    surplus: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.surplus)


def compare(source: ChangeSource, index: SearchIndex) -> Differences:
    """Database against index, by key and version."""
    ought = dict(source.versions())
    held = dict(index.versions())
    return Differences(
        missing=tuple(key for key in ought if key not in held),
        stale=tuple(key for key, version in ought.items() if key in held and held[key] != version),
        surplus=tuple(key for key in held if key not in ought),
    )


def repair(source: ChangeSource, index: SearchIndex, differences: Differences) -> int:
    """Write what is missing or stale and delete what is surplus; returns how many firms were touched.

    The database is the truth even where the index remembers a later version, as after a restore from a backup.
    """
    wanted = [*differences.missing, *differences.stale]
    for part in _parts(wanted):
        index.apply(list(source.load(part).values()))
    if wanted:
        left = compare(source, index)
        passed_over = {*left.missing, *left.stale}
        for part in _parts([key for key in wanted if key in passed_over]):
            index.apply(list(source.load(part).values()), force=True)
            # A change drained between that load and that write has just been undone; a later one will pass by itself.
            index.apply(list(source.load(part).values()))
    for part in _parts(differences.surplus):
        known = source.load(part)  # registered since the comparison
        index.apply([], [(key, 0) for key in part if key not in known], force=True)
    index.refresh()
    return len(wanted) + len(differences.surplus)


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
