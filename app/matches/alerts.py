"""Alerts: a listing just stated or changed meets the standing demands, and a demand just posted or changed meets firms.

The job takes one change after the other from app.matches.due, matches it, and tells both sides of what fits well. A pair
of firm and demand is told once, ever. Who hears too much stops listening, so there are quotas; what they hold back is
still on the firm's page of demands.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from app.accounts.reach import seats_of
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.matches.due import Due, claimed
from app.matches.firms import firms_for
from app.matches.models import Alert, Outcome
from app.matches.reverse import demands_from, standing_ones
from app.notify.kinds import KINDS
from app.notify.service import tell
from app.registry.models import Company
from matching.result import Match
from search.index import SearchUnavailable

log = logging.getLogger(__name__)

ALERT_SCORE = 50.0
"""From here on somebody is told: of a hundred such pairs about fifty are firms that say they do what is asked."""
FIRMS_A_DEMAND = 20
"""Firms told of one new demand, the best first."""
FIRM_A_DAY = 10
"""Alerts a firm gets within 24 hours."""
DEMAND_A_DAY = 5
"""New suppliers that a buyer is told of for one demand within 24 hours."""
DEPTH = 100
"""How deep in a demand's ranking firms with somebody to tell are looked for."""
DAY = timedelta(days=1)
LONGEST_REASON = 200

DIGEST = "digest"
"""The cause of a pair told in the day's list, which uses up no quota of alerts."""

FOR_FIRM, FOR_BUYER = "demand.suits", "supplier.found"


@dataclass(frozen=True, slots=True)
class Pair:
    """A firm and a demand that fit."""

    demand: Demand
    company_id: UUID
    company: str
    score: float
    reason: str


def alert(runtime: Runtime, *, most: int = 100) -> int:
    """Work off what is due, ``most`` changes at a time; returns how many there were. Raises SearchUnavailable."""
    for done in range(most):
        with claimed(runtime.engine) as claim:
            if claim is None:
                return done
            pairs = _met(runtime, claim.due)
            with claim.settling() as session:
                for pair in pairs:
                    _tell(session, pair, claim.due)
    return most


def _met(runtime: Runtime, due: Due) -> list[Pair]:
    """Who fits whom. What cannot be matched is left out with a line in the log, or it would hold up all that follow."""
    try:
        with runtime.session(writing=False, actor=SYSTEM) as session:
            return (_firms if due.subject == "demand" else _demands)(runtime, session, UUID(due.key))
    except SearchUnavailable:
        raise
    except Exception:
        log.exception("no alerts for %s %s", due.subject, due.key)
        return []


def _demands(runtime: Runtime, session: Session, company_id: UUID) -> list[Pair]:
    """Standing demands for a firm whose listing changed."""
    company = session.get(Company, company_id)
    if company is None:
        return []

    def wanted(demands: Sequence[Demand]) -> list[Demand]:
        known = known_pairs(session, [demand.id for demand in demands], [company_id])
        return [
            demand
            for demand in demands
            if demand.visibility != "invited" and (demand.id, company_id) not in known
        ]

    found = demands_from(runtime, session, company_id, score=ALERT_SCORE, most=FIRM_A_DAY, wanted=wanted)
    found.sort(key=lambda pair: -pair[1].score)
    return [pair_of(demand, company.id, company.name, match) for demand, match in found]


def _firms(runtime: Runtime, session: Session, demand_id: UUID) -> list[Pair]:
    """Firms, with somebody to tell, for a demand that was posted or changed."""
    demand = session.exec(standing_ones([demand_id])).first()
    # Whom an invited demand is shown to is its buyer's to say.
    if demand is None or demand.visibility == "invited":
        return []
    pairs = [
        pair_of(demand, UUID(match.supplier.key), match.supplier.name, match)
        for match in firms_for(runtime, session, demand, depth=DEPTH)
        if match.score >= ALERT_SCORE
    ]
    firms = [pair.company_id for pair in pairs]
    reached = {firm for _, firm in seats_of(session, firms, KINDS[FOR_FIRM].roles)}
    known = known_pairs(session, [demand_id], firms)
    told = sum(key == "told" for key in known.values())
    open_to = [
        pair for pair in pairs if pair.company_id in reached and (demand_id, pair.company_id) not in known
    ]
    return open_to[: max(FIRMS_A_DEMAND - told, 0)]


def pair_of(demand: Demand, company_id: UUID, company: str, match: Match) -> Pair:
    """A match as whoever is told of it hears it."""
    reason = "；".join(reason.text for reason in match.reasons[:2])[:LONGEST_REASON]
    return Pair(demand, company_id, company, match.score, reason)


def known_pairs(
    session: Session, demands: Collection[UUID], companies: Collection[UUID]
) -> Mapping[tuple[UUID, UUID], str]:
    """Pairs that an alert ``told`` of; those that have ``met`` on their own (quoted, declined) or in a digest."""
    met = select(Outcome).where(col(Outcome.demand_id).in_(demands), col(Outcome.company_id).in_(companies))
    told = select(Alert).where(col(Alert.demand_id).in_(demands), col(Alert.company_id).in_(companies))
    found = {(row.demand_id, row.company_id): "met" for row in session.exec(met)}
    found |= {
        (row.demand_id, row.company_id): "met" if row.cause == DIGEST else "told"
        for row in session.exec(told)
    }
    return found


def note_told(session: Session, pair: Pair, cause: str) -> bool:
    """Write down that a firm is told of a demand; False when it was before."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"demand_id": pair.demand.id, "company_id": pair.company_id, "cause": cause, "created_at": now()}
    adding = dialect.insert(Alert).values(**row, score=pair.score, reason=pair.reason)
    return bool(session.execute(adding.on_conflict_do_nothing().returning(col(Alert.score))).all())


def _tell(session: Session, pair: Pair, due: Due) -> None:
    demand, firm = pair.demand, pair.company_id
    told = _told_since(session, (col(Alert.company_id) == firm) & (col(Alert.cause) != DIGEST))
    if told >= FIRM_A_DAY or not note_told(session, pair, due.subject):
        return
    key = f"alert/{demand.id}/{firm}"
    data = {"title": demand.title, "company": pair.company, "reason": pair.reason}
    tell(session, companies=[firm], kind=FOR_FIRM, about=f"/demands/{demand.id}", data=data, key=key)
    if due.subject == "supplier":
        _tell_buyer(session, demand, firm, data, key)


def _tell_buyer(session: Session, demand: Demand, firm: UUID, data: dict[str, str], key: str) -> None:
    of_demand = (col(Alert.demand_id) == demand.id) & (col(Alert.cause) == "supplier")
    if _told_since(session, of_demand) > DEMAND_A_DAY:
        return
    own = demand.buyer_company_id
    people: Iterable[UUID] = [demand.posted_by] if own is None and demand.posted_by else []
    tell(
        session,
        people=people,
        companies=[own] if own else [],
        kind=FOR_BUYER,
        about=f"/companies/{firm}",
        data=data,
        key=f"{key}/buyer",
    )


def _told_since(session: Session, whose: object) -> int:
    query = select(func.count()).select_from(Alert).where(whose, col(Alert.created_at) > now() - DAY)  # type: ignore[arg-type]
    return session.exec(query).one()
