"""What of a deal crosses the API, and the line of an award."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.core.text import Line, Prose
from app.deals.policy import Action, Party, State

Note = Annotated[str, Prose(2000)]
NeededNote = Annotated[str, Prose(2000, min_length=1)]
MOST_MILESTONES = 20
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]

ID = "0195c5a0-7c00-7a00-8a00-000000000021"
FIRM = "0195c5a0-7c00-5a00-8a00-000000000003"
LINE: dict[str, Any] = {
    "demand_line_id": "0195c5a0-7c00-7a00-8a00-000000000012",
    "name": "不锈钢离心泵",
    "quantity": 20.0,
    "unit": "台",
    "unit_price": "3200.00",
    "amount": "64000.00",
    "lead_days": 30,
}
TERMS: dict[str, Any] = {
    "due_on": "2026-12-20",
    "terms": "货到验收后三十日内付款。",
    "milestones": [{"name": "首件检验", "due_on": "2026-12-01"}],
}


class DealLine(BaseModel):
    """One awarded line, as the quote stated it; prices in CNY with tax."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [LINE]})

    name: str
    demand_line_id: UUID | None = None
    quantity: float | None = None
    unit: str = ""
    unit_price: Money | None = None
    amount: Money | None = None
    lead_days: int | None = Field(default=None, ge=0, le=3650)


class MilestoneSaid(BaseModel):
    """A step on the way to delivery."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line(100, min_length=1)]
    due_on: date | None = None


class Milestone(MilestoneSaid):
    """A step, and when the supplier marked it done."""

    done_at: datetime | None = None


class DealTerms(BaseModel):
    """The terms both sides confirm. Saying new ones takes earlier confirmations back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [TERMS]})

    due_on: date | None = None
    terms: Note = ""
    milestones: list[MilestoneSaid] = Field(default_factory=list, max_length=MOST_MILESTONES)


class DealNote(BaseModel):
    """Why: the other side and, for disputes, the operator read it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"note": "第二批有三台漏水，尚未更换。"}]}
    )

    note: NeededNote


class DealConfirmation(BaseModel):
    """For which side the terms are confirmed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"side": "buyer"}]})

    side: Party


class DealDecision(BaseModel):
    """What is said at the end of a dispute; an operator has to say why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"decision": "双方同意三日内更换，继续履行。"}]}
    )

    decision: Note = ""


class MilestoneMark(BaseModel):
    """Whether a milestone is done."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"done": True}]})

    done: Annotated[bool, Field(strict=True)]


class DealPublic(BaseModel):
    """A deal, as its sides see it. ``actions`` are what the reader may do now; ``sides`` which side the reader is on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": ID,
                    "demand_id": "0195c5a0-7c00-7a00-8a00-000000000002",
                    "quote_id": "0195c5a0-7c00-7a00-8a00-000000000013",
                    "buyer_company_id": "0195c5a0-7c00-5a00-8a00-000000000004",
                    "supplier_company_id": FIRM,
                    "title": "采购不锈钢离心泵20台",
                    "lines": [LINE],
                    "total": "64000.00",
                    "state": "active",
                    **TERMS,
                    "disputed_by": "",
                    "dispute_note": "",
                    "decision": "",
                    "cancelled_by": "",
                    "cancel_note": "",
                    "version": 3,
                    "created_at": "2026-11-20T02:00:00Z",
                    "updated_at": "2026-11-21T02:00:00Z",
                    "sides": ["buyer"],
                    "actions": ["dispute", "cancel"],
                }
            ]
        }
    )

    id: UUID
    demand_id: UUID
    quote_id: UUID
    buyer_company_id: UUID | None = None
    supplier_company_id: UUID
    title: str
    lines: list[DealLine]
    total: Decimal | None = None
    state: State
    due_on: date | None = None
    terms: str
    milestones: list[Milestone]
    confirmed_at: datetime | None = None
    delivered_at: datetime | None = None
    accepts_at: datetime | None = Field(
        default=None,
        description="此时仍未验收或提出异议则视为已验收 When a delivery nobody speaks of counts as accepted",
    )
    accepted_at: datetime | None = None
    accepted_by: str = Field(
        default="", description="buyer 采购方，time 逾期视为验收 Who accepted: the buyer, or time"
    )
    disputed_at: datetime | None = None
    disputed_by: str
    dispute_note: str
    decision: str
    cancelled_at: datetime | None = None
    cancelled_by: str
    cancel_note: str
    version: int
    created_at: datetime
    updated_at: datetime
    sides: list[str]
    actions: list[Action]


Score = Annotated[int, Field(ge=1, le=5, strict=True)]


class ReviewSaid(BaseModel):
    """A rating: every criterion of the side that writes, 1 (very poor) to 5 (very good), and words."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "side": "buyer",
                    "scores": {"timing": 5, "quality": 4, "packing": 4, "communication": 5},
                    "words": "按期到货，随货有检验报告。",
                }
            ]
        },
    )

    side: Party = Field(description="以哪一方的身份评价 Which side writes")
    scores: dict[str, Score] = Field(max_length=10)
    words: Note = ""


class ReviewAnswer(BaseModel):
    """The rated side's one answer."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"answer": "谢谢，包装已改进。"}]}
    )

    answer: NeededNote


class ReviewPublic(BaseModel):
    """A review; who wrote it is known by its deal, which only its sides see."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "0195c5a0-7c00-7a00-8a00-000000000022",
                    "deal_id": ID,
                    "side": "buyer",
                    "of_company_id": FIRM,
                    "scores": {"timing": 5, "quality": 4, "packing": 4, "communication": 5},
                    "words": "按期到货，随货有检验报告。",
                    "answer": "",
                    "answered_at": None,
                    "shown_at": "2026-12-30T02:00:00Z",
                    "created_at": "2026-12-22T02:00:00Z",
                }
            ]
        },
    )

    id: UUID
    deal_id: UUID
    side: Party
    of_company_id: UUID | None = None
    scores: dict[str, int]
    words: str
    answer: str
    answered_at: datetime | None = None
    shown_at: datetime
    created_at: datetime


class Response(BaseModel):
    """How a firm answers invitations: how many of the last, and in how many hours (median)."""

    invited: int
    answered_share: float
    median_hours: float | None = None


class Standing(BaseModel):
    """What is known of a firm from its deals. Means and shares are None where nothing is known: unknown is not zero."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "company_id": FIRM,
                    "deals": 12,
                    "rated": 10,
                    "criteria": {"timing": 4.8, "quality": 4.5, "packing": 4.2, "communication": 4.9},
                    "mean": 4.6,
                    "on_time_share": 0.9,
                    "on_time_of": 10,
                    "bought": 3,
                    "rated_as_buyer": 2,
                    "criteria_as_buyer": {"payment": 4.5, "clarity": 4.0, "communication": 4.5},
                    "response": None,
                }
            ]
        }
    )

    company_id: UUID
    deals: int = Field(description="已验收的成交数 Deals delivered and accepted, as the supplier")
    rated: int = Field(description="均分所据的评价数 Reviews behind the means, ten at most")
    criteria: dict[str, float] = {}
    mean: float | None = None
    on_time_share: float | None = None
    on_time_of: int = Field(default=0, description="按期率所据的订单数 Orders behind the share, ten at most")
    bought: int = Field(default=0, description="作为采购方已验收的成交数 Deals accepted as the buyer")
    rated_as_buyer: int = 0
    criteria_as_buyer: dict[str, float] = {}
    response: Response | None = None

    def __bool__(self) -> bool:
        return bool(self.deals or self.rated or self.bought or self.rated_as_buyer or self.response)


Query = Literal["buyer", "supplier", "dispute"]
"""Which deals a list gives: those bought, those sold, or those with a dispute."""
