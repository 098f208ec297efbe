"""From a need to explained suppliers: retrieve, judge, score, sort, explain."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from matching.answers import answers
from matching.encoders.base import Encoder
from matching.explain import gaps, reasons
from matching.features import Judged
from matching.knowledge import Expander
from matching.nearness import kilometres
from matching.need import Need
from matching.queries import Queries
from matching.ranker import Ranker
from matching.result import Match, MatchOptions, MatchResult, Within
from matching.retrieve import Retrieved, retrieve
from matching.spread import spread
from matching.wishes import wishes_of
from search.documents import ROLES
from search.index import Filters, SearchIndex

NOT_RESOLD = tuple(role for role in ROLES if role != "resell")
_LEVELS: Mapping[Within, int] = {"district": 6, "city": 4, "province": 2}


def match(
    need: Need,
    *,
    index: SearchIndex,
    encoder: Encoder,
    ranker: Ranker,
    options: MatchOptions | None = None,
    expander: Expander | None = None,
) -> MatchResult:
    """Suppliers for a need, best first. Raises SearchUnavailable when the index cannot answer.

    ``expander`` knows the trade (the shipped tables when None).
    """
    options = options or MatchOptions()
    started = time.perf_counter()
    within = options.within or usual_dial(need)
    filters = need_filters(need, within, options.filters or Filters())
    retrieved = retrieve(need, index=index, encoder=encoder, filters=filters, expander=expander)
    found = _without(retrieved, options.excluded)
    ranked = ranker.rank(need, found, index)
    if options.sort == "score":
        ranked = spread(
            ranked,
            firm=lambda pair: pair[1].supplier,
            score=lambda pair: pair[0],
            now=time.time(),
            shown=options.limit,
        )
    else:
        # Among the relevant only: the nearest of 250 candidates is seldom one that fits.
        ranked = ranked[: max(options.limit, 20)]
        ranked.sort(key=lambda pair: (_far(kilometres(need, pair[1].supplier, filters.near)), -pair[0]))
    matches = tuple(
        explained(need, found.queries, judged, points, place, options)
        for place, (points, judged) in enumerate(ranked[: options.limit], start=1)
    )
    took = (time.perf_counter() - started) * 1000
    return MatchResult(need, within, matches, ranker.model.name, round(took, 1), len(found.candidates))


def _without(found: Retrieved, excluded: frozenset[str]) -> Retrieved:
    if not excluded:
        return found
    return replace(found, candidates=tuple(one for one in found.candidates if one.key not in excluded))


def usual_dial(need: Need) -> Within:
    """How far suppliers are looked for when the reader does not say."""
    return "city" if need.local_only and need.place else "anywhere"


def need_filters(need: Need, within: Within, base: Filters) -> Filters:
    """The reader's filters and those of the need itself."""
    divisions, roles = base.divisions, base.roles
    if within != "anywhere" and need.place:
        divisions = (need.place.adcode[: _LEVELS[within]].ljust(6, "0"),)
    if need.makers_only and not roles:
        roles = NOT_RESOLD
    return replace(base, divisions=divisions, roles=roles)


def _far(kilometres: float | None) -> float:
    return math.inf if kilometres is None else kilometres


def explained(
    need: Need, queries: Queries, judged: Judged, points: float, place: int, options: MatchOptions
) -> Match:
    """A judged firm with its evidence; ``points`` is its score, ``place`` its rank."""
    away = kilometres(need, judged.supplier, options.filters.near if options.filters else None)
    language, wishes = options.language, wishes_of(need, date.today())
    told = answers(wishes, judged.supplier, judged.item)
    return Match(
        rank=place,
        score=round(points, 1),
        supplier=judged.supplier,
        item=judged.item,
        distance_km=round(away, 1) if away is not None else None,
        reasons=reasons(need, queries, judged, told, away, language),
        gaps=gaps(need, queries, judged, told, away, points, language),
        row=judged.features,
        wanted=queries.head_set | queries.head_words,
    )
