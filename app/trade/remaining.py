"""How much of each line of a demand is not given away yet."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.tenancy import across_tenants
from app.demands.models import DemandLine
from app.trade.policy import HOLDING
from app.trade.quote_models import Award, AwardLine

_TINY = 1e-9


def remaining(session: Session, lines: Sequence[DemandLine]) -> dict[UUID, float | None]:
    """By line: what is left, 0 when nothing is, None when the quantity is not known and nothing is given away."""
    query = (
        select(AwardLine)
        .join(Award, col(Award.id) == col(AwardLine.award_id))
        .where(col(AwardLine.demand_line_id).in_([line.id for line in lines]), col(Award.state).in_(HOLDING))
    )
    held = session.scalars(across_tenants(query, "what is awarded counts, whoever it was awarded to")).all()
    left: dict[UUID, float | None] = {}
    for line in lines:
        given = [one for one in held if one.demand_line_id == line.id]
        if line.quantity is None or any(one.quantity is None for one in given):
            left[line.id] = 0.0 if given else line.quantity
            continue
        rest = line.quantity - sum(one.quantity or 0 for one in given)
        left[line.id] = rest if rest > _TINY * line.quantity else 0.0
    return left
