"""A supplier as the source of an Elasticsearch document."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from typing import Any

from search.analysis import tokens
from search.documents import Amount, CapabilityItem, SupplierDocument
from search.elastic.vectors import Codes, dithered
from search.payload import encode_document

LONGEST_TERM = 8_000
"""Lucene takes no term over 32,766 bytes; longer titles are not suggested, and found by their words all the same."""


def source_of(document: SupplierDocument, codes: Codes) -> dict[str, Any]:
    """What is indexed of a firm; ``codes`` has a row for each of its items."""
    words = [" ".join(item_tokens(item)) for item in document.items]
    made: dict[str, Any] = {
        "key": document.key,
        "version": document.version,
        "live": True,
        "payload": encode_document(document),
        "codes": base64.b64encode(codes.tobytes()).decode(),
        "status": document.status,
        "tags": list(document.tags),
        "verified": document.verified,
        # Every ancestor too, so that one term takes a subtree.
        "divisions": _beginnings(document.adcode),
        "industries": _beginnings(document.industry),
        "titles": list(dict.fromkeys(i.title for i in document.items if len(i.title) < LONGEST_TERM)),
        "name": " ".join(
            t for name in dict.fromkeys((document.name, *document.aliases)) for t in tokens(name)
        ),
        "firm": " ".join(words),
        "items": [
            {
                "kind": item.kind,
                "role": item.role,
                **_amount("price", item.price),
                **_amount("capacity", item.capacity),
                "words": said,
                "vector": dithered(codes[position], document.key, position).tobytes().hex(),
            }
            for position, (item, said) in enumerate(zip(document.items, words, strict=True))
        ],
    }
    if document.city:
        made["city"] = document.city
    if document.industry:
        made["industry"] = document.industry
    if _known(document.lon) and _known(document.lat):
        made["location"] = {"lon": document.lon, "lat": document.lat}
    return made


def tombstone(key: str, version: int) -> dict[str, Any]:
    """What stays of a deleted firm, so that a late write of an older version does not bring it back."""
    return {"key": key, "version": version, "live": False}


def item_tokens(item: CapabilityItem) -> Iterable[str]:
    """The tokens an item is found by."""
    return tokens(f"{item.title} {item.text}" if item.text else item.title)


def _amount(field: str, stated: Amount | None) -> dict[str, Any]:
    return {field: stated.value, f"{field}_unit": stated.unit} if stated else {}


def _beginnings(code: str) -> list[str]:
    return [code[:n] for n in range(1, len(code) + 1)]


def _known(degrees: float | None) -> bool:
    return degrees is not None and math.isfinite(degrees)
