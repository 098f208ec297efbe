"""What of awards crosses the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.core.text import Line
from app.trade.policy import CONFIRM_HOURS, MOST_CONFIRM_HOURS, AwardState
from app.trade.quote_schemas import DEMAND, DEMAND_LINE, FIRM, QUOTE, Quantity

AWARD = "0195c5a0-7c00-7a00-8a00-000000000014"
LINE: dict[str, Any] = {
    "demand_line_id": DEMAND_LINE,
    "name": "不锈钢离心泵 IHG50-160",
    "quantity": 20.0,
    "unit": "台",
    "unit_price": "3200.0000",
    "amount": "64000.00",
    "lead_days": 30,
}
EXAMPLE: dict[str, Any] = {
    "id": AWARD,
    "demand_id": DEMAND,
    "quote_id": QUOTE,
    "company_id": FIRM,
    "company": "沈阳示例泵业有限公司",
    "number": 2,
    "state": "offered",
    "lines": [LINE],
    "freight": "800.00",
    "confirm_by": "2026-11-25T02:00:00Z",
    "after_id": None,
    "reason": "",
    "deal_id": None,
    "version": 1,
    "created_at": "2026-11-23T02:00:00Z",
    "updated_at": "2026-11-23T02:00:00Z",
}


class LineChosen(BaseModel):
    """A line for a quote: all that is left of it, or ``quantity`` of it."""

    model_config = ConfigDict(extra="forbid")

    demand_line_id: UUID
    quantity: Quantity | None = None


class Choice(BaseModel):
    """What one quote gets: the lines named, or every line it offers that is not given away yet."""

    model_config = ConfigDict(extra="forbid")

    quote_id: UUID
    number: int | None = Field(
        default=None,
        ge=1,
        le=10**6,
        description="看到的版本，已变则 409 The version seen; 409 when it changed",
    )
    lines: Annotated[list[LineChosen], Field(max_length=200)] = []


class AwardCreate(BaseModel):
    """Awards made in one go; all are made or none."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"choices": [{"quote_id": QUOTE, "number": 1}], "confirm_hours": 48}]
        },
    )

    choices: Annotated[list[Choice], Field(min_length=1, max_length=50)]
    confirm_hours: Annotated[int, Field(ge=1, le=MOST_CONFIRM_HOURS)] = CONFIRM_HOURS
    fallback: Annotated[list[UUID], Field(max_length=50)] | None = Field(
        default=None,
        description="未确认时依次顺延的报价，默认按综合分，空列表为不顺延 Next in order; default by score; [] for none",
    )


class AwardNote(BaseModel):
    """Why, for the other side to read."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "设备检修，赶不上交期"}]}
    )

    reason: Annotated[str, Line(500)] = ""


class AwardLinePublic(BaseModel):
    """One awarded line; prices in CNY with tax, freight not shared out."""

    model_config = ConfigDict(from_attributes=True)

    demand_line_id: UUID
    name: str
    quantity: float | None = None
    unit: str
    unit_price: Decimal
    amount: Decimal | None = None
    lead_days: int | None = None


class AwardPublic(BaseModel):
    """An award, as the buyer and the winner see it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    demand_id: UUID
    quote_id: UUID
    company_id: UUID
    company: str
    number: int
    state: AwardState
    lines: list[AwardLinePublic]
    freight: Decimal | None = Field(default=None, description="另计的运费 Freight charged extra")
    confirm_by: datetime
    after_id: UUID | None = None
    reason: str
    deal_id: UUID | None = None
    version: int
    created_at: datetime
    updated_at: datetime


class AwardsMade(BaseModel):
    """The awards of one request, in its order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [EXAMPLE]}]})

    items: list[AwardPublic]
