"""The demand table: what a buyer asked for, and what was understood."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ColumnElement, Index, Text, or_
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import seen_by


def _seen(actor: Actor) -> ColumnElement[bool]:
    """A draft is its company's, or its writer's who has none; what was published once is everybody's."""
    own: ColumnElement[bool] = col(Demand.buyer_company_id).in_(actor.companies)
    if actor.id:
        own = or_(own, col(Demand.buyer_company_id).is_(None) & (col(Demand.posted_by) == actor.id))
    return or_(col(Demand.state) != "draft", own)


@seen_by(_seen)
class Demand(SQLModel, table=True):
    """A posted demand. ``need`` is the understood need as JSON; ``corrections`` are the buyer's changes to it."""

    __tablename__ = "demand"

    __table_args__ = (Index("ix_demand_state_id", "state", "id"),)

    id: UUID = Field(primary_key=True)
    title: str = Field(max_length=200)
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    buyer: str = Field(default="", max_length=200)
    buyer_company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    """The firm the demand belongs to; None where its writer has no seat in one."""
    posted_by: UUID | None = Field(default=None, index=True)
    """Id of the person or API key that posted it."""
    city: str = Field(default="", max_length=50)
    district: str = Field(default="", max_length=50)
    adcode: str = Field(default="", max_length=6)
    kind: str = Field(default="", max_length=20)
    state: str = Field(default="draft", max_length=12)
    need: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    corrections: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    version: int = 1
    created_at: datetime = Field(default_factory=now, index=True)
    updated_at: datetime = Field(default_factory=now)
    closed_at: datetime | None = None
