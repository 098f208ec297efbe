"""Tokens: the one analysis every backend indexes and queries with.

Text is tokenised here and indexed with a whitespace analyzer, so no backend needs a plugin and rankings agree.
Three kinds of token are made: words (for precision), character bigrams of Chinese runs (so that a word the
dictionary does not know is still found) and model numbers, grades and sizes kept whole (``6204-2rs``, ``q345b``,
``dn50``).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import rjieba

MAX_CHARACTERS = 20_000
"""Longer texts are cut: nobody is found by the words after the first twenty thousand characters."""

_CODE = re.compile(r"[a-z0-9]+(?:[-./×*][a-z0-9]+)*#?")
_HAN = re.compile(r"[㐀-鿿]+")
_WORD = re.compile(r"[a-z0-9㐀-鿿]")

BIGRAM = "_"
"""Prefix of bigram tokens, so that a bigram never counts as the word it happens to spell."""

_STOP = frozenset(["的", "了", "和", "与", "及", "或", "等", "在", "是", "我", "我们", "你", "要", "用", "为", "以", "对", "从", "到", "有", "一", "个", "the", "a", "an", "of", "for", "and", "or", "to", "in", "with", "we", "our", "is"])


def normalise(text: str) -> str:
    """Fold full-width forms and case, turn control characters into spaces and cut to MAX_CHARACTERS."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).lower()
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in folded) if not folded.isprintable() else folded


def words(text: str) -> list[str]:
    """Words of a text: dictionary words of Chinese runs and whole codes; stop words dropped."""
    found: list[str] = []
    folded = normalise(text)
    for code in _CODE.findall(folded):
        found.append(code)
        if "-" in code or "/" in code or "." in code:
            found.extend(part for part in re.split(r"[-./×*]", code) if len(part) > 1)
    for run in _HAN.findall(folded):
        found.extend(word for word in rjieba.cut_for_search(run) if word not in _STOP)
    return found


def bigrams(text: str) -> list[str]:
    """Overlapping character pairs of every Chinese run, marked with BIGRAM; a lone character stands alone."""
    found: list[str] = []
    for run in _HAN.findall(normalise(text)):
        if len(run) == 1:
            found.append(BIGRAM + run)
        found.extend(BIGRAM + run[i : i + 2] for i in range(len(run) - 1))
    return found


@lru_cache(maxsize=200_000)
def tokens(text: str) -> tuple[str, ...]:
    """All tokens of a text, in no particular order; cached because capability items repeat across firms."""
    return tuple(words(text) + bigrams(text))
