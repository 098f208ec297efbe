"""Open demands that suit a firm."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.core.clock import now
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.core.searching import Searching
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
from search.documents import SupplierDocument
from search.index import SearchUnavailable

LOOKED_AT = 100
"""Demands near a firm that are looked at when only those of a good score are wanted."""
BLOCK = 12
"""Demands matched in full at a time. Replaying stored scores of some 70 registered firms and 5,048 demands, blocks of 12 found as many
pairs above 50 as matching the nearest 30 did (89 and 88 of 97), with 19 full matches a firm; 12 was chosen on the same sample."""


def demands_for(
    runtime: Runtime, session: Session, company_id: UUID, *, limit: int = 20, language: Language = "zh"
) -> DemandsAnswer:
    """Demands that stand, that the session's actor may see, and whose buyers are shown this firm; best first.

    Scores and evidence are those the buyers see. Raises NotFound, SearchUnavailable.
    """
    started = time.perf_counter()
    get_company(session, company_id)
    model = runtime.ranker.model.name
    found = ranked_demands(runtime, session, company_id, language=language)
    ids = [demand.id for demand, _ in found[:limit]]
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
    searching = runtime.search
    firm, near = _near(runtime, searching, session, company_id, most=MOST_DEMANDS)
    return _matched(runtime, searching, session, firm, near, language=language) if firm else []


def demands_from(
    runtime: Runtime,
    session: Session,
    company_id: UUID,
    *,
    score: float,
    most: int,
    wanted: Callable[[Sequence[Demand]], Sequence[Demand]],
) -> list[tuple[Demand, Match]]:
    """Of the ``wanted`` demands near a firm those it matches with at least ``score``, about ``most`` of them, nearest first.

    They are matched in full, a ``BLOCK`` at a time: once a whole block has none that reaches the score, what lies further
    off is left. Raises SearchUnavailable.
    """
    searching = runtime.search
    firm, near = _near(runtime, searching, session, company_id, most=LOOKED_AT)
    if firm is None:
        return []
    left = wanted(near)
    found: list[tuple[Demand, Match]] = []
    while left and len(found) < most:
        block, left = left[:BLOCK], left[BLOCK:]
        matched = _matched(runtime, searching, session, firm, block)
        reached = [pair for pair in matched if pair[1].score >= score]
        if not reached:
            break
        found += reached
    return found


def _near(
    runtime: Runtime, searching: Searching, session: Session, company_id: UUID, *, most: int
) -> tuple[SupplierDocument | None, list[Demand]]:
    """The firm as it is indexed, and demands near it that stand now and whose buyers it is not kept apart from."""
    demands = standing(runtime)
    if searching.index.stale or demands.index.stale:
        raise SearchUnavailable("an index was built by another encoder or version", retry_after=60)
    firm = searching.index.documents([str(company_id)]).get(str(company_id))
    if firm is None:
        return None, []
    near = demands_near(
        firm, demands=demands.index, encoder=demands.encoder, asked_as=runtime.words.asked_as, most=most
    )
    blocked = blocked_with(session, company_id)
    open_ones = {
        str(one.id): one
        for one in session.exec(standing_ones([UUID(one.key) for one in near]))
        if one.buyer_company_id not in blocked
    }
    return firm, [open_ones[one.key] for one in near if one.key in open_ones]


def _matched(
    runtime: Runtime,
    searching: Searching,
    session: Session,
    firm: SupplierDocument,
    near: Sequence[Demand],
    *,
    language: Language = "zh",
) -> list[tuple[Demand, Match]]:
    wanted = wanted_of(session, firm, list(near), searching.encoder)
    matched = suiting(
        firm.key,
        [one.asked for one in wanted],
        index=searching.index,
        encoder=searching.encoder,
        ranker=searching.ranker,
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
