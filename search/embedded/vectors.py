"""The vector index: faiss over the distinct item titles, eight bits a dimension, exact scan."""

from __future__ import annotations

import threading

import faiss
import numpy as np
from numpy.typing import NDArray

from search.index import Vectors

RANGE_DEVIATIONS = 5.0
"""A unit vector's components have deviation 1/sqrt(d); five of them each way are quantised, the rest clipped."""


class VectorIndex:
    """Positions 0..n-1 in the order of adding; inner product of unit vectors, so scores are cosines."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._lock = threading.Lock()
        self._index = faiss.IndexScalarQuantizer(
            dimensions, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        bound = RANGE_DEVIATIONS / np.sqrt(dimensions)
        # A fixed range rather than a learnt one: the same text gets the same code however the index was filled.
        self._index.train(np.array([[-bound] * dimensions, [bound] * dimensions], np.float32))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Append rows of unit length."""
        with self._lock:
            self._index.add(np.ascontiguousarray(vectors, np.float32))

    def search(
        self, vectors: Vectors, limit: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """(positions, cosines), a row a query, best first, -1 where there are fewer than ``limit``.

        ``allowed`` (shape (n,)) leaves the rest out of the scan.
        """
        with self._lock:
            total = len(self)
            if not total:
                return np.full((len(vectors), 0), -1, np.int64), np.empty((len(vectors), 0), np.float32)
            parameters = None
            if allowed is not None:
                bits = np.zeros(total, np.bool_)
                bits[: min(total, len(allowed))] = allowed[:total]
                bitmap = np.packbits(bits, bitorder="little")
                parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))
            queries = np.ascontiguousarray(vectors, np.float32)
            scores, found = self._index.search(queries, min(limit, total), params=parameters)
        return found, scores
