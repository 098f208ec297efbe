"""Quotes with their versions, and awards with their lines."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ColumnElement, Index, Numeric, String, UniqueConstraint, or_, select
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import seen_by
from app.trade.models import BuyerSide, bought_by


def _quote_seen(actor: Actor) -> ColumnElement[bool]:
    """A firm sees its own; the buyer sees those that are not, or no longer, sealed."""
    opened = or_(col(Quote.sealed_until).is_(None), col(Quote.sealed_until) <= now())
    return or_(col(Quote.company_id).in_(actor.companies), bought_by(Quote, actor) & opened)


@seen_by(_quote_seen)
class Quote(BuyerSide, table=True):
    """What a firm offers for a demand: one a firm, whose last version stands. ``state`` moves as app.trade.policy says."""

    __tablename__ = "quote"
    __table_args__ = (
        UniqueConstraint("demand_id", "company_id"),
        Index("ix_quote_company_id_id", "company_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id")
    company_id: UUID = Field(foreign_key="company.id")
    state: str = Field(default="submitted", max_length=10)
    number: int = 1
    """The version that stands, from 1; ``version`` counts every change of the row."""
    sealed_until: datetime | None = Field(default=None, index=True)
    """Until then the buyer is given neither this row nor its versions."""
    opened: bool = True
    """Whether the buyer was told, where it had been sealed."""
    rejected_because: str = Field(default="", max_length=500)
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


@seen_by(lambda actor: col(QuoteVersion.quote_id).in_(select(col(Quote.id)).where(_quote_seen(actor))))
class QuoteVersion(SQLModel, table=True):
    """One version of a quote, never changed. ``terms`` are app.trade.quote_schemas.QuoteTerms as JSON."""

    __tablename__ = "quote_version"

    quote_id: UUID = Field(primary_key=True, foreign_key="quote.id")
    number: int = Field(primary_key=True)
    terms: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    demand_revision: int
    """The revision of the demand it answers."""
    by: UUID | None = None
    """The person or API key that wrote it."""
    created_at: datetime = Field(default_factory=now)


_OFFERED = Column("state", String) == "offered"


def _award_seen(actor: Actor) -> ColumnElement[bool]:
    return or_(col(Award.company_id).in_(actor.companies), bought_by(Award, actor))


@seen_by(_award_seen)
class Award(BuyerSide, table=True):
    """Lines of a demand given to one quote, until the supplier confirms or the time is over."""

    __tablename__ = "award"
    __table_args__ = (
        # A quote waits for one answer at a time.
        Index(
            "uq_award_quote_id_offered", "quote_id", unique=True,
            sqlite_where=_OFFERED, postgresql_where=_OFFERED,
        ),
    )  # fmt: skip

    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id", index=True)
    quote_id: UUID = Field(foreign_key="quote.id")
    company_id: UUID = Field(foreign_key="company.id", index=True)
    number: int
    """The version of the quote that was awarded."""
    state: str = Field(default="offered", max_length=10, index=True)
    confirm_by: datetime
    confirm_hours: int
    freight: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    """The quote's freight that goes with the lines, where it is charged extra."""
    fallback: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Ids of the quotes to which the lines go next, in order, when this one is not confirmed."""
    after_id: UUID | None = Field(default=None, foreign_key="award.id")
    """The award whose place this one took."""
    reason: str = Field(default="", max_length=500)
    deal_id: UUID | None = Field(default=None, foreign_key="deal.id")
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


@seen_by(lambda actor: col(AwardLine.award_id).in_(select(col(Award.id)).where(_award_seen(actor))))
class AwardLine(SQLModel, table=True):
    """One line of an award, as the quote stated it; prices in CNY with tax, in the unit of the demand where it converts."""

    __tablename__ = "award_line"

    award_id: UUID = Field(primary_key=True, foreign_key="award.id")
    demand_line_id: UUID = Field(primary_key=True, foreign_key="demand_line.id", index=True)
    name: str = Field(max_length=200)
    quantity: float | None = None
    unit: str = Field(default="", max_length=20)
    unit_price: Decimal = Field(sa_column=Column(Numeric(20, 4), nullable=False))
    amount: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    lead_days: int | None = None
