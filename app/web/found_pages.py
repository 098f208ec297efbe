"""The page of leads found: what a selling team was told of lately, each one tap from its pipeline."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.accounts.policy import may
from app.core.http import ActorDep, RuntimeDep
from app.leads.digest import told_of
from app.registry.service import get_company
from app.web.lead_pages import chosen_team
from app.web.pages import PageLanguage, page

router = APIRouter()


@router.get("/leads/found")
def found_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, team: str = ""
) -> HTMLResponse:
    """Demands and projects that alerts and the day's lists told of, the newest first."""
    with runtime.session(writing=False, actor=actor) as session:
        team_id = chosen_team(session, actor, team)
        told = told_of(session, team_id)
        company = get_company(session, team_id)
    return page(
        request,
        "leads_found.html",
        language,
        told=told,
        company=company,
        works=may(actor, "lead.work", company_id=team_id),
    )
