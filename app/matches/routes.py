"""Matching and search over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.core.errors import InvalidInput, Problem
from app.core.http import CursorQuery, LanguageDep, RuntimeDep
from app.core.pagination import decode_cursor, encode_cursor
from app.core.problem_details import errors
from app.core.text import Line
from app.demands.needs import Adcode
from app.demands.service import get_demand, need_of
from app.demands.understanding import read_words
from app.matches import service
from app.matches.schemas import (
    MAX_MATCHES,
    FacetsPublic,
    MatchAnswer,
    MatchFilters,
    MatchRequest,
    NearFilter,
    SearchAnswer,
    Sort,
    Tag,
)
from app.registry.schemas import IndustryCode
from matching.result import Within
from search.documents import Kind, Role

router = APIRouter(prefix="/api/v1", tags=["matching"])

DEEPEST = 200
"""Ranks beyond this are not served: nobody reads them, and each page ranks all before it."""

_NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,9})?"
NearQuery = Annotated[
    str,
    Query(
        pattern=rf"^{_NUMBER},{_NUMBER},[0-9]{{1,4}}(\.[0-9]{{1,3}})?$",
        description="经度,纬度,公里 Longitude, latitude, kilometres",
        examples=["123.43,41.80,50"],
    ),
]
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
    language: LanguageDep,
    demand_id: UUID,
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
    with runtime.session(writing=False) as session:
        need = need_of(get_demand(session, demand_id))
    filters = MatchFilters(
        divisions=division, industries=industry, roles=role, tags=tag, verified_only=verified
    )
    result = service.match_need(
        runtime,
        need,
        within=within,
        sort=sort,
        limit=limit,
        filters=service.index_filters(filters),
        language=language,
    )
    return MatchAnswer.of(result)


@router.get("/search", responses=errors())
def search_suppliers(
    runtime: RuntimeDep,
    language: LanguageDep,
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
    limit: Count = 20,
    cursor: CursorQuery = "",
) -> SearchAnswer:
    """搜索供应商 Suppliers found by words, filtered; ``facets`` counts everything that passes the filters."""
    said = MatchFilters(
        divisions=division,
        industries=industry,
        kinds=kind,
        roles=role,
        tags=tag,
        verified_only=verified,
        near=_near(near) if near else None,
    )
    filters = service.index_filters(said)
    start = _start(cursor)
    end = min(start + limit, DEEPEST)
    # One more than shown tells whether there is a next page.
    found = service.match_need(
        runtime,
        read_words("", q),
        within="anywhere",
        sort=sort,
        limit=end + 1,
        filters=filters,
        language=language,
    )
    answer = SearchAnswer.of(replace(found, matches=found.matches[start:end]))
    answer.next_cursor = encode_cursor(end) if len(found.matches) > end and end < DEEPEST else None
    if facets:
        counted = runtime.index.facets(filters)
        answer.facets = FacetsPublic(cities=counted.cities, industries=counted.industries, tags=counted.tags)
    return answer


def _near(text: str) -> NearFilter:
    lon, lat, kilometres = (float(part) for part in text.split(","))
    if abs(lon) > 180 or abs(lat) > 90 or not 0 < kilometres <= 5000:
        raise InvalidInput(
            problems=[Problem("near", "out_of_range", "经度须在 ±180、纬度在 ±90、公里数在 0 至 5000 之间")]
        )
    return NearFilter(lon=lon, lat=lat, kilometres=kilometres)


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    (start,) = decode_cursor(cursor, int)
    return min(max(int(start), 0), DEEPEST)
