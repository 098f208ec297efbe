"""From a description to the thing: phrases of the thesaurus that share the telling words of a need."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.analysis import tokens

NEAR: Final = 0.3
"""Cosine from which a phrase is taken to speak of the same thing."""
LINKS: Final = 3


class Linker:
    """TF-IDF cosine over words and character pairs between a text and the phrases known of each thing.

    ``phrases`` are (phrase, thing) pairs; a thing is as near as its nearest phrase.
    """

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        said = list(dict.fromkeys(phrases))
        self._things = [thing for _, thing in said]
        held = [frozenset(tokens(phrase)) for phrase, _ in said]
        counts = Counter(token for own in held for token in own)
        self._rarity = {token: log(1 + len(said) / count) for token, count in counts.items()}
        self._unseen = log(1 + len(said))
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for at, own in enumerate(held):
            for token in own:
                postings[token].append(at)
        self._postings = {token: np.array(rows, np.int64) for token, rows in postings.items()}
        lengths = [sqrt(sum(self._rarity[token] ** 2 for token in own)) or 1.0 for own in held]
        self._lengths: NDArray[np.float64] = np.array(lengths)

    def link(self, text: str) -> tuple[tuple[str, float], ...]:
        """Up to `LINKS` things with their cosines, nearest first; empty when nothing is near."""
        own = sorted(set(tokens(text)))
        if not own or not self._things:
            return ()
        scores = np.zeros(len(self._things))
        for token in own:
            if token in self._postings:
                scores[self._postings[token]] += self._rarity[token] ** 2
        length = sqrt(sum(self._rarity.get(token, self._unseen) ** 2 for token in own))
        scores /= self._lengths * length
        best: dict[str, float] = {}
        for at in np.argsort(-scores, kind="stable")[: 8 * LINKS].tolist():
            if scores[at] < NEAR:
                break
            best.setdefault(self._things[at], float(scores[at]))
        return tuple(best.items())[:LINKS]
