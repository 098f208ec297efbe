"""What a registration that comes again may not overwrite: what a user stated, and what its source does not speak of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session, col

from app.registry.derive import FIELDS, Registration
from app.registry.models import Company

_COLUMNS = tuple(
    getattr(Company, name)
    for name in ("id", "version", *FIELDS, "adcode", "lon", "lat", "capital_cny", "size_class", "provenance")
)
_TOGETHER = {"adcode": ("adcode", "city", "district", "lon", "lat"), "lonlat": ("lon", "lat")}
"""Columns that one statement of a user fixes, because they say the same thing."""


def load_standing(session: Session, keys: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """The companies of these ids as they are held, by id, locked until the transaction ends."""
    found: dict[UUID, Row[Any]] = {}
    ordered = sorted(keys)  # so that two transactions lock the same rows in the same order
    for start in range(0, len(ordered), 500):
        part = col(Company.id).in_(ordered[start : start + 500])
        query = select(*_COLUMNS).where(part).order_by(col(Company.id)).with_for_update()
        found.update({row.id: row for row in session.connection().execute(query)})
    return found


def stated(held: Row[Any]) -> dict[str, Any]:
    """The columns a user stated, with what was stated: those whose provenance is {"from": "user"}."""
    names = [name for name, line in held.provenance.items() if line.get("from") == "user"]
    return {
        column: getattr(held, column)
        for name in names
        for column in _TOGETHER.get(name, (name,))
        if hasattr(held, column)
    }


def stated_lines(held: Row[Any]) -> dict[str, Any]:
    """The lines of provenance that belong to ``stated``."""
    return {name: line for name, line in held.provenance.items() if line.get("from") == "user"}


def reconcile(said: Registration, held: Row[Any], spoken: Collection[str]) -> Registration:
    """``said``, with what stands in place of what it must not change; ``spoken`` are the fields its source states.

    Fields left unspoken keep what was said before, not what was derived from it, so that a new address still
    gives a new division.
    """
    silent = set(FIELDS) - set(spoken) - {"uscc"}
    if "address" in spoken:
        silent -= {"city", "district"}
    kept = {name: _said_before(name, held) for name in silent}
    kept |= {name: value for name, value in stated(held).items() if name in FIELDS}
    for name in ("tags", "aliases"):
        if name in kept:
            kept[name] = tuple(kept[name])
    return replace(said, **kept)


def _said_before(name: str, held: Row[Any]) -> Any:
    line = held.provenance.get(name, {})
    if name == "industry_code" and line.get("method") == "suggested":
        return ""
    if name == "aliases":
        return [alias for alias in held.aliases if alias not in line.get("values", ())]
    return getattr(held, name)
