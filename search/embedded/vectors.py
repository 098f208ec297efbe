"""The vector index: faiss over the distinct item titles, eight bits a dimension, exact scan."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import faiss
import numpy as np
from numpy.typing import NDArray

from search.index import Vectors

RANGE_DEVIATIONS = 5.0
"""A unit vector's components have deviation 1/sqrt(d); five of them each way are quantised, the rest clipped.
Measured over registered titles, the largest component was 4.0 deviations (USE), 3.2 (E5) and 4.3 (MiniLM)."""

_here = threading.local()


class VectorIndex:
    """Positions 0..n-1 in the order of adding; inner product of unit vectors, so scores are cosines.

    Any number of threads search at once; ``add`` waits for them, and they for it.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._gate = threading.Condition()
        self._searching = 0
        self._adding = False
        self._index = faiss.IndexScalarQuantizer(
            dimensions, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        bound = RANGE_DEVIATIONS / np.sqrt(dimensions)
        # A fixed range rather than a learnt one: the same text gets the same code however the index was filled.
        self._index.train(np.array([[-bound] * dimensions, [bound] * dimensions], np.float32))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def no_codes(self) -> NDArray[np.uint8]:
        """No rows."""
        return np.empty((0, self.dimensions), np.uint8)

    def encode(self, vectors: Vectors) -> NDArray[np.uint8]:
        """What is stored of rows of unit length; shape (n, dimensions). Raises ValueError for other dimensions."""
        rows = np.ascontiguousarray(vectors, np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.dimensions:
            raise ValueError(f"vectors of shape {rows.shape} for an index of {self.dimensions} dimensions")
        codes: NDArray[np.uint8] = self._index.sa_encode(rows)
        return codes

    def add(self, blocks: Sequence[bytes]) -> None:
        """Append rows given as codes."""
        codes = np.frombuffer(b"".join(blocks), np.uint8).reshape(-1, self.dimensions)
        if not len(codes):
            return
        with self._gate:
            self._adding = True
            try:
                self._gate.wait_for(lambda: not self._searching)
                self._index.add_sa_codes(codes)
            finally:
                self._adding = False
                self._gate.notify_all()

    def search(
        self, vectors: Vectors | Sequence[Vectors], limit: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """(positions, cosines), a row a query, best first, -1 where there are fewer than ``limit``.

        ``allowed`` (shape (n,)) leaves the rest out of the scan.
        """
        with self._reading():
            total = len(self)
            if not total or limit < 1:
                return np.full((len(vectors), 0), -1, np.int64), np.empty((len(vectors), 0), np.float32)
            parameters = None
            if allowed is not None:
                bits = np.zeros(total, np.bool_)
                bits[: len(allowed)] = allowed[:total]
                bitmap = np.packbits(bits, bitorder="little")
                # Its Python constructors take more than its stubs say.
                selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg,arg-type]
                parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            queries = np.ascontiguousarray(np.stack(list(vectors)), np.float32)
            if not getattr(_here, "alone", False):
                # Each thread's own setting. A second thread of the scan would spin on the core that searches words.
                faiss.omp_set_num_threads(1)
                _here.alone = True
            scores, found = self._index.search(queries, min(limit, total), params=parameters)
        return found, scores

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._gate:
            self._gate.wait_for(lambda: not self._adding)
            self._searching += 1
        try:
            yield
        finally:
            with self._gate:
                self._searching -= 1
                self._gate.notify_all()
