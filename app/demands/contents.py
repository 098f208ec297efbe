"""What a demand asks for as plain data: kept with each revision, compared, and begun from again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlmodel import Session, col

from app.demands.guests import guests_of
from app.demands.line_schemas import LineSaid
from app.demands.lines import lines_of
from app.demands.models import Demand
from app.demands.record_models import DemandFile
from app.demands.schemas import DemandCreate
from app.demands.terms import COLUMNS

Content = dict[str, Any]

_LINE = set(LineSaid.model_fields)
_DATED = {"quotes_until", "valid_until", "deliver_from", "deliver_until"}
"""What a new demand made from an old one has to say again."""


class Change(BaseModel):
    """One thing that a revision changed. ``field`` is a field of the demand; a line changes as a whole."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"field": "budget_high", "before": 120000, "after": 150000}]}
    )

    field: str
    before: Any = None
    after: Any = None


def content_of(session: Session, demand: Demand) -> Content:
    """What the demand asks for now, JSON-able."""
    lines = (line for line in lines_of(session, demand.id) if not line.implied)
    file_names = (
        select(col(DemandFile.name))
        .where(col(DemandFile.demand_id) == demand.id)
        .order_by(col(DemandFile.id))
    )
    return {
        **demand.model_dump(mode="json", include=set(COLUMNS)),
        "need": dict(demand.corrections),
        "lines": [line.model_dump(mode="json", include=_LINE) for line in lines],
        "guests": [str(guest) for guest in guests_of(session, demand.id)],
        "files": list(session.scalars(file_names)),
    }


def changes(before: Content, after: Content) -> list[Change]:
    """What differs between two contents, in the order of the form."""
    found = [
        Change(field=name, before=before.get(name), after=after.get(name))
        for name in (*DemandCreate.model_fields, "files")
        if name not in ("lines", "fields") and before.get(name) != after.get(name)
    ]
    old, new = before.get("fields", {}), after.get("fields", {})
    found += [
        Change(field=f"fields.{name}", before=old.get(name), after=new.get(name))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]
    return found + _line_changes(before.get("lines", []), after.get("lines", []))


def _line_changes(before: Sequence[Content], after: Sequence[Content]) -> list[Change]:
    old, new = ({line["id"]: line for line in lines} for lines in (before, after))
    return [
        Change(field="lines", before=old.get(key), after=new.get(key))
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    ]


def begun_from(content: Content, *, firm: UUID | None) -> DemandCreate:
    """A new draft with this content: nothing dated, and lines of its own."""
    dropped = _DATED | {"files"}
    said = {name: value for name, value in content.items() if name not in dropped and value not in ("", None)}
    said["lines"] = [
        {name: value for name, value in line.items() if name != "id"} for line in content["lines"]
    ]
    said["need"] = {name: value for name, value in content["need"].items() if name != "deadline"} or None
    sealed = {"sealed": False}  # Sealed quotes need a deadline, which is dated.
    return DemandCreate.model_validate({**said, **sealed, "buyer_company_id": firm, "state": "draft"})
