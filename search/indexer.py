"""From the outbox to the index, and the check that both agree.

The database is the truth. Every write leaves its key and version in an outbox in the same transaction; ``drain``
applies them. Versions make replays and races harmless, so an entry is forgotten only after the index has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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


def drain(
    source: ChangeSource, index: SearchIndex, *, batch: int = BATCH, progress: Callable[[int], None] | None = None
) -> int:
    """Apply all pending changes; returns how many firms were written or deleted."""
    applied = 0
    while changes := source.pending(batch):
        latest = {change.key: change.version for change in changes}
        documents = source.load(list(latest))
        index.apply(
            list(documents.values()), [(key, version) for key, version in latest.items() if key not in documents]
        )
        source.done(changes)
        applied += len(latest)
        if progress:
            progress(applied)
    if applied:
        index.refresh()
    return applied


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
    """Write what is missing or stale and delete what is surplus; returns how many firms were touched."""
    wanted = [*differences.missing, *differences.stale]
    held = dict(index.versions())
    for start in range(0, len(wanted), BATCH):
        index.apply(list(source.load(wanted[start : start + BATCH]).values()))
    index.apply([], [(key, held[key] + 1) for key in differences.surplus])
    index.refresh()
    return len(wanted) + len(differences.surplus)
