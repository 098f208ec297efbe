"""Small worlds for index tests: an encoder without a model, made-up firms, and what a filter means, in plain Python."""

from __future__ import annotations

import math
import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from search.analysis import tokens
from search.documents import Amount, CapabilityItem, Kind, Role, SupplierDocument
from search.index import Filters, Hit, Rejection, SearchIndex, TextLeg, VectorLeg, Vectors, division_prefix

DIMENSIONS = 64
ALL = Filters(statuses=())


@cache
def _direction(token: str) -> Vectors:
    return np.random.default_rng(zlib.crc32(token.encode())).standard_normal(DIMENSIONS).astype(np.float32)


def embed(titles: Sequence[str]) -> Vectors:
    """A bag of tokens, each a direction of its own; unit rows."""
    rows = np.array([sum(map(_direction, tokens(t)), _direction(f"text {t}") * 0.01) for t in titles])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def item(
    title: str,
    *,
    kind: Kind = "product",
    role: Role = "make",
    text: str = "",
    price: Amount | None = None,
    capacity: Amount | None = None,
) -> CapabilityItem:
    return CapabilityItem(
        key=title, kind=kind, role=role, title=title, text=text, price=price, capacity=capacity
    )


def firm(key: str, *items: CapabilityItem | str, version: int = 1, **facts: object) -> SupplierDocument:
    """A firm; plain words are products it makes."""
    made = tuple(item(i) if isinstance(i, str) else i for i in items)
    document = SupplierDocument(key=key, version=version, uscc=key, name=f"企业{key}", items=made)
    return replace(document, **facts)  # type: ignore[arg-type]


def kilometres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great circle on a sphere of 6371.0088 km, by the law of cosines, to a metre; infinite where unknown."""
    if any(map(math.isnan, (lon1, lat1, lon2, lat2))):
        return math.inf
    a, b, c = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(c)
    return round(6371.0088 * math.acos(max(-1.0, min(1.0, cosine))), 3)


def passes(document: SupplierDocument, filters: Filters) -> bool:
    """Whether a firm passes, and some item of it where filters speak of items."""
    near = filters.near
    known = document.lon is not None and document.lat is not None
    return (
        (not filters.keys or document.key in filters.keys)
        and (
            not filters.divisions
            or document.adcode.startswith(tuple(map(division_prefix, filters.divisions)))
        )
        and (not filters.industries or document.industry.startswith(filters.industries))
        and (not filters.statuses or document.status in filters.statuses)
        and (not filters.tags or not set(filters.tags).isdisjoint(document.tags))
        and (not filters.verified_only or document.verified)
        and (
            not near
            or (known and kilometres(document.lon, document.lat, near.lon, near.lat) <= near.kilometres)
        )
        and (not asks_of_items(filters) or any(fits(i, filters) for i in document.items))
    )


def fits(offered: CapabilityItem, filters: Filters) -> bool:
    """Whether an item passes the filters that speak of items."""
    price, capacity = offered.price, offered.capacity
    most, least = filters.price, filters.capacity
    from_ = filters.min_price
    return (
        (not filters.kinds or offered.kind in filters.kinds)
        and (not filters.roles or offered.role in filters.roles)
        and (not most or (price is not None and price.unit == most.unit and price.value <= most.value))
        and (not from_ or (price is not None and price.unit == from_.unit and price.value >= from_.value))
        and (
            not least
            or (capacity is not None and capacity.unit == least.unit and capacity.value >= least.value)
        )
    )


def asks_of_items(filters: Filters) -> bool:
    return bool(filters.kinds or filters.roles or filters.price or filters.min_price or filters.capacity)


def count_kinds(documents: Iterable[SupplierDocument], filters: Filters) -> dict[str, int]:
    """How many of the firms that pass have an item of each kind that passes."""
    return dict(
        Counter(
            kind
            for document in documents
            if passes(document, filters)
            for kind in {i.kind for i in document.items if fits(i, filters)}
        )
    )


def words(
    index: SearchIndex, text: str, filters: Filters = ALL, over: str = "item", limit: int = 200
) -> list[Hit]:
    """One leg of words."""
    return index.search([TextLeg(tokens(text), over, limit)], filters)[0]  # type: ignore[arg-type]


def meaning(index: SearchIndex, text: str, filters: Filters = ALL, limit: int = 200) -> list[Hit]:
    """One leg of meaning."""
    return index.search([VectorLeg(embed([text])[0], limit)], filters)[0]


def keys(hits: Iterable[Hit]) -> list[str]:
    return [hit.key for hit in hits]


def put(index: SearchIndex, *documents: SupplierDocument, deletes: Sequence[tuple[str, int]] = ()) -> None:
    """Apply and show."""
    index.apply(documents, deletes)
    index.refresh()


class Database:
    """Documents under a lock, as search.indexer.ChangeSource."""

    def __init__(self, *documents: SupplierDocument) -> None:
        self.documents = {document.key: document for document in documents}
        self.lock = threading.Lock()
        self.parked: list[Rejection] = []

    def load(self, wanted: Sequence[str]) -> dict[str, SupplierDocument]:
        with self.lock:
            return {key: self.documents[key] for key in wanted if key in self.documents}

    def versions(self) -> Iterator[tuple[str, int]]:
        with self.lock:
            return iter(sorted((key, document.version) for key, document in self.documents.items()))

    def park(self, rejected: Sequence[Rejection]) -> None:
        self.parked += rejected

    def write(self, document: SupplierDocument) -> None:
        with self.lock:
            self.documents[document.key] = document
