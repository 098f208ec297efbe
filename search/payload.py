"""A document as one JSON array: how every backend keeps what it gives back."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from search.documents import Amount, CapabilityItem, Spec, SupplierDocument

_FIELDS = tuple(field.name for field in fields(SupplierDocument))


def encode_document(document: SupplierDocument) -> str:
    """The document as a JSON array in field order; keys would double its size, and ``asdict`` the time of a batch."""
    row = [getattr(document, name) for name in _FIELDS]
    row[-1] = [
        (
            i.key,
            i.kind,
            i.role,
            i.title,
            i.text,
            i.source,
            [(s.name, s.low, s.high, s.unit, s.word, s.text) for s in i.specs],
            i.price and (i.price.value, i.price.unit),
            i.capacity and (i.capacity.value, i.capacity.unit),
        )
        for i in document.items
    ]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def decode_document(payload: str) -> SupplierDocument:
    """The inverse of encode_document."""
    row: list[Any] = json.loads(payload)
    made = dict(zip(_FIELDS, row, strict=True))
    made["items"] = tuple(
        CapabilityItem(
            key,
            kind,
            role,
            title,
            text,
            source,
            tuple(Spec(*spec) for spec in specs),
            price and Amount(*price),
            capacity and Amount(*capacity),
        )
        for key, kind, role, title, text, source, specs, price, capacity in row[-1]
    )
    made["aliases"], made["tags"] = tuple(made["aliases"]), tuple(made["tags"])
    return SupplierDocument(**made)
