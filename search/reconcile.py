"""The check that database and index agree, and the repair where they do not; both sides are read side by side, in key
order, so that a province's millions need no more memory than a village's hundreds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeVar

from search.index import SearchIndex
from search.indexer import BATCH, ChangeSource

Trouble = Literal["missing", "stale", "surplus"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """A key the index lacks, has at another version, or has though the database does not."""

    key: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Differences:
    """What ``compare`` found, as keys."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    surplus: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.surplus)


def differences(source: ChangeSource, index: SearchIndex) -> Iterator[Difference]:
    """Database against index, by key and version, in order of the keys."""
    ought, held = _ordered(source.versions(), "database"), _ordered(index.versions(), "index")
    wanted, found = next(ought, None), next(held, None)
    while wanted or found:
        if found is None or (wanted and wanted[0] < found[0]):
            assert wanted  # noqa: S101 - narrows the type: one of the two is there
            yield Difference(wanted[0], "missing")
            wanted = next(ought, None)
        elif wanted is None or found[0] < wanted[0]:
            yield Difference(found[0], "surplus")
            found = next(held, None)
        else:
            if wanted[1] != found[1]:
                yield Difference(wanted[0], "stale")
            wanted, found = next(ought, None), next(held, None)


def compare(source: ChangeSource, index: SearchIndex) -> Differences:
    """All differences at once."""
    found: dict[Trouble, list[str]] = {"missing": [], "stale": [], "surplus": []}
    for difference in differences(source, index):
        found[difference.trouble].append(difference.key)
    return Differences(tuple(found["missing"]), tuple(found["stale"]), tuple(found["surplus"]))


def repair(
    source: ChangeSource,
    index: SearchIndex,
    found: Iterable[Difference],
    *,
    progress: Callable[[int], None] = lambda touched: None,
) -> int:
    """Write what is missing or stale and delete what is surplus; returns how many firms were touched.

    The database is the truth even where the index remembers a later version, as after a restore from a backup.
    What the index refuses is parked. ``progress`` is told after each part how many firms were in it.
    """
    touched = 0
    for part in _parts(found):
        _rewrite(source, index, [one.key for one in part if one.trouble != "surplus"])
        surplus = [one.key for one in part if one.trouble == "surplus"]
        if surplus:
            known = source.load(surplus)  # registered since the comparison
            index.apply([], [(key, 0) for key in surplus if key not in known], force=True)
        touched += len(part)
        progress(len(part))
    index.refresh()
    return touched


def _rewrite(source: ChangeSource, index: SearchIndex, keys: Sequence[str]) -> None:
    if not keys:
        return
    documents = source.load(keys)
    rejected = index.apply(list(documents.values()))
    held = dict(index.versions(keys))
    refused = {one.key for one in rejected}
    passed_over = [
        key for key, document in documents.items() if key not in refused and held.get(key) != document.version
    ]
    if passed_over:
        index.apply(list(source.load(passed_over).values()), force=True)
        # A change drained between that load and that write has just been undone; a later one will pass by itself.
        rejected += index.apply(list(source.load(passed_over).values()))
    if rejected:
        source.park(rejected)


def _ordered(pairs: Iterable[tuple[str, int]], whose: str) -> Iterator[tuple[str, int]]:
    last = ""
    for key, version in pairs:
        if key <= last:
            raise ValueError(f"the {whose} gave {key} after {last}: not in order of the keys")
        last = key
        yield key, version


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, BATCH)):
        yield part
