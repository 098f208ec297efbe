"""The industrial thesaurus: one TSV a division of GB/T 4754, a row a thing that is bought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from matching.knowledge.kin import Relation
from matching.lexicon import lexicon

_LIST: Final = "、"
_LIST_EN: Final = ";"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: its usual name, its other names, how a buyer who does not know them describes it."""

    term: str
    also: tuple[str, ...]
    described: tuple[str, ...]
    english: tuple[str, ...]
    classes: tuple[str, ...]
    """Words that stand in a scope for the kind it belongs to."""
    industry: str
    """GB/T 4754 code of those who make or do it."""
    needs: tuple[str, ...]
    """Processes and materials of its making."""

    def relations(self) -> Iterator[Relation]:
        """What the row says, term by term."""
        for name in (*self.also, *self.english):
            yield Relation(self.term, "same", name)
        for name in self.classes:
            yield Relation(self.term, "broader", name)
        for name in self.needs:
            yield Relation(self.term, "made_of" if is_material(name) else "made_by", name)


def is_material(name: str) -> bool:
    """Whether a word names what things are made of: 不锈钢, not 不锈钢管."""
    found = lexicon().materials.find(name)
    return bool(found) and found[-1].end == len(name)


def _list(cell: str, mark: str = _LIST) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in cell.split(mark) if part.strip())


@cache
def load_thesaurus() -> tuple[Entry, ...]:
    """All rows, files in the order of their names."""
    folder = files("matching.knowledge") / "data" / "thesaurus"
    entries: list[Entry] = []
    tables = (file for file in folder.iterdir() if file.name.endswith(".tsv"))
    for file in sorted(tables, key=lambda file: file.name):
        for line in file.read_text(encoding="utf-8").splitlines()[1:]:
            term, also, described, english, classes, industry, needs = line.split("\t")
            entries.append(
                Entry(
                    term.lower(),
                    _list(also),
                    _list(described),
                    _list(english, _LIST_EN),
                    _list(classes),
                    industry,
                    _list(needs),
                )
            )
    return tuple(entries)
