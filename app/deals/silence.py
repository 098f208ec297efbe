"""Buyers who say nothing of a delivery: reminded, and after a while it counts as accepted. A dispute stops the clock."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from app.core.actor import SYSTEM
from app.core.clock import CHINA, now
from app.core.database import transact
from app.core.runtime import Runtime
from app.core.versions import touch
from app.deals.ending import accepts_at, conclude
from app.deals.models import Deal
from app.deals.notices import tell_party
from app.deals.policy import ACCEPTED_AFTER, PARTIES, REMINDED_AFTER, moved

AT_ONCE = 50


def end_silence(runtime: Runtime) -> int:
    """The job: remind buyers of deliveries, and accept for those who stay silent. Gives how many deals that were."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        due = or_(_to_remind(), _to_accept())
        found = list(session.scalars(select(col(Deal.id)).where(due).limit(AT_ONCE)))
    return sum(transact(runtime.engine, partial(_end, key=key)) for key in sorted(found))


def _end(session: Session, key: UUID) -> int:
    due = select(Deal).where(col(Deal.id) == key, or_(_to_remind(), _to_accept())).with_for_update()
    deal = session.scalars(due).one_or_none()
    if deal is None:
        return 0  # Accepted or disputed meanwhile, or another process was faster.
    if deal.reminded_at is None:
        _remind(session, deal)
    else:
        _accept(session, deal)
    return 1


def _remind(session: Session, deal: Deal) -> None:
    deal.reminded_at = now()
    touch(session, deal)
    until = accepts_at(deal)
    said = until.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if until else "—"
    tell_party(session, deal, "buyer", "deal.unaccepted", until=said)


def _accept(session: Session, deal: Deal) -> None:
    deal.state = moved(deal.state, "accept_by_time")
    deal.accepted_at, deal.accepted_by = now(), "time"
    touch(session, deal)
    for party in PARTIES:
        tell_party(session, deal, party, "deal.accepted_by_time")
    conclude(session, deal)


def _to_remind() -> ColumnElement[bool]:
    late = col(Deal.delivered_at) <= now() - REMINDED_AFTER
    return and_(col(Deal.state) == "delivered", col(Deal.reminded_at).is_(None), late)


def _to_accept() -> ColumnElement[bool]:
    return and_(col(Deal.state) == "delivered", col(Deal.reminded_at) <= now() - ACCEPTED_AFTER)
