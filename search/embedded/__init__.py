"""The embedded backend: SQLite rows as its ground, tantivy for words, faiss for meaning, all in one folder."""

from search.embedded.filling import read_begun
from search.embedded.index import EmbeddedIndex
from search.embedded.successor import EmbeddedSuccessor, beside, drop_leftovers, finish_take_over

__all__ = [
    "EmbeddedIndex",
    "EmbeddedSuccessor",
    "beside",
    "drop_leftovers",
    "finish_take_over",
    "read_begun",
]
