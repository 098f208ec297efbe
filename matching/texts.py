"""Texts seen before (titles, names): their tokens as an inverted list and their vectors as a table.

Titles repeat across firms and demands. A need is compared with thousands of them in a few array operations, instead of
one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from search.analysis import tokens, words_of_term
from search.index import Vectors

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]
Embed = Callable[[Sequence[str]], Vectors]

CAPACITY = 200_000
"""Texts from which on the table is given up for a new one: about 100 MB at 256 dimensions."""


class Weights(dict[str, float]):
    """Token -> how telling it is (inverse document frequency); ``common`` for tokens not looked up."""

    def __init__(self, known: Mapping[str, float], common: float) -> None:
        super().__init__(known)
        self.common = common

    def __missing__(self, token: str) -> float:
        return self.common

    def of(self, tokens: Iterable[str]) -> float:
        """Sum over tokens."""
        return sum(map(self.__getitem__, tokens))


class TextTable:
    """Numbers for texts, from 0 in the order of their coming. Not safe for threads: its owner takes turns."""

    def __init__(self, embed: Embed, dimensions: int) -> None:
        self._embed = embed
        self._number: dict[str, int] = {}
        self._texts_of: dict[str, list[int]] = {}
        self._posting: dict[str, Ids] = {}
        self._sizes: NDArray[np.int16] = np.empty(0, np.int16)
        # Eight bits a dimension with a scale a row: cosines are true within 0.005.
        self._codes: NDArray[np.int8] = np.empty((0, dimensions), np.int8)
        self._scales: Floats = np.empty(0, np.float32)

    def __len__(self) -> int:
        return len(self._number)

    def ids(self, texts: Sequence[str]) -> Ids:
        """The texts' numbers; new texts are taken in."""
        new = [text for text in dict.fromkeys(texts) if text not in self._number]
        if new:
            self._take_in(new)
        return np.fromiter((self._number[text] for text in texts), np.int32, len(texts))

    def _take_in(self, new: Sequence[str]) -> None:
        first, end = len(self._number), len(self._number) + len(new)
        if end > len(self._sizes):
            room = max(end, 2 * len(self._sizes), 1024)
            self._sizes, self._scales = np.resize(self._sizes, room), np.resize(self._scales, room)
            grown = np.empty((room, self._codes.shape[1]), np.int8)
            grown[:first] = self._codes[:first]
            self._codes = grown
        vectors = self._embed(new)
        scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
        self._scales[first:end] = scales
        self._codes[first:end] = np.rint(vectors / scales[:, None])
        for at, text in enumerate(new, start=first):
            found = set(tokens(text))
            self._sizes[at] = len(found)
            for token in found:
                self._texts_of.setdefault(token, []).append(at)
                self._posting.pop(token, None)
            self._number[text] = at

    def _having(self, token: str) -> Ids:
        posting = self._posting.get(token)
        if posting is None:
            posting = self._posting[token] = np.array(self._texts_of.get(token, ()), np.int32)
        return posting

    def fit(self, wanted: frozenset[str], weigh: Weights) -> tuple[Floats, Floats]:
        """Of every text: coverage, the weighted share of the wanted tokens it has, and precision, the weighted share of its
        own tokens that is wanted (a broad class dilutes). Shapes (len(self),), values 0 to 1.
        """
        found, shared = np.zeros(len(self), np.float32), np.zeros(len(self), np.int16)
        for token in wanted:
            having = self._having(token)
            found[having] += weigh[token]
            shared[having] += 1
        total = weigh.of(wanted)
        own = found + (self._sizes[: len(self)] - shared) * np.float32(weigh.common)
        coverage = found / np.float32(total) if total else found
        return coverage, np.divide(found, own, out=np.zeros_like(found), where=own > 0)

    def holding(self, terms: Sequence[tuple[str, float]]) -> Floats:
        """Of every text: the greatest weight of a term whose every word it has; 0 where it has none whole."""
        best = np.zeros(len(self), np.float32)
        for term, weight in terms:
            postings = sorted((self._having(word) for word in words_of_term(term)), key=len)
            if postings:
                common = postings[0]
                for posting in postings[1:]:
                    common = _in_both(common, posting)
                best[common] = np.maximum(best[common], weight)
        return best

    def cosines(self, vectors: Vectors, ids: Ids) -> Floats:
        """With each vector, shape (len(ids), len(vectors))."""
        # Each text once; a mark a text of the table is quicker here than sorting (np.unique).
        place = np.zeros(len(self), np.int32)
        place[ids] = 1
        distinct = np.flatnonzero(place)
        place[distinct] = np.arange(len(distinct))
        near: Floats = self._codes[distinct].astype(np.float32) @ vectors.T
        near *= self._scales[distinct, None]
        return near[place[ids]]


def _in_both(few: Ids, many: Ids) -> Ids:
    """What stands in both of two lists that ascend, the shorter one first."""
    at = np.searchsorted(many, few)
    return few[many[np.minimum(at, len(many) - 1)] == few] if len(many) else few[:0]
