"""Slips of the input method put right: 镙丝 is 螺丝, 轴成 is 轴承, 棍筒 is 辊筒. The length never changes.

A table holds the frequent ones and is applied to the whole text. In what is wanted, words that no dictionary knows
are compared with the names of goods: one character of the same sound (zh as z, ng as n) or of a like shape may differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from matching.knowledge.thesaurus import load_thesaurus
from matching.lexicon import lexicon
from matching.nouns import TYPICAL_ENDINGS, goods_words
from matching.units import load_table
from search.analysis import cut_words

_LONGEST: Final = 5
_WORDS: Final = TYPICAL_ENDINGS | frozenset("及和与或等用为中在的各每个前后上下杠")
_HAN: Final = re.compile(r"[一-鿿]{2,}")


@cache
def _table() -> tuple[re.Pattern[str], dict[str, str]]:
    slips: dict[str, str] = load_table("spelling.toml")["slips"]
    written = sorted(slips, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, written))), slips


@cache
def _sound_of() -> dict[str, str]:
    """Character to a coarse sound: many northern speakers, and input methods, do not tell zh from z or ng from n."""
    lines = (files("matching") / "data" / "sounds.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    for line in lines:
        sound, characters = line.split()
        coarse = re.sub(r"ng$", "n", re.sub(r"^([zcs])h", r"\1", sound))
        found.update(dict.fromkeys(characters, coarse))
    return found


@cache
def _shape_of() -> dict[str, str]:
    groups: list[str] = load_table("spelling.toml")["shapes"]
    return {character: group[0] for group in groups for character in group}


def _keys(word: str) -> Iterator[tuple[str, str, str]]:
    """The word with one character left open: what stands before, its sound or shape, what stands behind."""
    for at, character in enumerate(word):
        for alike in (_sound_of().get(character), _shape_of().get(character)):
            if alike:
                yield word[:at], alike, word[at + 1 :]


@cache
def _alike() -> dict[tuple[str, str, str], str]:
    """Names of goods by every such key. Two characters are easily mistaken, so only the lexicon's own words count."""
    words = lexicon()
    names = {w for w in goods_words() if 3 <= len(w) <= _LONGEST}
    own = {w for w in words.goods | set(words.process_words) if 2 <= len(w) <= _LONGEST and _HAN.fullmatch(w)}
    return {key: word for word in sorted(names) + sorted(own) for key in _keys(word)}


def correct_slips(folded: str) -> str:
    """The text with the table's slips put right."""
    pattern, slips = _table()
    return pattern.sub(lambda m: slips[m[0]], folded)


def correct_name(name: str) -> str:
    """A thing's name with unknown words put right where goods of the same sound or a like shape exist."""
    if not any(len(word) == 1 for run in _HAN.findall(name) for word in cut_words(run)):
        return name
    for run in _HAN.finditer(name):
        corrected = _correct_run(run[0])
        if corrected != run[0]:
            return name[: run.start()] + corrected + correct_name(name[run.end() :])
    return name


@cache
def _known() -> frozenset[str]:
    """Names that are right as they stand: goods and what the thesaurus has."""
    return goods_words() | {name for entry in load_thesaurus() for name in (entry.term, *entry.also)}


def _mistaken_for(part: str) -> str:
    """The name of goods that ``part`` was meant to be, or "". A character that is a word itself is no slip."""
    for key in _keys(part):
        right = _alike().get(key)
        if right and part[len(key[0])] not in _WORDS:
            return right
    return ""


def _correct_run(run: str) -> str:
    known = _known()
    words = cut_words(run)
    edges = [0]
    for word in words:
        edges.append(edges[-1] + len(word))
    for first in range(len(words)):
        for last in range(len(words), first, -1):
            start, end = edges[first], edges[last]
            part = run[start:end]
            single = any(len(word) == 1 for word in words[first:last])
            if not 2 <= len(part) <= _LONGEST or not single or part in known:
                continue
            right = _mistaken_for(part)
            if right:
                return run[:start] + right + _correct_run(run[end:])
    return run
