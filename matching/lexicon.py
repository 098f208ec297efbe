"""The words that tell what a demand asks for, and a quick finder for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from matching.units import load_table
from search.documents import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Word:
    """A lexicon word found in a text."""

    text: str
    start: int
    end: int


class WordFinder:
    """Finds the longest word of a fixed list at each place of a text; English ones as whole words only."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        for word in {w.lower() for w in words}:
            self._by_first.setdefault(word[0], []).append(word)
        for group in self._by_first.values():
            group.sort(key=len, reverse=True)

    def find(self, text: str) -> list[Word]:
        """Words in reading order, never overlapping, spelled as in ``text``."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters (İ) grow in lower case and would shift positions
            lowered = text
        found: list[Word] = []
        position = 0
        while position < len(lowered):
            word = self._at(lowered, position)
            if word is None:
                position += 1
                continue
            found.append(Word(text[position : position + len(word)], position, position + len(word)))
            position += len(word)
        return found

    def _at(self, lowered: str, position: int) -> str | None:
        for word in self._by_first.get(lowered[position], ()):
            if lowered.startswith(word, position) and _whole(lowered, position, position + len(word)):
                return word
        return None


def _whole(text: str, start: int, end: int) -> bool:
    if not text[start].isascii():
        return True
    return not (_ascii_letter(text[start - 1 : start]) or _ascii_letter(text[end : end + 1]))


def _ascii_letter(character: str) -> bool:
    return character.isascii() and character.isalnum()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The finders over ``data/lexicon.toml``."""

    processes: WordFinder
    materials: WordFinder
    kinds: dict[Kind, tuple[str, ...]]
    kind_finders: dict[Kind, WordFinder]
    equipment_heads: tuple[str, ...]
    generic_heads: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    table = load_table("lexicon.toml")
    kinds: dict[Kind, tuple[str, ...]] = {
        kind: tuple(word.lower() for word in table["kinds"][kind]) for kind in KINDS if kind in table["kinds"]
    }
    return Lexicon(
        processes=WordFinder(table["processes"]),
        materials=WordFinder(table["materials"]),
        kinds=kinds,
        kind_finders={kind: WordFinder(words) for kind, words in kinds.items()},
        equipment_heads=tuple(table["heads"]["equipment"]),
        generic_heads=frozenset(table["heads"]["generic"]),
    )
