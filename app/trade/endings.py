"""Demands that are over: firms whose chance to quote is gone are told, once, and told again if it comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlmodel import Session, col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import transact
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.demands.policy import ANSWERABLE, OVER
from app.matches.service import record_outcome
from app.trade.models import Inquiry
from app.trade.parties import kept_apart, tell_firms
from app.trade.policy import HEARD, INVOLVED
from app.trade.quote_models import Award, Quote

AT_ONCE = 20
"""Demands looked at in one round."""

Step = Callable[[UUID, Session], int]


def end_invitations(runtime: Runtime) -> int:
    """The job: tell firms that wait of demands that ended, or that take quotes anew. Gives how many firms' chances changed."""
    return _for_each(runtime, _over(), _end) + _for_each(runtime, _again(), _begin_again)


def _for_each(runtime: Runtime, condition: ColumnElement[bool], step: Step) -> int:
    query = select(col(Inquiry.demand_id)).join(Demand, col(Demand.id) == col(Inquiry.demand_id))
    with runtime.session(writing=False, actor=SYSTEM) as session:
        found = sorted(session.scalars(query.where(condition).distinct().limit(AT_ONCE)))
    return sum(transact(runtime.engine, partial(step, key)) for key in found)


def _end(demand_id: UUID, session: Session) -> int:
    """Their chance is gone. Who was asked, had time, and never answered, ignored it: the ranking learns from that."""
    demand, ended = _held(session, demand_id, _over())
    moment = now()
    query = select(col(Quote.company_id)).where(
        col(Quote.demand_id) == demand_id, col(Quote.state) == "submitted"
    )
    hoping = {one.company_id for one in ended if one.state != "quoted"} | set(session.scalars(query))
    for one in ended:
        one.over_at = moment
        session.add(one)
        if one.state == "invited" and one.told_at and one.told_at <= moment - HEARD:
            record_outcome(session, demand_id=demand_id, company_id=one.company_id, outcome="ignored")
    _tell(session, demand, [one.company_id for one in ended if one.company_id in hoping], "over")
    return len(ended)


def _begin_again(demand_id: UUID, session: Session) -> int:
    demand, again = _held(session, demand_id, _again())
    for one in again:
        one.over_at = None
        session.add(one)
    _tell(session, demand, [one.company_id for one in again], "again")
    return len(again)


def _held(session: Session, demand_id: UUID, condition: ColumnElement[bool]) -> tuple[Demand, list[Inquiry]]:
    """The demand, locked first as everywhere, and those of its invitations that still fit."""
    demand = session.get_one(Demand, demand_id, with_for_update=True)
    query = (
        select(Inquiry)
        .join(Demand, col(Demand.id) == col(Inquiry.demand_id))
        .where(col(Inquiry.demand_id) == demand_id, condition)
        .order_by(col(Inquiry.id))
        .with_for_update(of=Inquiry)
    )
    return demand, list(session.scalars(query))


def _tell(session: Session, demand: Demand, firms: list[UUID], what: str) -> None:
    kind = "demand.closed" if what == "over" else "demand.reopened"
    told = [one for one in firms if one not in kept_apart(session, demand, firms)]
    tell_firms(session, told, demand, kind, f"demand/{demand.id}/{what}/{demand.version}")


def _over() -> ColumnElement[bool]:
    """Invitations of demands that ended, and unanswered ones of demands awarded with nobody's word awaited any more."""
    awaited = exists().where(col(Award.demand_id) == col(Demand.id), col(Award.state) == "offered")
    return and_(
        col(Inquiry.over_at).is_(None),
        col(Inquiry.state).in_(INVOLVED),
        or_(
            col(Demand.state).in_(OVER),
            and_(col(Demand.state) == "awarded", col(Inquiry.state) != "quoted", ~awaited),
        ),
    )


def _again() -> ColumnElement[bool]:
    """Invitations that were over, of demands that take quotes."""
    in_time = or_(col(Demand.quotes_until).is_(None), col(Demand.quotes_until) > now())
    return and_(
        col(Inquiry.over_at).is_not(None),
        col(Inquiry.state).in_(INVOLVED),
        col(Demand.state).in_(ANSWERABLE),
        in_time,
    )
