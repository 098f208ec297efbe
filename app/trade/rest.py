"""What is left of an awarded demand, opened to quotes again while the other lines are on their way."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.errors import Conflict
from app.core.tenancy import across_tenants
from app.core.versions import check_version
from app.demands.models import Demand
from app.demands.service import lines_of
from app.trade.parties import lock_demand, require_buyer_of
from app.trade.quote_models import Award
from app.trade.remaining import remaining
from app.trade.succession import take_quotes_again


def reopen_rest(session: Session, demand_id: UUID, *, if_match: str | None = None) -> Demand:
    """Let firms quote again for the lines that nobody has; what was awarded stays awarded.

    A winner whose word is awaited comes first. Raises NotFound, Forbidden, PreconditionFailed, Conflict.
    """
    demand = lock_demand(session, demand_id)
    require_buyer_of(session, demand)
    check_version(if_match, demand.version, required=False)
    if demand.state != "awarded":
        raise Conflict("只有已授标的需求可以重新征集剩余明细", code="demand_state", state=demand.state)
    offered = select(col(Award.id)).where(col(Award.demand_id) == demand_id, col(Award.state) == "offered")
    if session.scalars(across_tenants(offered, "whose word is awaited")).first():
        raise Conflict("有供应商尚未确认承接，请等待其答复，或先撤回授标", code="award_awaited")
    if not is_left(session, demand):
        raise Conflict("各条明细都已授出，没有可以重新征集的", code="nothing_left")
    return take_quotes_again(session, demand, ("lost", "submitted", "dropped"))


def is_left(session: Session, demand: Demand) -> bool:
    """Whether a line, or a part of one, is given to nobody."""
    return any(rest != 0 for rest in remaining(session, lines_of(session, demand.id)).values())
