"""Suggestions while typing, over HTTP: kinds, titles and firms."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from app.catalogue.declarations import load_kinds
from app.core.http import LanguageDep, RuntimeDep
from app.core.i18n import Language
from app.core.problem_details import errors
from app.core.text import Line
from search.analysis import normalise
from search.documents import Kind
from search.suggest import Suggestion, suggest, suggest_firms

router = APIRouter(prefix="/api/v1", tags=["matching"])

MOST_SUGGESTED = 20


class SuggestionPublic(BaseModel):
    """Words to search for (``title``), a firm to look at (``company``), or one of the ten kinds to look through (``kind``)."""

    type: Literal["title", "company", "kind"]
    text: str
    companies: int | None = None
    """How many active firms state this title."""
    company_id: UUID | None = None
    kind: Kind | None = None


_EXAMPLE: dict[str, Any] = {
    "items": [{"type": "title", "text": "不锈钢离心泵", "companies": 12, "company_id": None, "kind": None}]
}


class SuggestAnswer(BaseModel):
    """What the words typed so far may become, best first; empty when nothing begins so."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    items: list[SuggestionPublic]


@router.get("/search/suggest", responses=errors())
def suggest_searches(
    runtime: RuntimeDep,
    language: LanguageDep,
    q: Annotated[str, Line(500, min_length=1), Query(examples=["不锈钢"])],
    limit: Annotated[int, Query(ge=1, le=MOST_SUGGESTED, description="条数 How many")] = 8,
    type: Annotated[Literal["company"] | None, Query(description="只要企业 Firms only")] = None,  # noqa: A002
) -> SuggestAnswer:
    """输入提示 What the words typed so far may become: kinds, titles that firms state, names of firms."""
    if type == "company":
        firms = suggest_firms(runtime.index, q, limit=limit)
        return SuggestAnswer(items=[_firm(one) for one in firms])
    kinds = _kinds(q, language)
    found = [
        SuggestionPublic(type="title", text=one.text, companies=one.firms)
        if one.of == "title"
        else _firm(one)
        for one in suggest(runtime.index, q, limit=limit)
    ]
    return SuggestAnswer(items=[*kinds, *found][:limit])


def _firm(one: Suggestion) -> SuggestionPublic:
    return SuggestionPublic(type="company", text=one.text, company_id=UUID(one.key))


def _kinds(typed: str, language: Language) -> list[SuggestionPublic]:
    """Kinds whose name begins so, in the reader's language."""
    wanted = normalise(typed).strip()
    names = ((declared.kind, declared.name.in_language(language)) for declared in load_kinds().values())
    return [
        SuggestionPublic(type="kind", text=name, kind=kind)
        for kind, name in names
        if wanted and normalise(name).startswith(wanted)
    ]
