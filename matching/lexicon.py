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
        lowered = {word.lower() for word in words}
        longest_first = sorted(lowered, key=lambda word: (-len(word), word))
        chinese = [re.escape(word) for word in longest_first if not word[0].isascii()]
        english = [re.escape(word) for word in longest_first if word[0].isascii()]
        self._chinese = _any_of(chinese)
        self._english = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(english) or '(?!)'})(?![a-z0-9])")

    def find(self, text: str) -> list[Word]:
        """Words in reading order, never overlapping, spelled as in ``text``."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters (İ) grow in lower case and would shift positions
            lowered = text
        spans = [m.span() for m in self._chinese.finditer(lowered)]
        if _LATIN.search(lowered):
            spans.extend(m.span() for m in self._english.finditer(lowered))
            spans.sort()
        return [Word(text[start:end], start, end) for start, end in spans]


_LATIN: Final = re.compile("[a-z]{2}")


def _any_of(words: list[str]) -> re.Pattern[str]:
    """Any of ``words``, grouped by their first character, so that most places of a text are passed at once."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[0], []).append(word[1:])
    return re.compile("|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in groups.items()) or "(?!)")


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
