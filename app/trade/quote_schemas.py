"""What of quotes crosses the API. Prices are in CNY."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.refusals import refusal
from app.core.text import Line, Prose
from app.trade.policy import QuoteState

Freight = Literal["included", "extra", "pickup"]
FREIGHTS: tuple[Freight, ...] = ("included", "extra", "pickup")
Price = Annotated[Decimal, Field(ge=0, le=10**12, decimal_places=4)]
Money = Annotated[Decimal, Field(ge=0, le=10**14, decimal_places=2)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
Quantity = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
LeadDays = Annotated[int, Field(ge=0, le=3650)]
MOST_OFFERS = 400
MOST_ALTERNATIVES = 3

FREIGHT_NEEDED = "运费另计时须填写运费金额，不收运费请选“含运费”"
RATE_NEEDED = "不含税报价须填写税率，以便按含税价比较"

DEMAND = "0195c5a0-7c00-7a00-8a00-000000000002"
DEMAND_LINE = "0195c5a0-7c00-7a00-8a00-00000000000a"
QUOTE = "0195c5a0-7c00-7a00-8a00-000000000013"
FIRM = "0195c5a0-7c00-5a00-8a00-000000000003"
OFFER: dict[str, Any] = {
    "demand_line_id": None,
    "name": "不锈钢离心泵 IHG50-160",
    "unit_price": "3200.00",
    "unit": "台",
    "tax_included": True,
    "tax_rate": "13",
    "min_quantity": 5,
    "lead_days": 30,
}
TERMS: dict[str, Any] = {
    "lines": [OFFER],
    "freight": "extra",
    "freight_amount": "800.00",
    "payment": "货到验收后三十日内付款",
    "note": "",
}


class Offer(BaseModel):
    """The price of one line of the demand. An ``alternative`` differs from what was asked for; ``name`` says how."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [OFFER]})

    demand_line_id: UUID | None = Field(
        default=None, description="明细，需求只有一条时可省略 May be left out where the demand has one line"
    )
    name: Annotated[str, Line(200)] = ""
    unit_price: Price
    unit: Annotated[str, Line(20), Field(description="计价单位，默认同需求 Default: the demand's")] = ""
    tax_included: bool = True
    tax_rate: Percent | None = Field(default=None, description="税率 %，不含税时必填")
    quantity: Quantity | None = Field(
        default=None,
        description="最多可供，默认全部 The most it can supply, in the demand's unit; default all",
    )
    min_quantity: Quantity | None = Field(default=None, description="起订量，按需求单位 In the demand's unit")
    lead_days: LeadDays | None = None
    alternative: bool = False
    note: Annotated[str, Line(500)] = ""

    @model_validator(mode="after")
    def _can_be_compared(self) -> Self:
        if not self.tax_included and self.tax_rate is None:
            raise refusal("tax_rate_required", RATE_NEEDED)
        return self


class QuoteTerms(BaseModel):
    """One version of a quote; a line of the demand that is not named is not offered."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [TERMS]})

    lines: Annotated[list[Offer], Field(min_length=1, max_length=MOST_OFFERS)]
    freight: Freight = Field(
        default="included", description="included 含运费，extra 另计，pickup 自提 Who pays the freight"
    )
    freight_amount: Money | None = None
    valid_until: date | None = Field(default=None, description="报价有效期至 The last day it holds, in China")
    payment: Annotated[str, Line(200)] = ""
    note: Annotated[str, Prose(2000)] = ""

    @model_validator(mode="after")
    def _freight_is_said(self) -> Self:
        if self.freight == "extra" and self.freight_amount is None:
            raise refusal("freight_required", FREIGHT_NEEDED)
        return self


class QuoteCreate(QuoteTerms):
    """A quote for a demand, by the firm one sells for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"demand_id": DEMAND, **TERMS}]}
    )

    demand_id: UUID
    company_id: UUID | None = Field(
        default=None, description="只有一家企业时可省略 May be left out by who sells for one firm"
    )

    def terms(self) -> QuoteTerms:
        """Without whom and what it is for."""
        return QuoteTerms.model_validate(self.model_dump(exclude={"demand_id", "company_id"}))


class QuoteNote(BaseModel):
    """Why, for the other side to read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "交期超过要求"}]})

    reason: Annotated[str, Line(500)] = ""


class QuotePublic(BaseModel):
    """A quote, as its firm sees it, and the buyer once it is not sealed. ``number`` is the version that stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": QUOTE,
                    "demand_id": DEMAND,
                    "company_id": FIRM,
                    "company": "沈阳示例泵业有限公司",
                    "state": "submitted",
                    "number": 2,
                    "sealed_until": None,
                    "rejected_because": "",
                    "terms": TERMS,
                    "outdated": False,
                    "version": 2,
                    "created_at": "2026-11-20T02:00:00Z",
                    "updated_at": "2026-11-21T02:00:00Z",
                }
            ]
        }
    )

    id: UUID
    demand_id: UUID
    company_id: UUID
    company: str
    state: QuoteState
    number: int
    sealed_until: datetime | None = None
    rejected_because: str
    terms: QuoteTerms
    outdated: bool = Field(description="需求在报价后有修改 The demand was edited after this version")
    version: int
    created_at: datetime
    updated_at: datetime


class VersionPublic(BaseModel):
    """One version of a quote."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {"number": 1, "terms": TERMS, "demand_revision": 1, "created_at": "2026-11-20T02:00:00Z"}
            ]
        },
    )

    number: int
    terms: QuoteTerms
    demand_revision: int
    created_at: datetime
