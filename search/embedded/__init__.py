"""The embedded backend: SQLite rows as its ground, tantivy for words, faiss for meaning, all in one folder."""

from search.embedded.index import EmbeddedIndex

__all__ = ["EmbeddedIndex"]
