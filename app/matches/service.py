"""Verbs of matching: for words, for a stored demand, for a search; each answers from the index alone."""

from __future__ import annotations

import logging
from dataclasses import replace
from uuid import UUID

from app.core.errors import InvalidInput, Problem
from app.core.i18n import Language
from app.core.metrics import MATCH_SECONDS
from app.core.runtime import Runtime
from app.demands.places import locate, place_of
from app.demands.understanding import completed, read_words
from app.fair_play.service import blocked_with
from app.matches.outcomes import record_outcome
from app.matches.reverse import demands_for
from app.matches.schemas import MatchFilters, MatchRequest, Sort
from app.registry.lookups import subtree
from matching.match import match
from matching.need import Need
from matching.result import MatchOptions, MatchResult, Within
from search.index import Filters, Near, SearchUnavailable

__all__ = [
    "demands_for",
    "index_filters",
    "match_need",
    "need_of_request",
    "placed",
    "record_outcome",
    "warm",
]

log = logging.getLogger(__name__)

_LEVELS_WITHIN: dict[Within, tuple[str, ...]] = {
    "district": ("county",),
    "city": ("county", "city"),
    "province": ("county", "city", "province"),
}


WARMING = ("水泵", "说不上名字的怪玩意")
"""A thing that is known, and one that is not: whose descriptions to compare it with takes a second to prepare."""


def index_filters(said: MatchFilters) -> Filters:
    """As the index takes them; a section of industries (a letter) becomes its divisions."""
    return Filters(
        divisions=tuple(said.divisions),
        industries=tuple(stem for code in said.industries for stem in subtree(code)),
        kinds=tuple(said.kinds),
        roles=tuple(said.roles),
        tags=tuple(said.tags),
        verified_only=said.verified_only,
        near=Near(said.near.lon, said.near.lat, said.near.kilometres) if said.near else None,
        price=said.price(),
        min_price=said.least_price(),
        capacity=said.capacity(),
    )


def need_of_request(said: MatchRequest) -> Need:
    """What a preview asks for. Raises InvalidInput."""
    place = locate(city=said.city, district=said.district, adcode=said.adcode or "")
    return completed(read_words(said.title, said.words()), place=place, kind=said.kind, corrections=said.need)


def warm(runtime: Runtime) -> None:
    """Do once what is slow the first time (dictionaries, the encoder), so that no reader waits for it."""
    try:
        searching = runtime.search
        if not searching.index.stale:
            for words in WARMING:
                need = read_words("", words)
                match(
                    need,
                    index=searching.index,
                    encoder=searching.encoder,
                    ranker=searching.ranker,
                    expander=runtime.words.expander,
                )
    except SearchUnavailable as error:
        log.warning("search is away: %s", error)


def match_need(
    runtime: Runtime,
    need: Need,
    *,
    within: Within | None = None,
    sort: Sort = "score",
    limit: int = 20,
    filters: Filters | None = None,
    language: Language = "zh",
    buyer: UUID | None = None,
    shown_for: UUID | None = None,
) -> MatchResult:
    """Suppliers for a need, the firm ``buyer`` itself left out. Somebody is shown them for the stored demand ``shown_for``. Raises SearchUnavailable, and InvalidInput when ``within`` needs a place not said."""
    searching = runtime.search
    if searching.index.stale:
        raise SearchUnavailable(
            "the index was built by another encoder or version and is being rebuilt", retry_after=60
        )
    options = MatchOptions(
        limit=limit,
        within=within,
        sort=sort,
        language=language,
        filters=filters or Filters(),
        excluded=_excluded(runtime, buyer),
    )
    with MATCH_SECONDS.timed():
        result = match(
            placed(need, within, home=runtime.settings.home_division),
            index=searching.index,
            encoder=searching.encoder,
            ranker=searching.ranker,
            options=options,
            expander=runtime.words.expander,
        )
    if shown_for:
        keys = [UUID(one.supplier.key) for one in result.matches]
        runtime.impressions.note("buyer", shown_for, result.model, keys, result.matches, sort)
    return result


def _excluded(runtime: Runtime, buyer: UUID | None) -> frozenset[str]:
    """Whom a buyer is not shown: the firm itself, firms it blocks, and firms that block it."""
    if buyer is None:
        return frozenset()
    with runtime.session(writing=False) as session:
        return frozenset(map(str, {buyer, *blocked_with(session, buyer)}))


def placed(need: Need, within: Within | None, *, home: str) -> Need:
    """The need with a place exact enough for ``within``; a need without any place is taken to be from ``home``."""
    if within is None or within == "anywhere":
        return need
    if need.place is None and within == "province":
        return replace(need, place=place_of(home))
    if need.place is None or need.place.level not in _LEVELS_WITHIN[within]:
        raise InvalidInput(problems=[Problem("within", "place_needed", "限定范围前请先写明所在城市或区县")])
    return need
