"""What of invitations and questions crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.core.text import Line, Prose
from app.trade.policy import DeclineReason, InquiryState
from app.trade.quote_schemas import DEMAND, FIRM

INQUIRY: dict[str, Any] = {
    "id": "0195c5a0-7c00-7a00-8a00-000000000015",
    "demand_id": DEMAND,
    "title": "采购不锈钢离心泵20台",
    "demand_state": "quoting",
    "quotes_until": None,
    "company_id": FIRM,
    "company": "沈阳示例泵业有限公司",
    "origin": "matched",
    "state": "invited",
    "rank": 1,
    "distance_km": 12.4,
    "reason": None,
    "note": "",
    "told_at": "2026-11-20T02:00:00Z",
    "answered_at": None,
    "version": 1,
    "created_at": "2026-11-20T02:00:00Z",
}
QUESTION: dict[str, Any] = {
    "id": "0195c5a0-7c00-7a00-8a00-000000000016",
    "demand_id": DEMAND,
    "question": "介质温度最高多少度？",
    "answer": "不超过 80 ℃。",
    "mine": False,
    "created_at": "2026-11-20T02:00:00Z",
    "answered_at": "2026-11-20T06:00:00Z",
}


class InquiryCreate(BaseModel):
    """Firms to invite to a demand by hand."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"demand_id": DEMAND, "company_ids": [FIRM]}]}
    )

    demand_id: UUID
    company_ids: Annotated[list[UUID], Field(min_length=1, max_length=50)]


class Decline(BaseModel):
    """Why a firm will not quote; the buyer reads it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "capacity", "note": "排产已到明年二月"}]}
    )

    reason: DeclineReason = Field(
        description="capacity 产能，scope 不在业务范围，distance 太远，price 价格，time 交期，terms 条款，other 其他"
    )
    note: Annotated[str, Line(500)] = ""


class InquiryPublic(BaseModel):
    """An invitation, as the firm and the buyer see it."""

    model_config = ConfigDict(json_schema_extra={"examples": [INQUIRY]})

    id: UUID
    demand_id: UUID
    title: str
    demand_state: str
    quotes_until: datetime | None = None
    company_id: UUID
    company: str
    origin: Literal["matched", "buyer", "own"]
    state: InquiryState
    rank: int | None = None
    distance_km: float | None = None
    reason: DeclineReason | None = None
    note: str
    told_at: datetime | None = None
    answered_at: datetime | None = None
    version: int
    created_at: datetime


class Skipped(BaseModel):
    """A firm that was not invited: it had been before, was told too often today, or is blocked either way."""

    company_id: UUID
    because: Literal["invited", "quota", "unavailable"]


class Invited(BaseModel):
    """What came of inviting."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [INQUIRY], "skipped": []}]})

    items: list[InquiryPublic]
    skipped: list[Skipped]


class QuestionCreate(BaseModel):
    """A question to the buyer; every firm invited reads it, and nobody is told who asked."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": "介质温度最高多少度？"}]}
    )

    question: Annotated[str, Prose(1000, min_length=1)]
    company_id: UUID | None = Field(default=None, description="只有一家企业时可省略")


class AnswerSaid(BaseModel):
    """The buyer's answer."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"answer": "不超过 80 ℃。"}]})

    answer: Annotated[str, Prose(2000, min_length=1)]


class QuestionPublic(BaseModel):
    """A question and its answer. ``mine``: one's own firm asked."""

    model_config = ConfigDict(json_schema_extra={"examples": [QUESTION]})

    id: UUID
    demand_id: UUID
    question: str
    answer: str
    mine: bool
    created_at: datetime
    answered_at: datetime | None = None
