"""Invitations to a demand, and the questions asked about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
)
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import seen_by
from app.trade.policy import INVOLVED


def bought_by(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Whether a row is of a demand of the actor's side: its firm's, or its writer's who has none."""
    own: ColumnElement[bool] = col(model.buyer_company_id).in_(actor.companies)
    if actor.id:
        own = or_(own, col(model.buyer_company_id).is_(None) & (col(model.buyer_person_id) == actor.id))
    return own


class BuyerSide(SQLModel):
    """Whose demand a row belongs to; written once, since a demand does not change hands."""

    buyer_company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    buyer_person_id: UUID | None = Field(default=None, index=True)
    """Who posted the demand."""


_RUNNING = Column("over_at", DateTime).is_(None) & Column("state", String).in_(INVOLVED)


@seen_by(lambda actor: or_(col(Inquiry.company_id).in_(actor.companies), bought_by(Inquiry, actor)))
class Inquiry(BuyerSide, table=True):
    """A firm and a demand it may quote for: invited, or come by itself. ``state`` moves as app.trade.policy says."""

    __tablename__ = "inquiry"
    __table_args__ = (
        UniqueConstraint("demand_id", "company_id"),
        Index("ix_inquiry_company_id_id", "company_id", "id"),
        # Invitations whose demand has not been seen to end.
        Index("ix_inquiry_demand_id_running", "demand_id", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )

    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id")
    company_id: UUID = Field(foreign_key="company.id")
    origin: str = Field(max_length=10)
    """matched: told by itself; buyer: invited by hand; own: came without being invited."""
    state: str = Field(default="invited", max_length=12)
    rank: int | None = None
    """Its place among the matches when it was told by itself."""
    distance_km: float | None = None
    reason: str = Field(default="", max_length=10)
    """Why it declined; one of app.trade.policy.DECLINE_REASONS."""
    note: str = Field(default="", max_length=500)
    told_at: datetime | None = Field(default=None, index=True)
    """When it was last told; None where it came by itself."""
    answered_at: datetime | None = None
    """When it first answered."""
    over_at: datetime | None = None
    """When the firm's chance to quote was over; None while it is not, and again when quotes are taken anew."""
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


@seen_by(lambda _actor: false())
class InquiryRound(SQLModel, table=True):
    """The last time firms were told of a demand by itself; kept by the program for itself."""

    __tablename__ = "inquiry_round"

    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    revision: int
    told: int
    done_at: datetime = Field(default_factory=now)


def _asked_about(actor: Actor) -> ColumnElement[bool]:
    involved = select(col(Inquiry.demand_id)).where(
        col(Inquiry.company_id).in_(actor.companies), col(Inquiry.state) != "taken_back"
    )
    return or_(col(Question.demand_id).in_(involved), bought_by(Question, actor))


@seen_by(_asked_about)
class Question(BuyerSide, table=True):
    """A question about a demand, seen by every firm invited. ``company_id``, who asked, is told to nobody."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_demand_id_id", "demand_id", "id"),)

    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id")
    company_id: UUID = Field(foreign_key="company.id")
    question: str = Field(sa_column=Column(Text, nullable=False))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    answered_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)
