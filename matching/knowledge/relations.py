"""Trade knowledge: which words name the same thing, a kind of it, its making, its material, its use.

The tables under ``data`` are hand-written, one concept a line::

    name = other names  < broader  > narrower  ~ made by  @ made of  + part of  ^ does  # GB/T 4754 codes

Other names are those under which the same trade is bought or registered, slips of the pen included (镙丝). One that ends in the concept's own name (螺旋输送机 under
输送机) is a kind of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from matching.knowledge.kin import INVERSE, Kin, Relation
from matching.knowledge.thesaurus import load_thesaurus

MARKS: Final[Mapping[str, Kin]] = {
    "=": "same",
    ">": "narrower",
    "<": "broader",
    "~": "made_by",
    "@": "made_of",
    "+": "part_of",
    "^": "does",
}
INDUSTRY_MARK: Final = "#"
TABLES: Final = (
    "food_textile_wood.txt",
    "chemicals_minerals.txt",
    "metals_parts.txt",
    "equipment_electrical.txt",
    "building_services.txt",
    "functions.txt",
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Relations and the industries of words, looked up by either side."""

    kin: Mapping[str, Mapping[str, Kin]]
    """Word -> related word -> what the related word is to it."""
    industries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Word -> GB/T 4754 codes of those who make or do it."""
    phrases: tuple[tuple[str, str], ...] = ()
    """(what a buyer may say, the thing meant), to link descriptions by."""
    weights: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """(word, related word) -> what it counts, where that is not what its relation usually counts."""

    def __len__(self) -> int:
        return sum(len(related) for related in self.kin.values())


_ORDER: Final[tuple[Kin, ...]] = (
    "related",
    "made_of",
    "part_of",
    "does",
    "made_by",
    "done_by",
    "same",
    "broader",
    "narrower",
)
"""Of two relations said of the same words the later one here holds: a kind is more exactly said than a name."""


def parse(lines: Iterable[str]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """(name, mark -> words) of each line; comments begin with "# ". Raises ValueError on a line without a name."""
    for line in lines:
        words = line.split()
        if not words or words[0] == INDUSTRY_MARK:
            continue
        if words[0] in MARKS:
            raise ValueError(f"no name before the first mark: {line.strip()}")
        said: dict[str, list[str]] = defaultdict(list)
        mark = "="
        for word in words[1:]:
            if word in MARKS or word == INDUSTRY_MARK:
                mark = word
            else:
                said[mark].append(word)
        yield words[0], said


def relations_of(name: str, said: Mapping[str, list[str]]) -> Iterator[Relation]:
    """The relations one line states, in lower case as all words are looked up."""
    name = name.lower()
    for mark, kin in MARKS.items():
        for word in said.get(mark, ()):
            word = word.lower()
            kind: Kin = "narrower" if kin == "same" and _is_kind_of(word, name) else kin
            if word != name:
                yield Relation(name, kind, word)


def _is_kind_of(word: str, name: str) -> bool:
    return len(word) > len(name) and word.endswith(name)


def assemble(
    relations: Iterable[Relation],
    industries: Mapping[str, Iterable[str]],
    phrases: Iterable[tuple[str, str]] = (),
) -> Knowledge:
    """Knowledge that can be asked from either side; of two relations between the same words the one later in `_ORDER` holds."""
    kin: defaultdict[str, dict[str, Kin]] = defaultdict(dict)

    def say(left: str, kind: Kin, right: str) -> None:
        held = kin[left].get(right)
        if held is None or _ORDER.index(kind) > _ORDER.index(held):
            kin[left][right] = kind

    for relation in relations:
        say(relation.left, relation.kin, relation.right)
        if inverse := INVERSE.get(relation.kin):
            say(relation.right, inverse, relation.left)
    codes = {word: tuple(dict.fromkeys(own)) for word, own in industries.items()}
    return Knowledge(dict(kin), codes, tuple(phrases))


@cache
def load_knowledge() -> Knowledge:
    """The shipped tables and the thesaurus."""
    relations: list[Relation] = []
    industries: dict[str, list[str]] = defaultdict(list)
    phrases: list[tuple[str, str]] = []
    for entry in load_thesaurus():
        relations.extend(entry.relations())
        phrases.extend((said, entry.term) for said in (entry.term, *entry.also, *entry.described))
        for word in (entry.term, *entry.also, *entry.english):
            industries[word].append(entry.industry)
    for table in TABLES:
        text = (files("matching.knowledge") / "data" / table).read_text(encoding="utf-8")
        for name, said in parse(text.splitlines()):
            relations.extend(relations_of(name, said))
            phrases.extend((word, name) for word in (name, *said.get("=", ()), *said.get(">", ())))
            codes = said.get(INDUSTRY_MARK, [])
            for word in (name, *said.get("=", ())):
                industries[word.lower()].extend(code for code in codes if code not in industries[word])
    return assemble(relations, industries, phrases)
