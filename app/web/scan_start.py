"""The page a desktop scans with: camera, a picture, or the code typed by hand."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.codes.numbers import InvalidCode, parse_code
from app.codes.problems import code_problem
from app.core.http import ActorDep, RuntimeDep
from app.web.pages import PageLanguage, go, page
from app.web.scan_lead import selling_teams

router = APIRouter()


@router.get("/scan", response_model=None)
def scan_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, code: str = ""
) -> HTMLResponse | RedirectResponse:
    """The form; with a code that can be one, on to what it stands for."""
    typed, error = code[:64], ""
    if typed:
        try:
            return go(f"/c/{parse_code(typed)}")
        except InvalidCode as wrong:
            error = code_problem("code", wrong).text(language)
    with runtime.session(writing=False, actor=actor) as session:
        teams = selling_teams(session, actor)
    team, name = (str(teams[0].id), teams[0].name) if teams else ("", "")
    return page(request, "scan_start.html", language, typed=typed, error=error, team=team, team_name=name)
