"""Titles to codes while writing; a title is embedded once, however many firms say it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import numpy as np

from search.documents import SupplierDocument
from search.elastic.vectors import Codes, encode
from search.index import Embed

KEPT_TITLES = 100_000
"""51 MB of codes at 512 dimensions."""


class TitleCodes:
    """Codes of the titles written last. Safe to share between threads."""

    def __init__(self, embed: Embed, dimensions: int) -> None:
        self._embed = embed
        self._dimensions = dimensions
        self._held: OrderedDict[str, Codes] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, documents: Sequence[SupplierDocument]) -> dict[str, Codes]:
        """A row for each distinct title of the documents. Raises what the encoder raises."""
        titles = dict.fromkeys(item.title for document in documents for item in document.items)
        with self._lock:
            found = {title: self._held[title] for title in titles if title in self._held}
            for title in found:
                self._held.move_to_end(title)
        if new := [title for title in titles if title not in found]:
            rows = encode(self._embed(new), self._dimensions)
            if len(rows) != len(new):
                raise ValueError(f"{len(rows)} vectors for {len(new)} titles")
            found.update(zip(new, rows, strict=True))
            self._keep(new, rows)
        return found

    def rows(self, document: SupplierDocument, found: dict[str, Codes]) -> Codes:
        """The codes of a document's items, in their order; shape (items, dimensions)."""
        if not document.items:
            return np.empty((0, self._dimensions), np.int8)
        return np.stack([found[item.title] for item in document.items])

    def _keep(self, titles: Iterable[str], rows: Codes) -> None:
        with self._lock:
            # Copies: a row that is a view would keep its whole batch.
            self._held.update((title, row.copy()) for title, row in zip(titles, rows, strict=True))
            while len(self._held) > KEPT_TITLES:
                self._held.popitem(last=False)
