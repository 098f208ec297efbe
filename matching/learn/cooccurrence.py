"""Which words of the trade go together in a catalogue: those that the same firms name, more often than chance would have it.

The statistic is the log-likelihood ratio of Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence",
Computational Linguistics 19(1), 1993: it holds for rare words, where chi-squared and mutual information do not.
Firms that name exactly the same words count once: five hundred branches of a bank register one list, which says
nothing five hundred times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from math import log
from typing import Final

FEWEST: Final = 5
"""Firms that must name both words."""
LEAST: Final = 15.13
"""Ratio from which a pair is suggested: chi-squared, one degree of freedom, p = .0001."""
COMMONEST: Final = 0.02
"""A word that more firms than this share name (机械加工) goes with everything, and says nothing."""
MOST_WORDS: Final = 30
"""A firm that names more words than this is a list, not a trade."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words, how many firms name both and each, and the log-likelihood ratio."""

    left: str
    right: str
    both: int
    left_firms: int
    right_firms: int
    ratio: float


def pairs_of(
    firms: Iterable[frozenset[str]],
    *,
    known: Callable[[str, str], bool],
    fewest: int = FEWEST,
    commonest: float = COMMONEST,
) -> list[Pair]:
    """Pairs that go together, the surest first; each firm is the set of its words.

    Left out are pairs that are ``known`` already and those of which one word contains the other, which search finds by itself.
    """
    told = {words for words in firms if 2 <= len(words) <= MOST_WORDS}
    counts = Counter(word for words in told for word in words)
    most = max(commonest * len(told), fewest)
    kept = {word for word, count in counts.items() if fewest <= count <= most}
    both: Counter[tuple[str, str]] = Counter()
    for words in told:
        both.update(combinations(sorted(words & kept), 2))
    found = []
    for (left, right), count in both.items():
        expected = counts[left] * counts[right] / len(told)
        if count < fewest or count <= expected or left in right or right in left or known(left, right):
            continue
        ratio = log_likelihood_ratio(count, counts[left], counts[right], len(told))
        if ratio >= LEAST:
            found.append(Pair(left, right, count, counts[left], counts[right], ratio))
    return sorted(found, key=lambda pair: (-pair.ratio, pair.left, pair.right))


def log_likelihood_ratio(both: int, left: int, right: int, total: int) -> float:
    """-2 log lambda of the two-by-two table: ``both`` of ``total`` firms name both words, ``left`` and ``right`` name each."""
    table = (both, left - both, right - both, total - left - right + both)
    return 2 * (_entropy(table) - _entropy((left, total - left)) - _entropy((right, total - right)))


def _entropy(counts: tuple[int, ...]) -> float:
    """Sum of k log(k / n): the log-likelihood of ``counts`` at their own shares."""
    total = sum(counts)
    return sum(count * log(count / total) for count in counts if count)
