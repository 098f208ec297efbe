"""Every firm that has the words, page after page to the last: for lists that go beyond the best two hundred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from app.core.errors import InvalidInput, Problem
from app.core.http import RuntimeDep
from app.core.pagination import MAX_PAGE, decode_cursor, encode_cursor
from app.core.problem_details import errors
from app.core.runtime import Runtime
from app.core.text import Line
from app.demands.needs import Adcode
from app.matches.amounts import AmountsQuery
from app.matches.marks import HighlightPublic, highlights_of_item, marked
from app.matches.near import NearQuery, read_near
from app.matches.schemas import MATCH_EXAMPLE, MatchedCompany, MatchedItem, MatchFilters, Tag
from app.matches.service import index_filters
from app.registry.schemas import IndustryCode
from matching.nearness import from_point
from search.analysis import tokens
from search.documents import CapabilityItem, Kind, Role, SupplierDocument
from search.index import Filters, ListExpired, Near

router = APIRouter(prefix="/api/v1", tags=["matching"])

MOST_ITEMS = 3
"""Items shown of a firm, those with the most words first."""
LONGEST_CURSOR = 8000
"""Elasticsearch names a moment in some hundred characters a shard."""


class FoundItem(BaseModel):
    """An item with words that matched."""

    item: MatchedItem
    highlights: list[HighlightPublic]


class FoundFirm(BaseModel):
    """A firm that has the words; ``name_html`` is its name with them in <mark>, everything else escaped.

    ``distance_km`` is how far it is from the point given as ``near``; null without one.
    """

    company: MatchedCompany
    name_html: str
    distance_km: float | None = None
    items: list[FoundItem]


_EXAMPLE: dict[str, Any] = {
    "company": MATCH_EXAMPLE["company"],
    "name_html": "沈阳示例泵业有限公司",
    "distance_km": 4.2,
    "items": [
        {
            "item": MATCH_EXAMPLE["item"],
            "highlights": [{"field": "title", "html": "<mark>水泵</mark>"}],
        }
    ],
}


class FoundFirms(BaseModel):
    """Firms, those that have the rarest and most words first; ``next_cursor`` is null on the last page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EXAMPLE], "next_cursor": None}]})

    items: list[FoundFirm]
    next_cursor: str | None = None


@router.get("/search/firms", responses=errors())
def list_firms_with_words(
    runtime: RuntimeDep,
    limits: AmountsQuery,
    q: Annotated[str, Line(500, min_length=1), Query(examples=["不锈钢离心泵"])],
    division: Annotated[list[Adcode], Query(max_length=50)] = [],  # noqa: B006  (FastAPI copies defaults)
    industry: Annotated[list[IndustryCode], Query(max_length=50)] = [],  # noqa: B006
    kind: Annotated[list[Kind], Query(max_length=10)] = [],  # noqa: B006
    role: Annotated[list[Role], Query(max_length=4)] = [],  # noqa: B006
    tag: Annotated[list[Tag], Query(max_length=30)] = [],  # noqa: B006
    near: NearQuery | None = None,
    verified: bool = False,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="一页条数 Items a page")] = 20,
    cursor: Annotated[
        str,
        Query(max_length=LONGEST_CURSOR, description="上一页的 next_cursor: next_cursor of the page before"),
    ] = "",
) -> FoundFirms:
    """含有这些词的全部企业 Every firm that has any of the words, by words alone, however many there are.

    All pages show the list as it was at the first one: writes meanwhile neither hide a firm nor show one twice. A list that
    nobody has read on in for some minutes expires (``expired_cursor``).
    """
    said = MatchFilters(
        divisions=division, industries=industry, kinds=kind, roles=role, tags=tag, verified_only=verified,
        near=read_near(near) if near else None, **dict(limits),
    )  # fmt: skip
    found, following = firms_with(runtime, q, index_filters(said), limit=limit, cursor=cursor)
    return FoundFirms(items=found, next_cursor=following or None)


def firms_with(
    runtime: Runtime, text: str, filters: Filters, *, limit: int, cursor: str = ""
) -> tuple[list[FoundFirm], str]:
    """A page of the firms that have the words, and the next page's cursor, "" on the last.

    Raises InvalidInput for a cursor that is none or has expired, and SearchUnavailable.
    """
    after = str(decode_cursor(cursor, str)[0]) if cursor else ""
    wanted = frozenset(tokens(text))
    index = runtime.index
    try:
        page = index.page(tuple(sorted(wanted)), filters, limit=limit, after=after)
    except ListExpired as error:
        raise InvalidInput(
            problems=[Problem("cursor", "expired_cursor", "列表已过期，请从第一页重新开始")]
        ) from error
    documents = index.documents([hit.key for hit in page.hits])
    # A firm that has left since the first page is known by its key alone, and left out.
    found = [_found(documents[hit.key], wanted, filters.near) for hit in page.hits if hit.key in documents]
    return found, encode_cursor(page.after) if page.after else ""


def _found(supplier: SupplierDocument, wanted: frozenset[str], near: Near | None) -> FoundFirm:
    away = from_point(near, supplier) if near else None
    return FoundFirm(
        company=MatchedCompany.of(supplier),
        name_html=marked(supplier.name, wanted),
        distance_km=None if away is None else round(away, 1),
        items=[
            FoundItem(item=MatchedItem.of(item), highlights=highlights_of_item(item, wanted))
            for item in _telling(supplier.items, wanted)
        ],
    )


def _telling(items: Sequence[CapabilityItem], wanted: frozenset[str]) -> list[CapabilityItem]:
    shared = [len(wanted.intersection(tokens(f"{item.title} {item.text}"))) for item in items]
    order = sorted((-count, at) for at, count in enumerate(shared) if count)
    return [items[at] for _, at in order[:MOST_ITEMS]]
