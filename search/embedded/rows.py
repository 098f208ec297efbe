"""How a document is laid out in the store beside its JSON: its facts and its items as fixed-size records.

Records instead of columns let a whole province be read back with two ``numpy.frombuffer`` calls.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from search.documents import KINDS, ROLES, Amount, SupplierDocument

FACTS = np.dtype(
    [
        ("adcode", "<i4"),
        ("city", "<i4"),
        ("industry", "<i4"),
        ("status", "<i4"),
        ("tags", "<i4"),
        ("verified", "?"),
        ("lon", "<f8"),
        ("lat", "<f8"),
    ]
)
"""What filters and facets need of a firm; words are numbers of labels, unknown coordinates are NaN."""

ITEMS = np.dtype(
    [
        ("text", "<i4"),
        ("kind", "i1"),
        ("role", "i1"),
        ("price", "<f8"),
        ("price_unit", "<i4"),
        ("capacity", "<f8"),
        ("capacity_unit", "<i4"),
    ]
)
"""What filters need of an item; ``text`` is the position of its title's vector, units are labels, unknown amounts NaN."""

KIND_NUMBER: Mapping[str, int] = {kind: i for i, kind in enumerate(KINDS)}
ROLE_NUMBER: Mapping[str, int] = {role: i for i, role in enumerate(ROLES)}


def fact_labels(document: SupplierDocument) -> tuple[str, str, str, str, str]:
    """The words of a firm's facts, in the order of FACTS; the set of tags is one label, a JSON array."""
    tags = json.dumps(list(dict.fromkeys(document.tags)), ensure_ascii=False)
    return document.adcode, document.city, document.industry, document.status, tags


def labels_of(document: SupplierDocument) -> Iterator[str]:
    """All words of a firm that are kept as numbers: of its facts, and the units of its items' amounts."""
    yield from fact_labels(document)
    for item in document.items:
        yield from (stated.unit for stated in (item.price, item.capacity) if stated)


def pack_facts(document: SupplierDocument, number: Callable[[str], int]) -> bytes:
    """One FACTS record; ``number`` turns a label into its number."""
    row = np.zeros(1, FACTS)
    row[0] = (
        *(number(label) for label in fact_labels(document)),
        document.verified,
        math.nan if document.lon is None else document.lon,
        math.nan if document.lat is None else document.lat,
    )
    return row.tobytes()


def pack_items(document: SupplierDocument, texts: Mapping[str, int], number: Callable[[str], int]) -> bytes:
    """ITEMS records in document order; ``texts`` gives each title's position, ``number`` a label's number."""

    def amount(stated: Amount | None) -> tuple[float, int]:
        return (stated.value, number(stated.unit)) if stated else (math.nan, 0)

    rows = [
        (
            texts[item.title],
            KIND_NUMBER[item.kind],
            ROLE_NUMBER[item.role],
            *amount(item.price),
            *amount(item.capacity),
        )
        for item in document.items
    ]
    return np.array(rows, ITEMS).tobytes()
