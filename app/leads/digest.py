"""The day's leads found: open demands and projects that suit a selling firm, and that nobody there has heard of.

What was alerted, answered or is in the pipeline is left out, and a pair of firm and demand is told once, ever. Where neither
the firm nor a demand near it changed since its last list, there is nothing to find and nothing is matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from app.accounts.models import Seat
from app.core.actor import SYSTEM
from app.core.clock import CHINA, now, today
from app.demands.models import Demand
from app.leads.models import Lead, LeadEvent
from app.matches.alerts import DIGEST, Pair, known_pairs, note_told, pair_of
from app.matches.models import TOLD_SEATS, Alert, DigestDay
from app.matches.reverse import demands_from, standing_ones
from app.notify.service import tell
from app.registry.models import Company
from app.trade.models import Inquiry
from matching.explain import WEAK_SCORE

if TYPE_CHECKING:
    from app.core.runtime import Runtime

BEGINS = 8
"""The hour in China from which a day's lists are made."""
MOST = 10
"""Demands in one firm's list, the best first: more is not read."""
AT_ONCE = 50
"""Firms looked at in one round."""
INDEXED_BY = timedelta(days=1)
"""What changed so long before a list was made was in the index by then; the day a list is from has no hour."""
THOROUGH_EVERY = 7
"""Days after which a firm is matched though nothing changed: a demand further off has moved up, a model has learnt."""
SHOWN_FOR = timedelta(days=14)
"""How long what was told is on the page of leads found."""


def tell_leads_found(runtime: Runtime) -> int:
    """The job: look through the demands for firms whose turn it is today. Raises SearchUnavailable."""
    if now().astimezone(CHINA).hour < BEGINS:
        return 0
    with runtime.session(writing=False, actor=SYSTEM) as session:
        # In no order, so that processes at the same work seldom meet; where they do, the day's row decides.
        firms = list(session.scalars(_left_today().order_by(func.random()).limit(AT_ONCE)))
    for firm in firms:
        with runtime.session(writing=False, actor=SYSTEM) as session:
            pairs = _found(runtime, session, firm)
        with runtime.session(actor=SYSTEM) as session:
            if _first_today(session, firm):
                _tell(session, firm, [pair for pair in pairs if note_told(session, pair, DIGEST)])
    return len(firms)


def told_of(session: Session, team_id: UUID) -> list[tuple[Alert, Demand, bool]]:
    """What a team was told of lately and still stands, and whether it is in the pipeline.

    The newest day comes first, of one day the best.
    """
    query = select(Alert).where(col(Alert.company_id) == team_id, col(Alert.created_at) > now() - SHOWN_FOR)
    told = {alert.demand_id: alert for alert in session.scalars(query)}
    demands = {demand.id: demand for demand in session.scalars(standing_ones(list(told)))}
    held = _in_pipeline(session, team_id, list(demands))
    standing = [(alert, demands[key], key in held) for key, alert in told.items() if key in demands]
    # The rows of one list are microseconds apart: by moment alone its best would come last.
    return sorted(
        standing, key=lambda one: (one[0].created_at.astimezone(CHINA).date(), one[0].score), reverse=True
    )


def _left_today() -> Select[UUID]:
    """Firms with somebody who sells, and whose list was not made today."""
    done = select(col(DigestDay.company_id)).where(col(DigestDay.day) >= today())
    sellers = select(col(Seat.company_id)).where(col(Seat.role).in_(TOLD_SEATS)).distinct().subquery()
    return select(sellers.c.company_id).where(sellers.c.company_id.not_in(done))


def _found(runtime: Runtime, session: Session, firm: UUID) -> list[Pair]:
    """The best demands that the firm does not know of yet."""
    company = session.get(Company, firm)
    if company is None:
        return []
    quiet = _quiet_since(session, company)

    def unknown(demands: Sequence[Demand]) -> list[Demand]:
        keys = [demand.id for demand in demands]
        known = {demand for demand, _firm in known_pairs(session, keys, [firm])}
        known |= _invited(session, firm, keys) | _in_pipeline(session, firm, keys)
        left = [
            demand
            for demand in demands
            # Whom an invited demand is shown to is its buyer's to say.
            if demand.visibility != "invited" and demand.buyer_company_id != firm and demand.id not in known
        ]
        seen_before = quiet is not None and all(demand.updated_at < quiet for demand in left)
        return [] if seen_before else left

    found = demands_from(runtime, session, firm, score=WEAK_SCORE, most=MOST, wanted=unknown)
    pairs = [pair_of(demand, firm, company.name, match) for demand, match in found]
    return sorted(pairs, key=lambda pair: -pair.score)[:MOST]


def _quiet_since(session: Session, company: Company) -> datetime | None:
    """Since when only a demand that changed is news to a firm; None where all of them have to be looked through."""
    last = session.get(DigestDay, company.id)
    if last is None or (today().toordinal() + company.id.int) % THOROUGH_EVERY == 0:
        return None
    made = datetime.combine(last.day, time(), CHINA)
    # What a full list had no room for is left for the next.
    told = select(func.count()).where(col(Alert.company_id) == company.id, col(Alert.created_at) >= made)
    if company.updated_at >= made - INDEXED_BY or session.scalars(told).one() >= MOST:
        return None
    return made - INDEXED_BY


def _invited(session: Session, firm: UUID, demands: Sequence[UUID]) -> set[UUID]:
    query = select(col(Inquiry.demand_id))
    query = query.where(col(Inquiry.company_id) == firm, col(Inquiry.demand_id).in_(demands))
    return set(session.scalars(query))


def _in_pipeline(session: Session, team_id: UUID, demands: Sequence[UUID]) -> set[UUID]:
    """Those of these demands that a lead of the team came from, first or later."""
    ours = select(col(Lead.id)).where(col(Lead.team_id) == team_id)
    first = select(col(Lead.demand_id)).where(col(Lead.team_id) == team_id, col(Lead.demand_id).in_(demands))
    named = col(LeadEvent.data)["demand_id"].as_string()
    later = select(named).where(
        col(LeadEvent.lead_id).in_(ours),
        col(LeadEvent.kind) == "demand",
        named.in_([str(demand) for demand in demands]),
    )
    return {key for key in session.scalars(first) if key} | {UUID(key) for key in session.scalars(later)}


def _first_today(session: Session, firm: UUID) -> bool:
    """Whether nobody has made the firm's list today; from now on it is made."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    adding = dialect.insert(DigestDay).values(company_id=firm, day=today())
    made = adding.on_conflict_do_update(
        index_elements=["company_id"], set_={"day": today()}, where=col(DigestDay.day) < today()
    )
    return bool(session.execute(made.returning(col(DigestDay.company_id))).all())


def _tell(session: Session, firm: UUID, pairs: Sequence[Pair]) -> None:
    if not pairs:
        return
    tell(
        session,
        companies=[firm],
        kind="leads.found",
        about=f"/leads/found?team={firm}",
        data={"count": len(pairs), "title": pairs[0].demand.title, "reason": pairs[0].reason},
        key=f"leads.found/{firm}/{pairs[0].demand.id}",
    )
