"""What time does to demands: they expire at the end of their validity, and their buyers are told three days before;
drafts nobody goes on with are put away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import Session, col

from app.core.clock import CHINA, now
from app.core.due import deal_with_due
from app.demands.models import Demand
from app.demands.policy import ANSWERABLE
from app.demands.review import tell_buyer
from app.demands.service import move_demand

if TYPE_CHECKING:
    from app.core.runtime import Runtime

AT_ONCE = 200
WARNED = timedelta(days=3)
"""How long before the end."""
KEPT = timedelta(days=30)
"""How long a draft stays one that nobody touches."""

Listener = Callable[[Session, Demand], None]
_listeners: list[Listener] = []


def when_expired(listener: Listener) -> None:
    """Say who acts in the transaction in which a demand expires (app.trade does; it stands above this package)."""
    if listener not in _listeners:
        _listeners.append(listener)


def expire_demands(runtime: Runtime) -> int:
    """Expire what is due, and warn of what soon will be; returns how many demands were dealt with."""
    moment = now()
    return _expire(runtime, moment) + _warn(runtime, moment)


def put_drafts_away(runtime: Runtime) -> int:
    """Take back drafts that nobody touched for KEPT: they leave the way, and can be opened again. Returns how many."""

    def withdraw(session: Session, demand: Demand) -> None:
        move_demand(session, demand.id, action="withdraw")
        tell_buyer(session, demand, "demand.put_away", title=demand.title or "—", days=KEPT.days)

    return _each(
        runtime, and_(col(Demand.state) == "draft", col(Demand.updated_at) <= now() - KEPT), withdraw
    )


def _expire(runtime: Runtime, moment: datetime) -> int:
    def expire(session: Session, demand: Demand) -> None:
        tell_buyer(session, move_demand(session, demand.id, action="expire"), "demand.expired")
        for listener in _listeners:
            listener(session, demand)

    due = and_(col(Demand.valid_until) <= moment, col(Demand.state).in_(ANSWERABLE))
    return _each(runtime, due, expire)


def _warn(runtime: Runtime, moment: datetime) -> int:
    def warn(session: Session, demand: Demand) -> None:
        demand.warned_at = moment
        session.add(demand)
        if demand.valid_until and demand.valid_until - (demand.published_at or demand.created_at) > WARNED:
            until = demand.valid_until.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
            tell_buyer(session, demand, "demand.expiring", until=until)

    soon = and_(
        col(Demand.valid_until) > moment,
        col(Demand.valid_until) <= moment + WARNED,
        col(Demand.warned_at).is_(None),
        col(Demand.state).in_(ANSWERABLE),
    )
    return _each(runtime, soon, warn)


def _each(runtime: Runtime, which: ColumnElement[bool], deal_with: Listener) -> int:
    """Deal with demands of which that is true, at most AT_ONCE; returns how many."""

    def all_of(session: Session, found: Sequence[Demand]) -> None:
        for demand in found:
            deal_with(session, demand)

    return deal_with_due(runtime, select(Demand).where(which).limit(AT_ONCE), all_of)
