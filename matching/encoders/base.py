"""The Encoder protocol: what matching and the index need of a model, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from search.index import Vectors


class UnknownEncoder(ValueError):
    """No encoder of this name, or its package is not installed; the message says what to do."""


class Encoder(Protocol):
    """Texts in, float32 rows of unit length out, shape (len(texts), dimensions)."""

    name: str
    dimensions: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is looked for."""
        ...

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is offered."""
        ...
