"""From a description to the thing: phrases of the thesaurus that share the telling words of a need, or mean much the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import compress
from math import log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.encoders.house import bundled_house
from search.analysis import tokens
from search.embedded.vectors import VectorIndex

NEAR: Final = 0.3
"""Cosine from which a phrase is taken to speak of the same thing."""
LINKS: Final = 3
PHRASES: Final = 32
"""Nearest phrases looked at for things: several phrases speak of one."""
ALIKE: Final = 0.5
"""Cosine of meanings from which a thing is taken to be what is spoken of."""


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


class MeaningLinker:
    """Cosine of meanings between texts and the phrases known of each thing, by the bundled house encoder.

    It reads what shares no word with a phrase, and English. The weights are the encoder's own whatever encoder the index
    has: the phrases it compares are the program's.
    """

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self._encoder = bundled_house()
        said = list(dict.fromkeys(phrases))
        known = self._encoder.knows([phrase for phrase, _ in said]) if said else ()
        said = list(compress(said, known))
        self._things = [thing for _, thing in said]
        self._index = VectorIndex(self._encoder.dimensions)
        vectors = self._encoder.encode_items([phrase for phrase, _ in said])
        self._index.add([self._index.encode(vectors).tobytes()])

    def nearness(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosines of a text with others; 0 with what the encoder does not know."""
        if not others:
            return []
        known = self._encoder.knows(others)
        cosines = self._encoder.encode_items(others) @ self._encoder.encode_queries([text])[0]
        return [float(cosine) if knows else 0.0 for cosine, knows in zip(cosines, known, strict=True)]

    def link(self, texts: Sequence[str]) -> tuple[tuple[str, float], ...]:
        """Up to `LINKS` things with their cosines to the mean of ``texts``, nearest first; empty when nothing is near."""
        spoken = list(compress(texts, self._encoder.knows(texts))) if texts else []
        if not spoken or not self._things:
            return ()
        mean = self._encoder.encode_queries(spoken).mean(axis=0)
        mean /= max(float(np.linalg.norm(mean)), 1e-9)
        (rows,), (cosines,) = self._index.search([mean], PHRASES)
        best: dict[str, float] = {}
        for cosine, row in zip(cosines.tolist(), rows.tolist(), strict=True):
            if cosine < ALIKE or len(best) == LINKS:
                break
            best.setdefault(self._things[row], min(cosine, 1.0))
        return tuple(best.items())
