"""The words that tell what a demand asks for, and a quick finder for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

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
        lowered = frozenset(word.lower() for word in words)
        self._chinese = _Lengths(word for word in lowered if not word[0].isascii())
        self._english = _Lengths(word for word in lowered if word[0].isascii())

    def find(self, text: str) -> list[Word]:
        """Words in reading order, those of one language never overlapping, spelled as in ``text``."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters (İ) grow in lower case and would shift positions
            lowered = text
        spans = self._chinese.spans(lowered)
        if _LATIN.search(lowered):
            spans.extend(self._english.spans(lowered, whole=True))
            spans.sort()
        return [Word(text[start:end], start, end) for start, end in spans]


_LATIN: Final = re.compile("[a-z]{2}")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class _Lengths:
    """Words, and which lengths those have that begin with a character: most places of a text are passed at once."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[0], set()).add(len(word))
        self._longest_first = {first: sorted(own, reverse=True) for first, own in lengths.items()}

    def spans(self, text: str, *, whole: bool = False) -> list[tuple[int, int]]:
        """Where words stand, from left to right; ``whole`` ones have no letter or digit beside them."""
        found: list[tuple[int, int]] = []
        taken = 0
        for start, first in enumerate(text):
            lengths = self._longest_first.get(first)
            if lengths is None or start < taken or (whole and start and text[start - 1] in _LETTERS):
                continue
            for length in lengths:
                end = start + length
                if (
                    end <= len(text)
                    and text[start:end] in self._words
                    and not (whole and text[end : end + 1] in _LETTERS)
                ):
                    found.append((start, end))
                    taken = end
                    break
        return found


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
