"""Matching and search over HTTP."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from app.core.http import ActorDep, CursorQuery, LanguageDep, RuntimeDep
from app.core.i18n import Language, translate
from app.core.pagination import decode_cursor, encode_cursor
from app.core.problem_details import errors
from app.core.text import Line
from app.demands.line_needs import need_of_line
from app.demands.needs import Adcode
from app.demands.service import get_demand, need_of
from app.matches import service
from app.matches.amounts import AmountsQuery, with_price_said
from app.matches.demand_schemas import DemandsAnswer
from app.matches.near import NearQuery, read_near
from app.matches.schemas import MAX_MATCHES, MatchAnswer, MatchFilters, MatchRequest, Sort, Tag
from app.matches.search_box import (
    LONGEST_CONTEXT,
    QUESTIONS,
    encode_search,
    full_name,
    notes_of,
    place_names,
    read_box,
)
from app.matches.search_schemas import FacetsPublic, PlaceOption, SearchAnswer, SearchPublic, SearchQuestion
from app.registry.schemas import IndustryCode
from matching.result import Within
from matching.reverse import MOST_DEMANDS
from matching.search_box import Reading, Search
from search.documents import Kind, Role

router = APIRouter(prefix="/api/v1", tags=["matching"])

DEEPEST = 200
"""Ranks beyond this are not served, as each page ranks all before it; `/search/firms` pages to the end, by words alone."""

Count = Annotated[int, Query(ge=1, le=MAX_MATCHES, description="条数 How many")]


@router.post("/match", responses=errors(400, 413))
def preview_match(runtime: RuntimeDep, language: LanguageDep, said: MatchRequest) -> MatchAnswer:
    """预览匹配 Suppliers for a demand that is not stored."""
    result = service.match_need(
        runtime,
        service.need_of_request(said),
        within=said.within,
        sort=said.sort,
        limit=said.limit,
        filters=service.index_filters(said.filters),
        language=language,
    )
    return MatchAnswer.of(result)


@router.get("/demands/{demand_id}/matches", responses=errors(404))
def list_matches(
    runtime: RuntimeDep,
    actor: ActorDep,
    language: LanguageDep,
    limits: AmountsQuery,
    demand_id: UUID,
    line: Annotated[
        UUID | None,
        Query(description="只为这一条明细找 For this line alone, as of a project's bill of materials"),
    ] = None,
    within: Within | None = None,
    sort: Sort = "score",
    limit: Count = 20,
    division: Annotated[list[Adcode], Query(max_length=50)] = [],  # noqa: B006  (FastAPI copies defaults)
    industry: Annotated[list[IndustryCode], Query(max_length=50)] = [],  # noqa: B006
    role: Annotated[list[Role], Query(max_length=4)] = [],  # noqa: B006
    tag: Annotated[list[Tag], Query(max_length=30)] = [],  # noqa: B006
    verified: bool = False,
) -> MatchAnswer:
    """某需求的供应商 Suppliers for a stored demand, from the index as it stands now."""
    with runtime.session(writing=False, actor=actor) as session:
        demand = get_demand(session, demand_id)
        need = need_of_line(session, demand, line) if line else need_of(demand)
    filters = MatchFilters(
        divisions=division, industries=industry, roles=role, tags=tag, verified_only=verified, **dict(limits)
    )
    result = service.match_need(
        runtime,
        need,
        within=within,
        sort=sort,
        limit=limit,
        filters=service.index_filters(filters),
        language=language,
        buyer=demand.buyer_company_id,
        shown_for=None if line else demand.id,
    )
    return MatchAnswer.of(result)


@router.get("/companies/{company_id}/demands", responses=errors(404))
def list_suiting_demands(
    runtime: RuntimeDep,
    actor: ActorDep,
    language: LanguageDep,
    company_id: UUID,
    limit: Annotated[int, Query(ge=1, le=MOST_DEMANDS, description="条数 How many")] = 10,
) -> DemandsAnswer:
    """适合某企业的需求 Open demands that suit a firm, with the evidence their buyers see."""
    with runtime.session(writing=False, actor=actor) as session:
        return service.demands_for(runtime, session, company_id, limit=limit, language=language)


@router.get("/search", responses=errors())
def search_suppliers(
    runtime: RuntimeDep,
    language: LanguageDep,
    limits: AmountsQuery,
    q: Annotated[str, Line(500, min_length=1), Query(examples=["不锈钢离心泵"])],
    division: Annotated[list[Adcode], Query(max_length=50)] = [],  # noqa: B006
    industry: Annotated[list[IndustryCode], Query(max_length=50)] = [],  # noqa: B006
    kind: Annotated[list[Kind], Query(max_length=10)] = [],  # noqa: B006
    role: Annotated[list[Role], Query(max_length=4)] = [],  # noqa: B006
    tag: Annotated[list[Tag], Query(max_length=30)] = [],  # noqa: B006
    near: NearQuery | None = None,
    verified: bool = False,
    sort: Sort = "score",
    facets: bool = False,
    limit: Annotated[
        int | None,
        Query(ge=1, le=MAX_MATCHES, description="条数 How many; left out, as many as q asks for, else 20"),
    ] = None,
    cursor: CursorQuery = "",
    context: Annotated[
        str,
        Query(max_length=LONGEST_CONTEXT, description="上次回答的 context The context of the last answer"),
    ] = "",
) -> SearchAnswer:
    """搜索供应商 Suppliers found by words, filtered; ``facets`` counts everything that passes the filters.

    Whole sentences are read: “找沈阳市沈北新区做精密机械加工的企业，推荐6家” says where and how many. With the ``context`` of the
    last answer, “其中哪些在于洪区” and “换一批” go on from it.
    """
    reading = read_box(q, context)
    search = reading.search
    if code := reading.question:
        return _asked_back(reading, code, language)
    said = MatchFilters(
        divisions=division or list(search.divisions),
        industries=industry,
        kinds=kind,
        roles=role,
        tags=tag,
        verified_only=verified or search.verified_only,
        near=read_near(near) if near else None,
        **dict(with_price_said(limits, search, reading.need)),
    )
    filters = service.index_filters(said)
    start = _start(cursor) if cursor else min(search.start, DEEPEST)
    end = min(start + (limit or search.count or 20), DEEPEST)
    # One more than shown tells whether there is a next page.
    found = service.match_need(
        runtime,
        reading.need,
        within="anywhere",
        sort="distance" if search.nearest_first else sort,
        limit=end + 1,
        filters=filters,
        language=language,
    )
    shown = found.matches[start:end]
    answer = SearchAnswer.of(replace(found, matches=shown))
    answer.next_cursor = encode_cursor(end) if len(found.matches) > end and end < DEEPEST else None
    answer.search = _search_public(search)
    answer.notes = notes_of(reading, found=len(found.matches), shown=len(shown), language=language)
    answer.context = encode_search(replace(search, start=start + len(shown)))
    if facets:
        counted = runtime.index.facets(filters)
        answer.facets = FacetsPublic(**asdict(counted))
    return answer


def _asked_back(
    reading: Reading, code: Literal["what", "first", "where"], language: Language
) -> SearchAnswer:
    """A question instead of firms."""
    return SearchAnswer(
        need=reading.need, within="anywhere", items=[], model="", candidates=0, took_ms=0.0,
        search=_search_public(reading.search),
        question=SearchQuestion(
            code=code,
            text=translate(QUESTIONS[code], language),
            options=[PlaceOption(adcode=one, name=full_name(one)) for one in reading.options],
        ),
        context=encode_search(reading.search),
    )  # fmt: skip


def _search_public(search: Search) -> SearchPublic:
    said = asdict(search)
    return SearchPublic(division_name=place_names(search.divisions), **{name: said[name] for name in _SHOWN})


_SHOWN = (
    "division",
    "others",
    "count",
    "start",
    "makers_only",
    "verified_only",
    "nearest_first",
    "min_price",
    "max_price",
    "price_unit",
)


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    (start,) = decode_cursor(cursor, int)
    return min(max(int(start), 0), DEEPEST)
