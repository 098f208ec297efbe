"""A buyer's own demands: where each stands, what came in, and what to do next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from app.accounts.policy import require_known
from app.core.pagination import read_page_by_id
from app.core.tenancy import across_tenants
from app.deals.models import Deal, DealReview
from app.demands.lines import lines_by_demand
from app.demands.models import Demand, own
from app.demands.policy import STATES, State
from app.demands.service import published
from app.trade.models import Question
from app.trade.own_schemas import NextStep, OwnDemand
from app.trade.policy import STANDING
from app.trade.quote_models import Award, Quote
from app.trade.quotes import sealed_until
from app.trade.remaining import remaining

PARTED: tuple[State, ...] = ("awarded", "fulfilled", "expired")
"""States in which some lines may be given away and others not."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What came in for a demand."""

    quotes: int = 0
    """Quotes that stand, sealed ones among them."""
    questions: int = 0
    """Questions not answered yet."""
    awaited: int = 0
    """Awards whose winner has not said yes."""
    left: bool = False
    """Whether a line is given to nobody."""
    given: bool = False
    """Whether a line is given to somebody."""
    running: int = 0
    """Deals that go on."""
    unrated: int = 0
    """Accepted deals that the buyer has not rated."""


def list_own(
    session: Session, *, states: Collection[State] = (), limit: int = 20, cursor: str = ""
) -> tuple[list[OwnDemand], str | None]:
    """Demands of one's firms, or of one's own where one buys for none, the newest first, and the cursor of the next page.

    Raises Unauthenticated.
    """
    query = select(Demand).where(own(require_known(session)))
    if states:
        query = query.where(col(Demand.state).in_(states))
    found, more = read_page_by_id(session, query, Demand, newest_first=True, limit=limit, cursor=cursor)
    facts = _facts(session, found)
    shown = published(session, found)
    return [
        OwnDemand(
            demand=public,
            quotes=facts[demand.id].quotes,
            questions=facts[demand.id].questions,
            in_part=facts[demand.id].given and facts[demand.id].left,
            next_step=next_step(demand, facts[demand.id]),
        )
        for demand, public in zip(found, shown, strict=True)
    ], more


def in_part(session: Session, demand: Demand) -> bool:
    """Whether some of a demand is given to somebody and some to nobody, in a state that otherwise says all of it."""
    if demand.state not in PARTED:
        return False
    left, given = _left(session, [demand.id])
    return bool(left and given)


def count_own(session: Session) -> dict[State, int]:
    """How many demands of one's own are in each state. Raises Unauthenticated."""
    query = (
        select(col(Demand.state), func.count()).where(own(require_known(session))).group_by(col(Demand.state))
    )
    held = {row[0]: row[1] for row in session.execute(query)}
    return {state: held.get(state, 0) for state in STATES}


def next_step(demand: Demand, facts: Facts) -> NextStep:
    """What the buyer does next, or waits for."""
    match cast(State, demand.state):
        case "draft":
            return "correct" if demand.review_note else "finish"
        case "in_review":
            return "await_review"
        case "open" | "quoting":
            if facts.questions:
                return "answer"
            if not facts.quotes:
                return "await_quotes"
            return "await_opening" if sealed_until(demand) else "choose"
        case "awarded":
            if facts.awaited:
                return "await_confirmation"
            return "award_rest" if facts.left else "follow"
        case "fulfilled":
            return "rate" if facts.unrated else "repeat"
        case "expired" if facts.running:
            return "follow"
        case _:
            return "reopen"


def _facts(session: Session, demands: Sequence[Demand]) -> dict[UUID, Facts]:
    keys = [demand.id for demand in demands]
    standing = col(Quote.state).in_(STANDING)
    quotes = _count(session, Quote, keys, standing)
    questions = _count(session, Question, keys, col(Question.answered_at).is_(None))
    awaited = _count(session, Award, keys, col(Award.state) == "offered")
    rated = select(col(DealReview.deal_id)).where(col(DealReview.side) == "buyer")
    unrated = _count(session, Deal, keys, col(Deal.state) == "accepted", col(Deal.id).not_in(rated))
    running = _count(session, Deal, keys, col(Deal.state).not_in(("accepted", "cancelled")))
    left, given = _left(session, [demand.id for demand in demands if demand.state in PARTED])
    return {
        key: Facts(
            quotes=quotes.get(key, 0),
            questions=questions.get(key, 0),
            awaited=awaited.get(key, 0),
            left=key in left,
            given=key in given,
            running=running.get(key, 0),
            unrated=unrated.get(key, 0),
        )
        for key in keys
    }


def _count(
    session: Session, model: Any, keys: Collection[UUID], *conditions: ColumnElement[bool]
) -> dict[UUID, int]:
    """Rows by demand. Sealed quotes count: their number is no secret."""
    query = (
        select(col(model.demand_id), func.count())
        .where(col(model.demand_id).in_(keys), *conditions)
        .group_by(col(model.demand_id))
    )
    rows = session.execute(across_tenants(query, "what came in for one's own demands")).all()
    return {row[0]: row[1] for row in rows}


def _left(session: Session, keys: Collection[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Demands of which a line, or a part of one, is given to nobody; and those of which one is given to somebody."""
    lines = [line for held in lines_by_demand(session, keys).values() for line in held]
    rest = remaining(session, lines) if lines else {}
    left = {line.demand_id for line in lines if rest[line.id] != 0}
    return left, {line.demand_id for line in lines if rest[line.id] != line.quantity}
