"""The house encoder: a vector for every character, character pair, triple and word, summed. No torch, no model runtime.

``lianqiao learn encoder`` makes its weights; MODEL_CARD.md beside them says from what and how good they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.encoders.base import UnknownEncoder
from matching.encoders.ngrams import Keys, features
from search.index import Vectors

BUNDLED = Path(__file__).parent / "data" / "house.npz"
CHUNK = 1_000
"""Texts summed at once: their rows of the table stay in the processor's cache."""
ASKED_LATELY = 16
"""Queries remembered: the index and the ranker ask for the same two, one after the other."""


@lru_cache(maxsize=1)
def bundled_house() -> HouseEncoder:
    """The bundled weights, read once a process: an index, the ranker and the thesaurus ask the same."""
    return HouseEncoder()


class HouseEncoder:
    """Unit rows from a table of eight-bit vectors; 60,000 short texts a second on one core, 0.1 ms a query.

    ``name`` holds a digest of the weights, so that an index filled by other weights is known to be stale.
    """

    def __init__(self, weights: Path = BUNDLED) -> None:
        try:
            with np.load(weights, allow_pickle=False) as parts:
                self._keys: Keys = parts["keys"]
                self._table: NDArray[np.int8] = parts["table"]
        except (OSError, EOFError, ValueError, KeyError) as error:
            raise UnknownEncoder(f"no house encoder weights in {weights}: {error}") from error
        self.weights = weights
        """The file; it may have been overwritten since."""
        self.dimensions = int(self._table.shape[1])
        self.name = f"house-{digest(self._keys, self._table)}"
        self._unknown = np.full(self.dimensions, self.dimensions**-0.5, np.float32)
        self._unknown[::2] *= -1
        self._query = lru_cache(ASKED_LATELY)(lambda text: self.encode_items([text])[0])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit rows."""
        return np.array([self._query(text) for text in texts], np.float32).reshape(-1, self.dimensions)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit rows; a text of which nothing is known gets one fixed direction."""
        rows = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), CHUNK):
            rows[start : start + CHUNK] = self._sums(texts[start : start + CHUNK])
        return rows

    def knows(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Of each text, whether anything in it is known, so that its vector says something."""
        known: NDArray[np.bool_] = known_features(texts, self._keys)[1] > 0
        return known

    def _sums(self, texts: Sequence[str]) -> Vectors:
        positions, counts = known_features(texts, self._keys)
        sums = np.tile(self._unknown, (len(texts), 1))
        filled = counts > 0
        if filled.any():
            starts = (np.cumsum(counts) - counts)[filled]
            added = np.add.reduceat(self._table[positions], starts, axis=0, dtype=np.int32)
            sums[filled] = added
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        unit: Vectors = np.divide(sums, norms, out=np.tile(self._unknown, (len(texts), 1)), where=norms > 0)
        return unit


def known_features(texts: Sequence[str], keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(positions in the sorted ``keys``, ordered by text; how many each text has)."""
    found, rows = features(texts)
    at = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
    known = keys[at] == found
    at, rows = at[known], rows[known]
    return at[np.argsort(rows, kind="stable")], np.bincount(rows, minlength=len(texts))


def digest(keys: Keys, table: NDArray[np.int8]) -> str:
    """Eight hexadecimal digits that name these weights."""
    return hashlib.blake2b(keys.tobytes() + table.tobytes(), digest_size=4).hexdigest()
