"""The page a desktop scans with: camera, a picture, or the code typed by hand."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.codes.numbers import InvalidCode, parse_code
from app.codes.problems import code_problem
from app.web.pages import PageLanguage, go, page

router = APIRouter()


@router.get("/scan", response_model=None)
def scan_page(request: Request, language: PageLanguage, code: str = "") -> HTMLResponse | RedirectResponse:
    """The form; with a code that can be one, on to what it stands for."""
    typed, error = code[:64], ""
    if typed:
        try:
            return go(f"/c/{parse_code(typed)}")
        except InvalidCode as wrong:
            error = code_problem("code", wrong).text(language)
    return page(request, "scan_start.html", language, typed=typed, error=error)
