"""The lines of a demand: kept in order, edited without losing those that quotes refer to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.errors import InvalidInput, Problem
from app.core.ids import new_id
from app.demands.line_schemas import LineSaid
from app.demands.models import Demand, DemandLine
from matching.need import Need


def lines_of(session: Session, demand_id: UUID) -> list[DemandLine]:
    """What is asked for, in order; never empty: a demand whose buyer wrote no lines has its title as the one."""
    return lines_by_demand(session, [demand_id])[demand_id]


def lines_by_demand(session: Session, demands: Iterable[UUID]) -> dict[UUID, list[DemandLine]]:
    """The lines of several demands, read at once."""
    found: dict[UUID, list[DemandLine]] = {key: [] for key in demands}
    query = (
        select(DemandLine)
        .where(col(DemandLine.demand_id).in_(list(found)), col(DemandLine.removed).is_(False))
        .order_by(col(DemandLine.position))
    )
    for line in session.scalars(query) if found else ():
        found[line.demand_id].append(line)
    return found


def write_lines(session: Session, demand: Demand, lines: Sequence[LineSaid], need: Need) -> None:
    """Make ``lines`` the demand's; none written: its title, in the quantity understood. Raises InvalidInput."""
    held = {line.id: line for line in lines_of(session, demand.id)}
    _check_ids(lines, held)
    kept: set[UUID] = set()
    for position, said in enumerate(lines, 1):
        line = held.get(said.id) if said.id else None
        line = line or DemandLine(id=new_id(), demand_id=demand.id, position=position, name=said.name)
        line.sqlmodel_update(said.model_dump(exclude={"id"}))
        line.position, line.implied = position, False
        kept.add(line.id)
        session.add(line)
    if not lines:
        line = next((one for one in held.values() if one.implied), None) or DemandLine(
            id=new_id(), demand_id=demand.id, position=1, name=demand.title, implied=True
        )
        line.name = demand.title
        line.quantity, line.unit = (
            (need.quantity.value, need.quantity.unit[:20]) if need.quantity else (None, "")
        )
        kept.add(line.id)
        session.add(line)
    for key, line in held.items():
        if key not in kept:
            line.removed = True
            session.add(line)


def _check_ids(lines: Sequence[LineSaid], held: dict[UUID, DemandLine]) -> None:
    given = [line.id for line in lines]
    problems = [
        Problem(f"lines.{place}.id", "unknown_line", "该需求没有这条明细，新增的明细不要带 id")
        for place, key in enumerate(given)
        if key is not None and (key not in held or given.index(key) < place)
    ]
    if problems:
        raise InvalidInput(problems=problems)
