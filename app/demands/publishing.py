"""How a demand reaches its suppliers: what is asked of it before, who looks first, and what each move sets."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from app.core.clock import now
from app.core.errors import InvalidInput, Problem
from app.demands.lines import lines_of
from app.demands.models import Demand
from app.demands.policy import OVER, Action, moved
from app.demands.review import FINDING_MESSAGES, Mode, needs_review, tell_buyer, tell_operators
from app.demands.revisions import state_revision
from app.demands.terms import complete
from app.demands.understanding import understand_demand
from app.fair_play.limits import check_posting
from app.fair_play.repeats import refuse_repeat

VALID = timedelta(days=60)
"""How long a demand is valid whose buyer named no end."""


def hand_in(session: Session, demand: Demand, *, repeat: bool) -> None:
    """Ask of a draft before it is opened what is asked of a demand posted at once. Raises InvalidInput, Conflict, Forbidden."""
    moved(demand.state, "open")
    check_posting(session, firm=demand.buyer_company_id)
    lines = [line for line in lines_of(session, demand.id) if not line.implied]
    complete(demand, [line.name for line in lines])
    if not repeat:
        refuse_repeat(
            session, firm=demand.buyer_company_id, title=demand.title, description=demand.description
        )
    understand_demand(demand, lines)


def publish(session: Session, demand: Demand, review: Mode) -> None:
    """Open a draft, or let somebody look at it first. Raises Conflict."""
    if needs_review(session, demand, review):
        settle(demand, "submit")
        tell_operators(session, demand)
    else:
        settle(demand, "open")


def look_again(session: Session, demand: Demand, review: Mode) -> None:
    """After an edit: what waits may be free now; what was open may have to wait. Raises InvalidInput.

    A demand that is being quoted for is not hidden from those who quote: an edit in which the rules find something is
    refused.
    """
    wanted = needs_review(session, demand, review)
    if demand.state == "in_review" and not wanted:
        settle(demand, "approve")
        state_revision(session, demand)
    elif demand.state == "open" and wanted:
        settle(demand, "submit")
        tell_operators(session, demand)
    elif demand.state == "quoting" and demand.findings:
        raise InvalidInput(
            problems=[
                Problem("description", one["code"], FINDING_MESSAGES[one["code"]], {"word": one["word"]})
                for one in demand.findings
            ]
        )


def decide(session: Session, demand: Demand, note: str, *, approved: bool) -> None:
    """Keep what an operator says of a demand and tell the buyer. Raises InvalidInput for a rejection without a reason."""
    if not approved and not note:
        raise InvalidInput(problems=[Problem("note", "required", "请写明不通过的原因，发布方会看到")])
    demand.review_note = note
    if approved:
        tell_buyer(session, demand, "demand.approved")
    else:
        tell_buyer(session, demand, "demand.rejected", reason=note)


def settle(demand: Demand, action: Action) -> None:
    """Make the move and note its moment. Raises Conflict."""
    demand.state = moved(demand.state, action)
    if action in ("open", "approve", "reopen") and demand.state == "open":
        demand.published_at = demand.published_at or now()
        if demand.valid_until is None or _passed(demand.valid_until):
            demand.valid_until = now() + VALID
        if _passed(demand.quotes_until):
            demand.quotes_until, demand.sealed = None, False
    if action == "fall_back" or (action == "reopen" and demand.state == "draft"):
        # What ran out meanwhile keeps nobody from quoting, and is not the buyer's to put right.
        if _passed(demand.quotes_until):
            demand.quotes_until, demand.sealed = None, False
        if _passed(demand.valid_until):
            demand.valid_until = now() + VALID if action == "fall_back" else None
    demand.closed_at = (demand.closed_at or now()) if demand.state in OVER else None


def _passed(moment: datetime | None) -> bool:
    return moment is not None and moment <= now()
