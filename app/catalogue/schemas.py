"""What of a listing crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from app.catalogue.declarations import load_kinds
from app.catalogue.policy import Action, Status, allowed
from app.core.ids import company_id
from app.core.text import Line, Prose, never_null
from app.registry.schemas import EXAMPLE_USCC
from search.documents import Kind, Role

Title = Annotated[str, Line(120, min_length=1)]
Summary = Annotated[str, Prose(4000)]
Fields = Annotated[
    dict[str, Any],
    Field(
        description="按种类声明填写，见 GET /kinds/{kind}/schema As the kind declares: GET /kinds/{kind}/schema"
    ),
]

_LISTING_ID = "0195c5a0-7c00-7a00-8a00-000000000001"


class ListingCreate(BaseModel):
    """One thing a firm offers, as the firm states it."""

    model_config = ConfigDict(extra="forbid")

    company_id: UUID
    kind: Kind
    role: Role | None = Field(default=None, description="缺省按种类取 Left out, the kind's usual role")
    title: Title
    summary: Summary = ""
    fields: Fields = Field(default_factory=dict)


class ListingUpdate(BaseModel):
    """A JSON merge patch of the listing, except that ``fields`` is replaced as a whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"title": "单级单吸离心泵", "summary": "铸铁与不锈钢两种材质。"}]},
    )

    kind: Kind | None = Field(default=None, json_schema_extra=never_null)
    role: Role | None = Field(default=None, json_schema_extra=never_null)
    title: Title | None = Field(default=None, json_schema_extra=never_null)
    summary: Summary | None = None
    fields: Fields | None = None

    @model_validator(mode="before")
    @classmethod
    def _keep_what_must_be(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {k: "" if v is None and k in ("kind", "role", "title") else v for k, v in given.items()}
        return given


class ListingPublic(BaseModel):
    """A listing. ``source`` is "scope" when it was drafted from the business scope, whose words are in ``clause``."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": _LISTING_ID,
                    "company_id": str(company_id(EXAMPLE_USCC)),
                    "kind": "product",
                    "role": "make",
                    "title": "水泵",
                    "summary": "",
                    "fields": {},
                    "status": "draft",
                    "source": "scope",
                    "clause": "水泵、阀门制造、销售",
                    "confidence": 0.9,
                    "version": 1,
                    "created_at": "2026-03-01T02:00:00Z",
                    "updated_at": "2026-03-01T02:00:00Z",
                    "actions": ["confirm", "dismiss", "edit"],
                }
            ]
        },
    )

    id: UUID
    company_id: UUID
    kind: Kind
    role: Role
    title: str
    summary: str
    fields: dict[str, Any]
    status: Status
    source: str
    clause: str
    confidence: float | None
    version: int
    created_at: datetime
    updated_at: datetime

    @computed_field  # type: ignore[prop-decorator]
    @property
    def actions(self) -> list[Action]:
        """现在可执行的操作 The moves open now."""
        return allowed(self.status, source=self.source)


class WordsPublic(BaseModel):
    """The same words in both languages."""

    model_config = ConfigDict(from_attributes=True)

    zh: str
    en: str


class KindPublic(BaseModel):
    """A kind of production factor."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "kind": "product",
                    "name": {"zh": "产品", "en": "Product"},
                    "description": {"zh": "成品", "en": "Goods"},
                }
            ]
        },
    )

    kind: Kind
    name: WordsPublic
    description: WordsPublic


class KindList(BaseModel):
    """The ten kinds."""

    items: list[KindPublic]


def listing_examples() -> dict[str, Any]:
    """A listing of every kind, from the kinds' own declarations, for the API's description."""
    return {
        kind: {
            "summary": f"{declared.name.zh} {declared.name.en}",
            "value": {
                "company_id": str(company_id(EXAMPLE_USCC)),
                "kind": kind,
                "title": f"{declared.name.zh}示例",
                "fields": declared.example,
            },
        }
        for kind, declared in load_kinds().items()
    }
