"""What firms found by the graph are worth exactly: the cosine of each firm's best item, worked out from the codes it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from search.documents import SupplierDocument
from search.elastic.cache import Kept
from search.elastic.vectors import cosines
from search.index import Filters, Hit, Vectors


def by_meaning(
    keys: Sequence[str], kept: Mapping[str, Kept], query: Vectors, filters: Filters
) -> tuple[list[Hit], float]:
    """Firms by the exact cosine of their best fitting item, best first; and the least cosine of any best item.

    The second tells how deep the search has looked: a firm that it did not find has no item nearer than that.
    """
    firms = [key for key in keys if key in kept and len(kept[key].codes)]
    if not firms:
        return [], -1.0
    blocks = [kept[key].codes for key in firms]
    scores = cosines(np.concatenate(blocks), query)
    starts = np.cumsum([0, *(len(block) for block in blocks[:-1])])
    reached = float(np.maximum.reduceat(scores, starts).min())
    if filters.of_items:
        scores = np.where(_fitting([kept[key].document for key in firms], filters), scores, -np.inf)
    best = np.maximum.reduceat(scores, starts)
    order = np.argsort(-best, kind="stable")
    order = order[best[order] > -np.inf]
    return [
        Hit(firms[n], score) for n, score in zip(order.tolist(), best[order].tolist(), strict=True)
    ], reached


def _fitting(documents: Sequence[SupplierDocument], filters: Filters) -> NDArray[np.bool_]:
    return np.array([filters.fit(item) for document in documents for item in document.items], np.bool_)
