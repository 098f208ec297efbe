"""The comparison of quotes, as it crosses the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.trade.policy import QuoteState
from app.trade.quote_schemas import DEMAND, DEMAND_LINE, FIRM, QUOTE, Freight

Weight = Annotated[int, Field(ge=0, le=100)]
Flag = Literal["unit_differs", "alternative", "short", "minimum"]


class Weights(BaseModel):
    """How much price, lead time and rating count; only their proportion matters."""

    price: Weight = 60
    lead: Weight = 20
    rating: Weight = 20


class ComparedLine(BaseModel):
    """One quote's offer for one line: CNY with tax, in the demand's unit."""

    demand_line_id: UUID
    name: str
    unit_price: Decimal | None = Field(
        default=None, description="含税单价，按需求单位 With tax, in the demand's unit"
    )
    landed_price: Decimal | None = Field(
        default=None, description="含税含运费单价 With tax and its share of freight"
    )
    quantity: float | None = None
    amount: Decimal | None = None
    lead_days: int | None = None
    min_quantity: float | None = None
    quoted: str = Field(description="报价原文 As quoted")
    flags: list[Flag]
    best: bool = Field(description="该明细的最低含税含运费单价 The lowest landed price for the line")


class ComparedQuote(BaseModel):
    """One column of the comparison."""

    quote_id: UUID
    company_id: UUID
    company: str
    state: QuoteState
    number: int
    lines: list[ComparedLine]
    alternatives: list[ComparedLine] = Field(
        default=[], description="替代方案，不计入总价 What else is offered, not in the total"
    )
    covered: int = Field(description="报了价的明细数 Lines offered")
    goods: Decimal | None = None
    freight: Freight
    freight_amount: Decimal | None = None
    total: Decimal | None = Field(default=None, description="含税含运费总价 With tax and freight")
    lead_days: int | None = Field(default=None, description="最长交期 The longest lead time")
    rating: float | None = None
    valid_until: date | None = None
    expired: bool
    outdated: bool
    payment: str
    note: str
    score: float = Field(description="综合分，0 到 100")
    best: list[Literal["total", "lead", "score"]]


class WantedLine(BaseModel):
    """A line of the demand, and how much of it is not awarded yet."""

    id: UUID
    name: str
    quantity: float | None = None
    unit: str
    awarded: bool = Field(description="已全部授予 All of it is awarded")


_LINE: dict[str, Any] = {
    "demand_line_id": DEMAND_LINE,
    "name": "不锈钢离心泵 IHG50-160",
    "unit_price": "3200.0000",
    "landed_price": "3240.0000",
    "quantity": 20.0,
    "amount": "64000.00",
    "lead_days": 30,
    "min_quantity": 5.0,
    "quoted": "3200.00 / 台",
    "flags": [],
    "best": True,
}


class Comparison(BaseModel):
    """Quotes side by side, the best score first. ``sealed`` counts those that cannot be read yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "demand_id": DEMAND,
                    "weights": {"price": 60, "lead": 20, "rating": 20},
                    "sealed": 0,
                    "lines": [
                        {
                            "id": DEMAND_LINE, "name": "不锈钢离心泵", "quantity": 20.0, "unit": "台", "awarded": False
                        }
                    ],
                    "quotes": [
                        {
                            "quote_id": QUOTE,
                            "company_id": FIRM,
                            "company": "沈阳示例泵业有限公司",
                            "state": "submitted",
                            "number": 2,
                            "lines": [_LINE],
                            "alternatives": [],
                            "covered": 1,
                            "goods": "64000.00",
                            "freight": "extra",
                            "freight_amount": "800.00",
                            "total": "64800.00",
                            "lead_days": 30,
                            "rating": 4.6,
                            "valid_until": None,
                            "expired": False,
                            "outdated": False,
                            "payment": "货到验收后三十日内付款",
                            "note": "",
                            "score": 98.4,
                            "best": ["total", "lead", "score"],
                        }
                    ],
                }
            ]
        }
    )  # fmt: skip

    demand_id: UUID
    weights: Weights
    sealed: int
    lines: list[WantedLine]
    quotes: list[ComparedQuote]
