"""What of fair play crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.core.text import Line, Prose
from app.fair_play.policy import Action, Reason, State, Subject
from app.trade.quote_schemas import QuoteTerms

FIRM = "0195c5a0-7c00-5a00-8a00-000000000003"


class ReportSaid(BaseModel):
    """What is wrong with a demand or a firm."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "subject": "company",
                    "subject_id": FIRM,
                    "reason": "false_claims",
                    "words": "并无所称的生产线。",
                }
            ]
        },
    )

    subject: Subject
    subject_id: UUID
    reason: Reason
    words: Annotated[str, Prose(2000)] = ""


class ReportDecision(BaseModel):
    """Why: whoever is concerned reads it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"decision": "内容与采购无关，已提醒发布方。"}]}
    )

    decision: Annotated[str, Prose(2000)] = ""


class Appeal(BaseModel):
    """Why the decision should be looked at again."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"words": "该需求真实有效，附合同编号。"}]}
    )

    words: Annotated[str, Prose(2000, min_length=1)]


class ReportedQuote(BaseModel):
    """A reported quote as it was: what it answers, and its terms."""

    company: str
    number: int = Field(description="第几版 Which version")
    updated_at: datetime
    terms: QuoteTerms
    demand: str = Field(description="需求标题 The title of the demand")
    lines: dict[UUID, str] = Field(description="明细名称 The names of the demand's lines, by id")


class ReportPublic(BaseModel):
    """A report. Who made it is not said; ``actions`` are what the reader may do now."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "0195c5a0-7c00-7a00-8a00-000000000031",
                    "subject": "company",
                    "subject_id": FIRM,
                    "title": "沈阳示例泵业有限公司",
                    "company_id": FIRM,
                    "reason": "false_claims",
                    "words": "并无所称的生产线。",
                    "state": "pending",
                    "decision": "",
                    "appeal": "",
                    "version": 1,
                    "created_at": "2026-11-20T02:00:00Z",
                    "actions": ["dismiss", "warn", "suspend"],
                }
            ]
        },
    )

    id: UUID
    subject: Subject
    subject_id: UUID
    title: str
    quote: ReportedQuote | None = Field(
        default=None, description="被举报的报价，举报时的内容 A reported quote, as it was then"
    )
    company_id: UUID | None = None
    reason: Reason
    words: str
    state: State
    decision: str
    decided_at: datetime | None = None
    suspended_until: datetime | None = None
    appeal: str
    version: int
    created_at: datetime
    actions: list[Action] = []


class BlockSaid(BaseModel):
    """A note for one's colleagues; the blocked firm is told nothing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "曾多次违约"}]})

    note: Annotated[str, Line(200)] = ""


class BlockPublic(BaseModel):
    """A firm that is blocked."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [{"blocked_id": FIRM, "note": "曾多次违约", "created_at": "2026-11-20T02:00:00Z"}]
        },
    )

    blocked_id: UUID
    note: str
    created_at: datetime


class ContactPublic(BaseModel):
    """How to reach a firm."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [{"name": "陈示例", "phone": "024-00000000", "email": "sales@example.com"}]
        },
    )

    name: str
    phone: str
    email: str


class ContactShown(BaseModel):
    """That somebody was shown a firm's contact; a row of the audit chain."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "number": 17,
                    "at": "2026-11-20T02:00:00Z",
                    "actor_name": "采购员甲",
                    "detail": {"firms": ["示例热电厂"], "fields": ["phone"]},
                    "hash": "0" * 64,
                }
            ]
        },
    )

    number: int = Field(description="审计链中的序号 Its number in the audit chain")
    at: datetime
    actor_name: str
    detail: dict[str, Any]
    hash: str
