"""The demo world's opening: a plant bought sliders abroad for years, and one sentence finds who makes them in its own district."""

from __future__ import annotations

from app.accounts.people import demo_people
from app.core.actor import SYSTEM
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.demands.understanding import read_words
from app.matches.service import match_need
from matching.result import Match
from search.index import SearchUnavailable

STORY = (
    "木工机械厂采购推台锯、封边机用直线导轨滑块，H 级，目前从日本、台湾进口，交期两三个月，"
    "想找本地厂家，不要贸易商，送到沈阳市铁西区"
)


def story_match(runtime: Runtime, language: Language) -> Match | None:
    """Who answers the story, found as any demand is; None where no demo world is loaded, nobody near makes it, or search is down."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        if not demo_people(session):
            return None
    try:
        found = match_need(runtime, read_words("", STORY), within="district", limit=1, language=language)
    except SearchUnavailable:
        return None
    return next(iter(found.matches), None)
