"""The jobs of trade: tell matched firms of new demands, open sealed quotes, let unconfirmed awards lapse."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col

from app.accounts.reach import seats_of
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import transact
from app.core.jobs import Job
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.demands.policy import ANSWERABLE
from app.demands.service import guests_of, need_of
from app.fair_play.service import suspended_among
from app.matches.service import match_need
from app.notify.kinds import SELLERS
from app.trade.awards import lapse
from app.trade.endings import end_invitations
from app.trade.inquiries import invite, not_tired, of_demand
from app.trade.models import InquiryRound
from app.trade.parties import kept_apart, tell_buyer, tell_firms
from app.trade.policy import FARTHEST_KM, FRESH, INVOLVED, LOOKED_AT, MOST_TOLD
from app.trade.quote_models import Award, Quote

AT_ONCE = 20
"""Demands, quotes or awards looked at in one round."""

Suggested = list[tuple[UUID, float | None]]
"""Firms, the best matched first, each with its distance in km."""


def tell_matched_firms(runtime: Runtime) -> int:
    """Invite the firms that match each newly published, or newly edited, demand. Gives how many were invited."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        waiting = [(demand.id, demand.revision) for demand in session.scalars(_unannounced())]
    return sum(announce(runtime, demand_id, revision) for demand_id, revision in waiting)


def _unannounced() -> Select[Demand]:
    done = InquiryRound
    return (
        select(Demand)
        .outerjoin(done, col(done.demand_id) == col(Demand.id))
        .where(
            col(Demand.state).in_(ANSWERABLE),
            col(Demand.published_at) > now() - FRESH,
            or_(col(done.demand_id).is_(None), col(done.revision) < col(Demand.revision)),
        )
        .order_by(col(Demand.id))
        .limit(AT_ONCE)
    )


def announce(runtime: Runtime, demand_id: UUID, revision: int) -> int:
    """Tell firms of one revision of a demand; gives how many were invited. Safe to repeat and to run twice at once."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        demand = session.get_one(Demand, demand_id)
        suggested: Suggested = [(firm, None) for firm in guests_of(session, demand_id)]
    if demand.visibility != "invited":
        suggested += _matched(runtime, demand)
    return transact(runtime.engine, lambda session: _tell(session, demand_id, revision, suggested))


def _matched(runtime: Runtime, demand: Demand) -> Suggested:
    result = match_need(runtime, need_of(demand), limit=LOOKED_AT, buyer=demand.buyer_company_id)
    return [
        (UUID(one.supplier.key), one.distance_km)
        for one in result.matches
        if one.distance_km is None or one.distance_km <= FARTHEST_KM
    ]


def _tell(session: Session, demand_id: UUID, revision: int, suggested: Suggested) -> int:
    demand = session.get_one(Demand, demand_id, with_for_update=True)
    before = session.get(InquiryRound, demand_id)
    if demand.state not in ANSWERABLE or (before and before.revision >= revision):
        return 0
    held = {one.company_id: one for one in of_demand(session, demand_id)}
    distances = dict(reversed(suggested))
    apart = kept_apart(session, demand, {*held, *distances})
    if before:
        involved = [one.company_id for one in held.values() if one.state in INVOLVED]
        heard = [firm for firm in involved if firm not in apart]
        tell_firms(session, heard, demand, "demand.changed", f"demand/{demand_id}/changed/{revision}")
    reachable = {firm for _person, firm in seats_of(session, distances, SELLERS)} - set(held) - apart
    reachable.discard(demand.buyer_company_id)
    if demand.buyer_company_id in suspended_among(session, [demand.buyer_company_id or demand_id]):
        reachable = set()
    ranked = list(dict.fromkeys(firm for firm, _distance in suggested))
    chosen = not_tired(session, [firm for firm in ranked if firm in reachable])[:MOST_TOLD]
    for firm in chosen:
        invite(
            session, demand, firm, origin="matched", rank=ranked.index(firm) + 1, distance_km=distances[firm]
        )
    done = before or InquiryRound(demand_id=demand_id, revision=revision, told=0)
    done.revision, done.told, done.done_at = revision, done.told + len(chosen), now()
    session.add(done)
    session.flush()
    return len(chosen)


def open_sealed_quotes(runtime: Runtime) -> int:
    """Tell buyers whose sealed quotes may be read from now on. Gives how many demands those were."""
    due = select(col(Quote.demand_id)).where(col(Quote.opened).is_(False), col(Quote.sealed_until) <= now())
    with runtime.session(writing=False, actor=SYSTEM) as session:
        demands = set(session.scalars(due.limit(AT_ONCE)))
    return sum(transact(runtime.engine, partial(_open, demand_id=key)) for key in sorted(demands))


def _open(session: Session, demand_id: UUID) -> int:
    demand = session.get_one(Demand, demand_id, with_for_update=True)
    quotes = session.scalars(
        select(Quote).where(
            col(Quote.demand_id) == demand_id,
            col(Quote.opened).is_(False),
            col(Quote.sealed_until) <= now(),
        )
    ).all()
    for quote in quotes:
        quote.opened = True
        session.add(quote)
    if quotes:
        count = sum(quote.state == "submitted" for quote in quotes)
        tell_buyer(
            session,
            quotes[0],
            demand,
            "quotes.opened",
            f"demand/{demand_id}/opened/{demand.quotes_until}",
            count=count,
        )
    session.flush()
    return int(bool(quotes))


def let_awards_lapse(runtime: Runtime) -> int:
    """Let awards that were not confirmed in time fall to the next quote. Gives how many lapsed."""
    due = select(col(Award.id)).where(col(Award.state) == "offered", col(Award.confirm_by) <= now())
    with runtime.session(writing=False, actor=SYSTEM) as session:
        late = list(session.scalars(due.order_by(col(Award.confirm_by)).limit(AT_ONCE)))
    return sum(transact(runtime.engine, partial(lapse, key=key)) for key in late)


TRADE_JOBS = (
    Job("tell matched firms", every=15, run=tell_matched_firms),
    Job("open sealed quotes", every=30, run=open_sealed_quotes),
    Job("let awards lapse", every=30, run=let_awards_lapse),
    Job("end invitations", every=30, run=end_invitations),
)
