"""Deals and the reviews of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ColumnElement, Index, Numeric, String, Text, UniqueConstraint, or_
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import operated, seen_by


def _parties(actor: Actor) -> ColumnElement[bool]:
    """Both sides; and, once there was a dispute, the operators of its division."""
    return or_(
        col(Deal.buyer_company_id).in_(actor.companies),
        col(Deal.supplier_company_id).in_(actor.companies),
        col(Deal.buyer_company_id).is_(None) & (col(Deal.buyer_person_id) == actor.id),
        col(Deal.disputed_at).is_not(None) & operated(col(Deal.division), actor),
    )


_DELIVERED = Column("state", String) == "delivered"


@seen_by(_parties)
class Deal(SQLModel, table=True):
    """What was awarded to one supplier. ``state`` moves as app.deals.policy says."""

    __tablename__ = "deal"
    __table_args__ = (
        Index("ix_deal_buyer_company_id_id", "buyer_company_id", "id"),
        Index("ix_deal_supplier_company_id_id", "supplier_company_id", "id"),
        # Deliveries that wait to be accepted.
        Index(
            "ix_deal_delivered_at", "delivered_at", sqlite_where=_DELIVERED, postgresql_where=_DELIVERED,
        ),
    )  # fmt: skip

    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id", index=True)
    quote_id: UUID = Field(index=True)
    buyer_company_id: UUID | None = Field(default=None, foreign_key="company.id")
    buyer_person_id: UUID | None = Field(default=None, index=True)
    """Who bought; the deal is theirs alone where they bought for no firm."""
    supplier_company_id: UUID = Field(foreign_key="company.id")
    division: str = Field(default="", max_length=6)
    """Whose operators look into a dispute: those of the place of delivery, else of the supplier."""
    title: str = Field(max_length=200)
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """app.deals.schemas.DealLine as JSON."""
    total: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    """CNY; None where a line has no amount."""
    state: str = Field(default="begun", max_length=22)
    due_on: date | None = None
    """The day of delivery both sides confirm, in China."""
    terms: str = Field(default="", sa_column=Column(Text, nullable=False))
    milestones: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """app.deals.schemas.Milestone as JSON, in order."""
    confirmed_at: datetime | None = None
    delivered_at: datetime | None = None
    reminded_at: datetime | None = None
    """When the buyer was reminded to accept this delivery."""
    accepted_at: datetime | None = None
    accepted_by: str = Field(default="", max_length=10)
    """``buyer``; ``time`` where the buyer stayed silent."""
    disputed_at: datetime | None = None
    """When the last dispute was raised; it stays when the dispute is over."""
    disputed_by: str = Field(default="", max_length=10)
    dispute_note: str = Field(default="", sa_column=Column(Text, nullable=False))
    decision: str = Field(default="", sa_column=Column(Text, nullable=False))
    """What an operator says of the dispute."""
    cancelled_at: datetime | None = None
    cancelled_by: str = Field(default="", max_length=10)
    cancel_note: str = Field(default="", sa_column=Column(Text, nullable=False))
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


def _written_or_shown(actor: Actor) -> ColumnElement[bool]:
    """A review is its writer's until it is shown; then it is everybody's."""
    return or_(
        col(DealReview.shown_at) <= now(),
        col(DealReview.by_company_id).in_(actor.companies),
        col(DealReview.by_company_id).is_(None) & (col(DealReview.by_person_id) == actor.id),
    )


@seen_by(_written_or_shown)
class DealReview(SQLModel, table=True):
    """What one side of a deal says of the other."""

    __tablename__ = "deal_review"
    __table_args__ = (
        UniqueConstraint("deal_id", "side"),
        Index("ix_deal_review_of_company_id_id", "of_company_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    deal_id: UUID = Field(foreign_key="deal.id")
    side: str = Field(max_length=10)
    """Who wrote it: ``buyer`` or ``supplier``."""
    by_company_id: UUID | None = Field(default=None, foreign_key="company.id")
    by_person_id: UUID | None = None
    of_company_id: UUID | None = Field(default=None, foreign_key="company.id")
    """Who is rated; None where a person bought for no firm."""
    scores: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """1 to 5 for each of app.deals.policy.CRITERIA[side]."""
    words: str = Field(default="", sa_column=Column(Text, nullable=False))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    """What the rated side says to it, once."""
    answered_at: datetime | None = None
    shown_at: datetime = Field(index=True)
    """From when everybody sees it; in the future while it is blind."""
    counted: bool = Field(default=False, index=True)
    """Whether the index was told of it."""
    created_at: datetime = Field(default_factory=now)
