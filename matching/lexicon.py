"""The words that tell what a demand asks for, and a quick finder for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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
        firsts = "".join(sorted(self._by_first))
        self._beginnings = re.compile(f"[{re.escape(firsts)}]" if firsts else "(?!)")

    def find(self, text: str) -> list[Word]:
        """Words in reading order, never overlapping, spelled as in ``text``."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters (İ) grow in lower case and would shift positions
            lowered = text
        found: list[Word] = []
        reached = 0
        for beginning in self._beginnings.finditer(lowered):
            start = beginning.start()
            if start < reached:
                continue
            for word in self._by_first[lowered[start]]:
                if lowered.startswith(word, start) and _whole(lowered, start, start + len(word)):
                    reached = start + len(word)
                    found.append(Word(text[start:reached], start, reached))
                    break
        return found


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
    process_words: tuple[str, ...]
    """The Chinese ones."""
    goods: frozenset[str]
    actions: frozenset[str]
    action_beginnings: frozenset[str]
    materials: WordFinder
    kinds: dict[Kind, tuple[str, ...]]
    kind_words: WordFinder
    kinds_of: dict[str, tuple[Kind, ...]]
    """Every word of ``kind_words`` in lower case, and the kinds it speaks for."""
    equipment_heads: tuple[str, ...]
    generic_heads: frozenset[str]


@cache
def _cutter() -> Callable[[str], list[str]]:
    """Loaded with the first text rather than with this module: its dictionary takes a sixth of a second."""
    import rjieba

    cut: Callable[[str], list[str]] = rjieba.cut
    return cut


def cut_words(text: str) -> list[str]:
    """The words of a Chinese text, as the dictionary cuts them."""
    return _cutter()(text)


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    table = load_table("lexicon.toml")
    kinds: dict[Kind, tuple[str, ...]] = {
        kind: tuple(word.lower() for word in table["kinds"][kind]) for kind in KINDS if kind in table["kinds"]
    }
    kinds_of: dict[str, tuple[Kind, ...]] = {}
    for kind, words in kinds.items():
        for word in words:
            kinds_of[word] = (*kinds_of.get(word, ()), kind)
    return Lexicon(
        processes=WordFinder(table["processes"]),
        process_words=tuple(word for word in table["processes"] if not word.isascii()),
        goods=frozenset(table["goods"]["words"]),
        actions=frozenset(table["goods"]["actions"]),
        action_beginnings=frozenset(word[0] for word in table["goods"]["actions"]),
        materials=WordFinder(table["materials"]),
        kinds=kinds,
        kind_words=WordFinder(kinds_of),
        kinds_of=kinds_of,
        equipment_heads=tuple(table["heads"]["equipment"]),
        generic_heads=frozenset(table["heads"]["generic"]),
    )
