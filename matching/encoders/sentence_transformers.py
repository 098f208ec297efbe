"""Any sentence-transformers model, by name or folder, with its own prompts. The package brings torch, so it is an extra."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from matching.encoders.base import UnknownEncoder
from search.index import Vectors

BATCH_SIZE = 64
DEVICE = "cpu"


class SentenceTransformersEncoder:
    """``LIANQIAO_ST_BATCH`` and ``LIANQIAO_ST_DEVICE`` set batch size and device; the model's query and document prompts hold."""

    def __init__(self, model: str, *, batch_size: int | None = None, device: str | None = None) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise UnknownEncoder(
                f'encoder "st:{model}" needs an extra: pip install "lianqiao[sentence-transformers]"'
            ) from error
        self._batch_size = batch_size or int(os.environ.get("LIANQIAO_ST_BATCH", BATCH_SIZE))
        try:
            self._model = SentenceTransformer(
                model, device=device or os.environ.get("LIANQIAO_ST_DEVICE", DEVICE)
            )
        except (OSError, ValueError) as error:
            raise UnknownEncoder(f'encoder "st:{model}": no such model or folder ({error})') from error
        self.name = f"st:{model}"
        self.dimensions = int(self._model.get_embedding_dimension() or 0)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit rows, with the model's ``query`` prompt when it has one."""
        return self._rows(self._model.encode_query, texts)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit rows, with the model's ``document`` prompt when it has one."""
        return self._rows(self._model.encode_document, texts)

    def _rows(self, encode: object, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        assert callable(encode)  # noqa: S101 - narrows the type
        made = encode(
            list(texts), batch_size=self._batch_size, normalize_embeddings=True, show_progress_bar=False
        )
        rows: Vectors = np.asarray(made, np.float32)
        return rows
