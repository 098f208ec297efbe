"""Tokens: the one analysis every backend indexes and queries with.

Text is tokenised here and indexed with a whitespace analyzer, so no backend needs a plugin and rankings agree.
Three kinds of token are made: words (for precision), character bigrams of Chinese runs (so that a word the
dictionary does not know is still found) and model numbers, grades, sizes and standards kept whole (``6204-2rs``,
``q345b``, ``dn50``, ``φ130``, ``gb/t1234``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

MAX_CHARACTERS = 20_000
"""Longer texts are cut: nobody is found by the words after the first twenty thousand characters."""
CACHED_CHARACTERS = 60
"""Titles and names repeat across firms and are worth keeping; long texts do not and are not."""

# Letters of other alphabets make words too: é, φ and μ in sizes, Cyrillic, kana and Hangul in names of firms.
_LETTER = r"a-z0-9À-ɏͰ-ϿЀ-ӿ぀-ヿ가-힯"
_CODE = re.compile(rf"[{_LETTER}]+(?:[-./×*][{_LETTER}]+)*#?")
_PART = re.compile(r"[-/×*φ]|(?<![0-9])\.|\.(?![0-9])")
"""Where a code has parts of its own; a decimal point has none."""
_HAN = re.compile(r"[㐀-鿿〇々𠀀-\U0003ffff]+")
_STANDARD = re.compile(
    r"(?<![a-z0-9])(gb(?:/?[tz])?|[a-z]{2}/t|iso|iec|en|din|jis|ansi|astm|asme|api|dn|pn)[ -]?([a-z]?[0-9]+(?:\.[0-9]+)?)"
)
"""A standard or nominal size, however it is spaced, without its year: GB/T 1234-2018, gb/t1234, DN 50."""
_DIAMETER = str.maketrans("øØ⌀∅", "φφφφ")

BIGRAM = "_"
"""Prefix of bigram tokens, so that a bigram never counts as the word it happens to spell."""

_STOP = frozenset(
    [
        "的",
        "了",
        "和",
        "与",
        "及",
        "或",
        "等",
        "在",
        "是",
        "我",
        "我们",
        "你",
        "要",
        "用",
        "为",
        "以",
        "对",
        "从",
        "到",
        "有",
        "一",
        "个",
        "the",
        "a",
        "an",
        "of",
        "for",
        "and",
        "or",
        "to",
        "in",
        "with",
        "we",
        "our",
        "is",
    ]
)


def normalise(text: str) -> str:
    """Fold full-width forms, case and diameter signs, drop invisible characters, cut to MAX_CHARACTERS."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).lower().translate(_DIAMETER)
    if folded.isprintable():
        return folded
    return "".join(map(_visible, folded))


def _visible(character: str) -> str:
    """Control characters part words; format characters (zero-width spaces, soft hyphens) stand inside them."""
    category = unicodedata.category(character)
    return "" if category == "Cf" else " " if category in ("Cc", "Cs", "Zl", "Zp") else character


def words(text: str) -> list[str]:
    """Words of a text: dictionary words of Chinese runs and whole codes; stop words dropped."""
    return _words(normalise(text))


def may_hold(text: str, wanted: Iterable[str]) -> bool:
    """Whether any of ``wanted`` can be among the ``words`` of a text: cheap, and never wrong when it says no."""
    folded = normalise(text)
    # A standard's number is put together from parts that may stand apart.
    return any(word in folded or word[-1].isdigit() for word in wanted)


@lru_cache(maxsize=20_000)
def words_of_term(term: str) -> tuple[str, ...]:
    """The distinct words of a term of the trade, of which there are some thousand, met again with every need."""
    return tuple(dict.fromkeys(words(term)))


@cache
def _dictionary() -> Any:
    """Loaded with the first text rather than with this module: it takes a sixth of a second."""
    import rjieba

    return rjieba


def cut_words(text: str) -> list[str]:
    """The words of a Chinese text as the dictionary cuts them, one after the other."""
    cut: list[str] = _dictionary().cut(text)
    return cut


def tagged_words(text: str) -> list[tuple[str, str]]:
    """The same words, each with its part of speech as the dictionary marks it ("v" a verb, "vn" a verb used as a noun)."""
    tagged: list[tuple[str, str]] = _dictionary().tag(text)
    return tagged


def _words(folded: str) -> list[str]:
    codes = _CODE.findall(folded)
    found = [code for code in codes if code not in _STOP]
    for code in codes:
        parts = _PART.split(code)
        if len(parts) > 1:
            found.extend(part for part in parts if len(part) > 1)
    whole = set(codes)
    found.extend(name + number for name, number in _STANDARD.findall(folded) if name + number not in whole)
    cut = _dictionary().cut_for_search
    for run in _HAN.findall(folded):
        found.extend(word for word in cut(run) if word not in _STOP)
    return found


def bigrams(text: str) -> list[str]:
    """Overlapping character pairs of every Chinese run, marked with BIGRAM; a lone character stands alone."""
    return _bigrams(normalise(text))


def _bigrams(folded: str) -> list[str]:
    found: list[str] = []
    for run in _HAN.findall(folded):
        if len(run) == 1:
            found.append(BIGRAM + run)
        found.extend(BIGRAM + run[i : i + 2] for i in range(len(run) - 1))
    return found


def places(folded: str, token: str) -> Iterator[tuple[int, int]]:
    """Where a token of a normalised text stands in it: (start, end), in no particular order."""
    chinese = token.removeprefix(BIGRAM)
    if not _HAN.fullmatch(chinese):
        for code in _CODE.finditer(folded):
            ends = [*(part.span() for part in _PART.finditer(code[0])), (len(code[0]), 0)]
            starts = [0, *(end for _, end in ends[:-1])]
            inside = [(0, len(code[0])), *((s, e) for s, (e, _) in zip(starts, ends, strict=True))]
            for start, end in inside:
                if code[0][start:end] == token:
                    yield code.start() + start, code.start() + end
        yield from (said.span() for said in _STANDARD.finditer(folded) if "".join(said.groups()) == token)
        return
    alone = token.startswith(BIGRAM) and len(chinese) == 1
    for run in _HAN.finditer(folded):
        at = -1 if alone and run[0] != chinese else run[0].find(chinese)
        while at >= 0:
            yield run.start() + at, run.start() + at + len(chinese)
            at = run[0].find(chinese, at + 1)


def tokens(text: str) -> tuple[str, ...]:
    """All tokens of a text, in no particular order."""
    return _kept(text) if len(text) <= CACHED_CHARACTERS else _tokens(text)


def _tokens(text: str) -> tuple[str, ...]:
    folded = normalise(text)
    return tuple(_words(folded) + _bigrams(folded))


_kept = lru_cache(maxsize=200_000)(_tokens)
