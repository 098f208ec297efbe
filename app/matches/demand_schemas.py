"""What of matching the other way round crosses the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.demands.line_schemas import LinePublic
from app.demands.schemas import DemandPublic
from app.matches.schemas import MATCH_EXAMPLE, GapPublic, MatchedItem, ReasonPublic

_PARTS = ("rank", "score", "item", "distance_km", "reasons", "gaps")
_DEMAND: dict[str, Any] = DemandPublic.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index,assignment]
_EXAMPLE = {
    "company_id": MATCH_EXAMPLE["company"]["id"],
    "items": [{"demand": _DEMAND, **{name: MATCH_EXAMPLE[name] for name in _PARTS}}],
    "model": "linear-2",
    "candidates": 12,
    "took_ms": 210.5,
}


class DemandMatch(BaseModel):
    """A demand that suits a firm: ``score``, ``item``, reasons and gaps are of the firm, as the demand's buyer sees them."""

    rank: int
    score: float
    demand: DemandPublic
    line: LinePublic | None = Field(
        default=None, description="项目清单中匹配的一项 The line of a project's bill of materials that suits"
    )
    item: MatchedItem | None
    distance_km: float | None
    reasons: list[ReasonPublic]
    gaps: list[GapPublic]


class DemandsAnswer(BaseModel):
    """Open demands that suit a firm, best first."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    company_id: UUID
    items: list[DemandMatch]
    model: str
    candidates: int = Field(description="相近的需求数 Demands matched in full before the cut")
    took_ms: float
