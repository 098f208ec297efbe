"""The demo world's construction projects: demands with a bill of materials, an investment and a stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.core.clock import now
from app.core.outbox import enqueue
from app.demands.forms import form_named
from app.demands.line_schemas import LineSaid
from app.demands.models import Demand
from app.demands.service import need_of, write_lines
from app.demands.understanding import read_demand
from seed_data.demands import demand_row

FORM = "project"
_POSTED = timedelta(days=3)


def add_projects(
    session: Session,
    projects: Iterable[Mapping[str, Any]],
    keys: Mapping[str, UUID],
    firms: Mapping[str, UUID],
) -> int:
    """Post the projects that are not there yet, each under its id of ``keys``; returns how many."""
    missing = [said for said in projects if session.get(Demand, keys[said["id"]]) is None]
    for said in missing:
        lines = [LineSaid.model_validate(line) for line in said["lines"]]
        demand = _project(said, keys[said["id"]], firms[said["buyer"]], lines)
        session.add(demand)
        session.flush()
        write_lines(session, demand, lines, need_of(demand))
        enqueue(session, [(str(demand.id), demand.version)], subject="demand")
    return len(missing)


def _project(said: Mapping[str, Any], key: UUID, buyer: UUID, lines: list[LineSaid]) -> Demand:
    description, fields = said["description"], said["fields"]
    return demand_row(
        said,
        key=key,
        buyer=buyer,
        posted=now() - _POSTED,
        need=read_demand(said["title"], description, lines=lines, form=form_named(FORM), fields=fields),
        description=description,
        kind="product",
        form=FORM,
        fields=fields,
        state="open",
    )
