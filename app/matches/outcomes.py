"""What came of a match, as the trade reports it; the ranker learns from it."""

from __future__ import annotations

from typing import Literal, get_args
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core.clock import now
from app.matches.models import Outcome

OutcomeKind = Literal["quoted", "won", "declined", "ignored"]
"""The firm quoted; its quote won; the firm declined to quote; it was asked, and never answered."""
OUTCOMES: tuple[OutcomeKind, ...] = get_args(OutcomeKind)
LONGEST_REASON = 200


def record_outcome(
    session: Session, *, demand_id: UUID, company_id: UUID, outcome: OutcomeKind, reason: str = ""
) -> None:
    """Note what came of a pair, in the caller's transaction; the same outcome again replaces its reason."""
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome} is none of {', '.join(OUTCOMES)}")
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    said = {"reason": reason[:LONGEST_REASON], "recorded_at": now()}
    pair = {"demand_id": demand_id, "company_id": company_id, "outcome": outcome}
    statement = dialect.insert(Outcome).values(**pair, **said)
    session.execute(statement.on_conflict_do_update(index_elements=list(pair), set_=said))
