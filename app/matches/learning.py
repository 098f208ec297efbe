"""What the ranker learns from: lists shown for demands, with what came of their firms."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.core.actor import SYSTEM
from app.core.runtime import Runtime
from app.matches.impressions import unpack
from app.matches.models import Impression, Outcome
from matching.learn.outcomes import GRADES, Shown

NOT_THEIRS = "scope"
"""The reason a firm gives that does not do what was asked (app.trade.policy.DECLINE_REASONS)."""


def shown_with_outcomes(runtime: Runtime) -> list[Shown]:
    """For every demand with outcomes the list its buyer saw last before the first of them, where there is one.

    Lists of another version's features are passed over.
    """
    with runtime.session(writing=False, actor=SYSTEM) as session:
        outcomes: defaultdict[UUID, list[Outcome]] = defaultdict(list)
        for one in session.exec(select(Outcome)):
            outcomes[one.demand_id].append(one)
        found = [
            _shown(session, demand, came, min(one.recorded_at for one in came))
            for demand, came in sorted(outcomes.items())
        ]
    return [one for one in found if one]


def _shown(session: Session, demand: UUID, came: list[Outcome], first: datetime) -> Shown | None:
    query = select(Impression).where(col(Impression.side) == "buyer", col(Impression.subject_id) == demand)
    query = query.where(col(Impression.shown_at) <= first).order_by(col(Impression.shown_at).desc())
    impression = session.exec(query.limit(1)).first()
    seen = unpack(impression.shown) if impression else None
    if seen is None or seen.matrix is None:
        return None
    best: dict[str, str] = {}
    for one in came:
        key, said = str(one.company_id), _said(one)
        if key not in best or GRADES[said] > GRADES[best[key]]:
            best[key] = said
    return Shown(str(demand), tuple(map(str, seen.keys)), seen.matrix, best)


def _said(outcome: Outcome) -> str:
    refused = outcome.outcome == "declined" and outcome.reason == NOT_THEIRS
    return "refused" if refused else outcome.outcome
