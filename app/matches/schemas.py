"""What of matching crosses the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.refusals import refusal
from app.core.text import Line
from app.demands.needs import Adcode
from app.demands.schemas import EXAMPLE, Description, UnderstandRequest
from app.matches.amounts import AmountLimits
from app.registry.schemas import EXAMPLE_USCC, IndustryCode
from matching.need import Need
from matching.result import Gap, GapType, Match, MatchResult, Reason, ReasonType, Within
from search.documents import CapabilityItem, Kind, Role, Source, SupplierDocument

MAX_MATCHES = 100

NOTHING_ASKED = "请写明需要什么：text、title 或 need.what 至少一项"

Sort = Literal["score", "distance"]
Limit = Annotated[int, Field(ge=1, le=MAX_MATCHES)]
Tag = Annotated[str, Line(40, min_length=1)]


class NearFilter(BaseModel):
    """Within ``kilometres`` of a point (degrees)."""

    model_config = ConfigDict(extra="forbid")

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    kilometres: Annotated[float, Field(gt=0, le=5000, allow_inf_nan=False)]


class MatchFilters(AmountLimits):
    """Hard constraints; an empty one does not constrain. Divisions and industries take whole subtrees.

    What is asked of items (kinds, roles, price, capacity) one and the same item has to meet.
    """

    kinds: Annotated[list[Kind], Field(max_length=10)] = Field(default_factory=list)
    roles: Annotated[list[Role], Field(max_length=4)] = Field(default_factory=list)
    divisions: Annotated[list[Adcode], Field(max_length=50)] = Field(default_factory=list)
    industries: Annotated[list[IndustryCode], Field(max_length=50)] = Field(default_factory=list)
    tags: Annotated[list[Tag], Field(max_length=30)] = Field(default_factory=list)
    verified_only: bool = False
    near: NearFilter | None = None


class MatchRequest(UnderstandRequest):
    """A demand that is matched and not stored. ``description`` is another name of ``text``."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": EXAMPLE["description"],
                    "title": EXAMPLE["title"],
                    "city": "沈阳市",
                    "within": "province",
                    "limit": 10,
                },
                {"need": {"what": ["激光切割"], "kind": "processing"}, "filters": {"divisions": ["210000"]}},
                {
                    "text": "不锈钢离心泵",
                    "filters": {
                        "max_price": 3000,
                        "price_unit": "台",
                        "min_capacity": 200,
                        "capacity_unit": "台/月",
                    },
                },
            ]
        },
    )

    description: Description = ""
    within: Within | None = Field(
        default=None,
        description="范围 How far: left out, the buyer's city when local firms are asked for, else anywhere",
    )
    sort: Sort = "score"
    limit: Limit = 20
    filters: MatchFilters = Field(default_factory=MatchFilters)

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not (self.text or self.description or self.title or (self.need and self.need.what)):
            raise refusal("nothing_asked", NOTHING_ASKED)
        return self

    def words(self) -> str:
        """Everything said beside the title."""
        return "\n".join(part for part in (self.text, self.description) if part)


class MatchedCompany(BaseModel):
    """The supplier."""

    id: UUID
    uscc: str
    name: str
    city: str
    district: str
    industry: str
    tags: list[str]
    verified: bool

    @classmethod
    def of(cls, supplier: SupplierDocument) -> Self:
        """From what the index holds."""
        return cls(
            id=UUID(supplier.key),
            uscc=supplier.uscc,
            name=supplier.name,
            city=supplier.city,
            district=supplier.district,
            industry=supplier.industry,
            tags=list(supplier.tags),
            verified=supplier.verified,
        )


class MatchedItem(BaseModel):
    """The supplier's item that fits best; ``id`` is a listing's. ``source`` says whether the firm stated it."""

    id: UUID
    kind: Kind
    role: Role
    title: str
    source: Source

    @classmethod
    def of(cls, item: CapabilityItem) -> Self:
        """From what matching answers."""
        return cls(id=UUID(item.key), kind=item.kind, role=item.role, title=item.title, source=item.source)


class ReasonPublic(BaseModel):
    """Why the supplier fits, and where that stands."""

    type: ReasonType
    text: str
    field: str
    source: str

    @classmethod
    def of(cls, reason: Reason) -> Self:
        """From what matching answers."""
        return cls(type=reason.type, text=reason.text, field=reason.field, source=reason.source)


class GapPublic(BaseModel):
    """What does not fit, or is not known."""

    type: GapType
    text: str
    asked: str = Field(description="需求的哪一项 The field of ``need`` that asks for it, as grades[0]")
    words: str = Field(description="需求的说法 What stands in that field")
    field: str = Field(description="查看了企业的哪一项 The field of the firm that was looked at")
    source: str = Field(
        description="该项出处 Whose word the field is: listing, scope, registry; unknown: the firm has no such field"
    )

    @classmethod
    def of(cls, gap: Gap) -> Self:
        """From what matching answers."""
        return cls(
            type=gap.type,
            text=gap.text,
            asked=gap.asked,
            words=gap.words,
            field=gap.field,
            source=gap.source,
        )


class MatchPublic(BaseModel):
    """One supplier. ``score`` ranks within one answer; it is no probability."""

    rank: int
    score: float
    company: MatchedCompany
    item: MatchedItem | None
    distance_km: float | None
    reasons: list[ReasonPublic]
    gaps: list[GapPublic]

    @classmethod
    def of(cls, match: Match, rank: int) -> Self:
        """From what matching answers."""
        supplier, item = match.supplier, match.item
        return cls(
            rank=rank,
            score=match.score,
            company=MatchedCompany.of(supplier),
            item=MatchedItem.of(item) if item else None,
            distance_km=match.distance_km,
            reasons=[ReasonPublic.of(reason) for reason in match.reasons],
            gaps=[GapPublic.of(gap) for gap in match.gaps],
        )


_NEED_EXAMPLE: dict[str, Any] = {
    "text": EXAMPLE["title"],
    "what": ["不锈钢离心泵"],
    "quantity": {"value": 20, "unit": "台"},
}
MATCH_EXAMPLE: dict[str, Any] = {
    "rank": 1,
    "score": 86.5,
    "company": {
        "id": "5e0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d",
        "uscc": EXAMPLE_USCC,
        "name": "沈阳示例泵业有限公司",
        "city": "沈阳市",
        "district": "铁西区",
        "industry": "3441",
        "tags": ["专精特新"],
        "verified": False,
    },
    "item": {
        "id": "0195c5a0-7c00-7a00-8a00-000000000001",
        "kind": "product",
        "role": "make",
        "title": "水泵",
        "source": "scope",
    },
    "distance_km": 0.0,
    "reasons": [{"type": "words", "text": "生产水泵", "field": "title", "source": "scope"}],
    "gaps": [
        {
            "type": "material_unknown",
            "text": "不锈钢：材质未声明，请询问",
            "asked": "materials[0]",
            "words": "不锈钢",
            "field": "items[0195c5a0-7c00-7a00-8a00-000000000001].specs",
            "source": "scope",
        }
    ],
}


MATCH_ANSWER_EXAMPLE: dict[str, Any] = {
    "need": _NEED_EXAMPLE,
    "within": "anywhere",
    "items": [MATCH_EXAMPLE],
    "model": "default",
    "candidates": 212,
    "took_ms": 8.4,
}


class Understood(BaseModel):
    """What was understood and how it was ranked: what every answer of matching says beside its suppliers."""

    need: Need
    within: Within
    model: str
    candidates: int = Field(description="参与比较的企业数 Firms considered before the cut")
    took_ms: float

    @staticmethod
    def said_of(result: MatchResult) -> dict[str, Any]:
        """These fields, from what matching answers."""
        return {
            "need": result.need,
            "within": result.within,
            "model": result.model,
            "candidates": result.candidates,
            "took_ms": result.took_ms,
        }


class MatchAnswer(Understood):
    """Suppliers, best first, with what was understood and how it was ranked."""

    model_config = ConfigDict(json_schema_extra={"examples": [MATCH_ANSWER_EXAMPLE]})

    items: list[MatchPublic]

    @classmethod
    def of(cls, result: MatchResult) -> Self:
        """From what matching answers."""
        items = [MatchPublic.of(match, match.rank) for match in result.matches]
        return cls(items=items, **cls.said_of(result))
