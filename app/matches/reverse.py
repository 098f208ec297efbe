"""Open demands that suit a firm."""

from __future__ import annotations

import time
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.core.clock import now
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.demands.policy import ANSWERABLE
from app.demands.schemas import DemandPublic
from app.demands.service import published
from app.fair_play.service import blocked_with
from app.matches.bills import by_best_line, wanted_of
from app.matches.demand_schemas import DemandMatch, DemandsAnswer
from app.matches.schemas import GapPublic, MatchedItem, ReasonPublic
from app.matches.standing import standing
from app.registry.service import get_company
from matching.result import Match
from matching.reverse import MOST_DEMANDS, demands_near, suiting
from search.index import SearchUnavailable


def demands_for(
    runtime: Runtime, session: Session, company_id: UUID, *, limit: int = 20, language: Language = "zh"
) -> DemandsAnswer:
    """Demands that stand, that the session's actor may see, and whose buyers are shown this firm; best first.

    Scores and evidence are those the buyers see. Raises NotFound, SearchUnavailable.
    """
    started = time.perf_counter()
    get_company(session, company_id)
    found = ranked_demands(runtime, session, company_id, language=language)
    ids = [demand.id for demand, _ in found[:limit]]
    model = runtime.ranker.model.name
    runtime.impressions.note("supplier", company_id, model, ids, [match for _, match in found[:limit]])
    shown = published(session, [demand for demand, _ in found[:limit]])
    return DemandsAnswer(
        company_id=company_id,
        items=[_public(demand, match) for demand, (_, match) in zip(shown, found, strict=False)],
        model=model,
        candidates=len(found),
        took_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def ranked_demands(
    runtime: Runtime, session: Session, company_id: UUID, *, language: Language = "zh"
) -> list[tuple[Demand, Match]]:
    """At most ``MOST_DEMANDS`` of them; none for a firm that is not indexed. Raises SearchUnavailable."""
    index, demands = runtime.index, standing(runtime)
    if index.stale or demands.stale:
        raise SearchUnavailable("an index was built by another encoder or version", retry_after=60)
    firm = index.documents([str(company_id)]).get(str(company_id))
    if firm is None:
        return []
    near = demands_near(
        firm, demands=demands, encoder=runtime.encoder, asked_as=runtime.words.asked_as, most=MOST_DEMANDS
    )
    blocked = blocked_with(session, company_id)
    open_ones = {
        str(one.id): one
        for one in session.exec(standing_ones([UUID(one.key) for one in near]))
        if one.buyer_company_id not in blocked
    }
    wanted = wanted_of(
        session, firm, [open_ones[one.key] for one in near if one.key in open_ones], runtime.encoder
    )
    matched = suiting(
        firm.key,
        [one.asked for one in wanted],
        index=index,
        encoder=runtime.encoder,
        ranker=runtime.ranker,
        language=language,
        expander=runtime.words.expander,
    )
    by_key = {one.asked.key: one for one in wanted}
    return by_best_line([(by_key[one.key], match) for one, match in matched], language)


def standing_ones(keys: list[UUID]) -> SelectOfScalar[Demand]:
    """Those of these demands that stand now, whatever the index knows."""
    valid = or_(col(Demand.valid_until).is_(None), col(Demand.valid_until) > now())
    return select(Demand).where(col(Demand.id).in_(keys), col(Demand.state).in_(ANSWERABLE), valid)


def _public(demand: DemandPublic, match: Match) -> DemandMatch:
    item = match.item
    return DemandMatch(
        rank=match.rank,
        score=match.score,
        demand=demand,
        line=next((line for line in demand.lines if line.position == _line_of(match)), None),
        item=MatchedItem.of(item) if item else None,
        distance_km=match.distance_km,
        reasons=[ReasonPublic.of(reason) for reason in match.reasons],
        gaps=[GapPublic.of(gap) for gap in match.gaps],
    )


def _line_of(match: Match) -> int:
    """Which line of a project the match is for, from 1; 0 for a demand as a whole."""
    return next((reason.params["position"] for reason in match.reasons if reason.type == "line"), 0)
