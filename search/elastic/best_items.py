"""Which item of a firm a hit rests on.

Elasticsearch would say it by inner hits, which is a search of its own for each of a thousand hits: it tripled the time of a
match. The documents are at hand anyway, because the ranking needs them, so it is worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from search.documents import CapabilityItem, SupplierDocument
from search.elastic.cache import Kept
from search.elastic.layout import item_tokens
from search.elastic.mapping import BM25_B, BM25_K1
from search.elastic.vectors import cosines
from search.index import Filters, Hit, Vectors

TYPICAL_TOKENS = 12.0
"""Length of an item, for weighing one item of a firm against another; Elasticsearch has the true mean for the scores."""


def item_fits(filters: Filters) -> Callable[[CapabilityItem], bool]:
    """Whether an item passes what the filters say of items."""
    kinds, roles = frozenset(filters.kinds), frozenset(filters.roles)
    if not kinds and not roles:
        return lambda _: True
    return lambda item: (not kinds or item.kind in kinds) and (not roles or item.role in roles)


def by_words(
    hits: Sequence[tuple[str, float]],
    kept: Mapping[str, Kept],
    weights: Mapping[str, float],
    filters: Filters,
) -> list[Hit]:
    """Hits with the item in which the words weigh most."""
    fits = item_fits(filters)
    found = []
    for key, score in hits:
        if key in kept:
            at = _best_by_words(kept[key].document, weights, fits)
            if at >= 0:
                found.append(Hit(key, score, at))
    return found


def _best_by_words(
    document: SupplierDocument, weights: Mapping[str, float], fits: Callable[[CapabilityItem], bool]
) -> int:
    best, best_worth = -1, 0.0
    for at, item in enumerate(document.items):
        counted, length = _counted(item)
        # Most items of a firm share no word with the need, and sets find that out quickest.
        if counted.keys().isdisjoint(weights):
            continue
        damping = BM25_K1 * (1 - BM25_B + BM25_B * length / TYPICAL_TOKENS)
        worth = sum(weights[t] * n / (n + damping) for t, n in counted.items() if t in weights)
        if worth > best_worth and fits(item):
            best, best_worth = at, worth
    return best


@lru_cache(maxsize=200_000)
def _counts_of(title: str, text: str) -> tuple[Mapping[str, int], int]:
    found: dict[str, int] = {}
    said = tuple(item_tokens(CapabilityItem("", "product", "make", title, text)))
    for token in said:
        found[token] = found.get(token, 0) + 1
    return found, len(said)


def _counted(item: CapabilityItem) -> tuple[Mapping[str, int], int]:
    return _counts_of(item.title, item.text)


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
    starts = np.cumsum([0, *(len(block) for block in blocks)])
    reached = float(np.maximum.reduceat(scores, starts[:-1]).min())
    if filters.kinds or filters.roles:
        scores = np.where(_fitting([kept[key].document for key in firms], filters), scores, -np.inf)
    best = np.maximum.reduceat(scores, starts[:-1])
    hits = []
    for number in np.argsort(-best, kind="stable").tolist():
        if best[number] == -np.inf:
            break
        own = scores[starts[number] : starts[number + 1]]
        hits.append(Hit(firms[number], float(best[number]), int(own.argmax())))
    return hits, reached


def _fitting(documents: Sequence[SupplierDocument], filters: Filters) -> NDArray[np.bool_]:
    fits = item_fits(filters)
    return np.array([fits(item) for document in documents for item in document.items], np.bool_)
