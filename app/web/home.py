"""The first page: a search box, figures, the newest open demands. And the preview of a match that stores nothing."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select
from sqlmodel import col

from app.catalogue.models import INDEXED_STATUSES, Listing
from app.core.actor import Actor
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.demands import service as demands
from app.demands.models import Demand
from app.demands.understanding import read_words
from app.matches.story import STORY, story_match
from app.registry.models import Company
from app.web.demand_pages import matches_or_none
from app.web.needs import need_rows
from app.web.pages import PageLanguage, is_fragment, page
from app.web.words import Words

router = APIRouter()

EXAMPLES: Mapping[Language, tuple[str, ...]] = {
    "zh": (
        "直线导轨滑块，沈阳，不要贸易商",
        "铝合金铸造 月产5000件",
        "齿轮磨齿加工 沈阳",
        "冷藏运输 营口",
        "水产冷库租赁 丹东",
    ),
    "en": (
        "aluminium alloy casting",
        "CNC turning, Dalian",
        "laser cutting near Dalian",
        "refrigerated transport, Yingkou",
    ),
}
"""Searches that find something in the demo world."""
NEWEST = 6
LONGEST_TEXT = 2000


@router.get("/")
def home_page(request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage) -> HTMLResponse:
    """The first page."""
    with runtime.session(writing=False, actor=actor) as session:
        newest, _ = demands.list_demands(session, state="open", limit=NEWEST)
    return page(
        request,
        "home.html",
        language,
        figures=_figures(runtime, actor),
        examples=EXAMPLES[language],
        listed=[(demand, demands.need_of(demand)) for demand in newest],
        story=STORY,
        found=story_match(runtime, language),
    )


def _figures(runtime: Runtime, actor: Actor) -> dict[str, int]:
    with runtime.session(writing=False, actor=actor) as session:
        return {
            "firms": session.scalar(select(func.count()).select_from(Company)) or 0,
            "listings": session.scalar(
                select(func.count()).select_from(Listing).where(col(Listing.status).in_(INDEXED_STATUSES))
            )
            or 0,
            "demands": session.scalar(
                select(func.count()).select_from(Demand).where(col(Demand.state) == "open")
            )
            or 0,
        }


@router.get("/match")
def match_page(request: Request, runtime: RuntimeDep, language: PageLanguage, text: str = "") -> HTMLResponse:
    """Matches for words, without storing them."""
    text = text[:LONGEST_TEXT].strip()
    need = read_words("", text) if text else None
    ranked = matches_or_none(request, runtime, need, language) if need else None
    kept = {"text": text}
    if is_fragment(request) and need:
        return page(request, "parts/matches.html", language, ranked=ranked, kept=kept)
    rows = [row for row in need_rows(need, Words(language)) if row.chips] if need else []
    return page(request, "match.html", language, text=text, ranked=ranked, kept=kept, rows=rows)
