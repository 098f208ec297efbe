"""Demands that say what the same firm said a short while ago."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.clock import now
from app.core.errors import Conflict
from app.demands.models import Demand
from app.fair_play.policy import REPEATED_WITHIN, SAME_WORDS

_LOOKED_AT = 200


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters, digits and characters, without blanks, punctuation and case."""
    plain = "".join(one for one in text.casefold() if one.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset([plain])


def alike(first: str, second: str) -> float:
    """Jaccard's index of two texts' bigrams, 0 to 1; numbers that differ make texts differ."""
    one, other = bigrams(first), bigrams(second)
    return len(one & other) / len(one | other)


def earlier_like(session: Session, *, firm: UUID | None, title: str, description: str) -> Demand | None:
    """The latest demand of the firm from the last REPEATED_WITHIN, not taken back or closed, that says the same."""
    if firm is None:
        return None
    query = (
        select(Demand)
        .where(
            col(Demand.buyer_company_id) == firm,
            col(Demand.created_at) > now() - REPEATED_WITHIN,
            col(Demand.state).in_(("in_review", "open", "quoting")),
        )
        .order_by(col(Demand.id).desc())
        .limit(_LOOKED_AT)
    )
    said = f"{title}\n{description}"
    found = session.scalars(query)
    return next((one for one in found if alike(said, f"{one.title}\n{one.description}") >= SAME_WORDS), None)


def refuse_repeat(session: Session, *, firm: UUID | None, title: str, description: str) -> None:
    """Raise Conflict naming the earlier demand, which the buyer may go on with, or say that both are meant."""
    earlier = earlier_like(session, firm=firm, title=title, description=description)
    if earlier:
        raise Conflict(
            "贵企业近期已发布内容相近的需求《{title}》，可继续使用或修改它（/demands/{earlier}），确需另发请注明",
            code="demand_repeated",
            title=earlier.title,
            earlier=str(earlier.id),
        )
