"""The page of a firm's demands: those that stand and suit it, with the evidence their buyers see."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.catalogue.service import may_write
from app.core.http import ActorDep, RuntimeDep
from app.matches.demand_schemas import DemandsAnswer
from app.matches.service import demands_for
from app.registry.service import get_company
from app.web.pages import PageLanguage, page, read_id
from matching.explain import WEAK_SCORE
from search.index import SearchUnavailable

router = APIRouter()

SHOWN = 20


@router.get("/companies/{key}/demands")
def company_demands_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """Open demands that suit a firm; the weak ones folded away."""
    answer: DemandsAnswer | None = None
    with runtime.session(writing=False, actor=actor) as session:
        company = get_company(session, read_id(key))
        try:
            answer = demands_for(runtime, session, company.id, limit=SHOWN, language=language)
        except SearchUnavailable:
            answer = None
    found = answer.items if answer else []
    return page(
        request, "company_demands.html", language, company=company, answer=answer,
        fitting=[one for one in found if one.score >= WEAK_SCORE],
        weak=[one for one in found if one.score < WEAK_SCORE],
        may_write=may_write(actor, company),
    )  # fmt: skip
