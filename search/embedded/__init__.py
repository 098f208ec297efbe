"""The embedded backend: SQLite rows as its ground, tantivy for words, faiss for meaning, all in one folder."""

from search.embedded.index import EmbeddedIndex
from search.embedded.successor import EmbeddedSuccessor

__all__ = ["EmbeddedIndex", "EmbeddedSuccessor"]
