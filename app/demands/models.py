"""The demand tables: what a buyer asked for and what was understood, its lines, and whom it was shown to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, ColumnElement, Index, Text, or_, select
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import operated, seen_by
from app.demands.policy import HIDDEN


def own(actor: Actor) -> ColumnElement[bool]:
    """Whether a demand is of the actor's side: its company's, or its writer's who has none."""
    ours: ColumnElement[bool] = col(Demand.buyer_company_id).in_(actor.companies)
    if actor.id:
        ours = or_(ours, col(Demand.buyer_company_id).is_(None) & (col(Demand.posted_by) == actor.id))
    return ours


def seen_demand(actor: Actor) -> ColumnElement[bool]:
    """One's own; what is under review, by its operators; what was published, by all or by the firms invited."""
    published = col(Demand.state).not_in(HIDDEN)
    invited = select(col(DemandGuest.demand_id)).where(col(DemandGuest.company_id).in_(actor.companies))
    told = or_(col(Demand.visibility) != "invited", col(Demand.id).in_(invited))
    watched = operated(col(Demand.adcode), actor) & (col(Demand.state) != "draft")
    return or_(own(actor), watched, published & told)


@seen_by(seen_demand)
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
    form: str = Field(default="", max_length=30)
    """The request form it was written on; "" where it was written freely."""
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What the form's declaration asks for, clean."""
    state: str = Field(default="draft", max_length=12)
    visibility: str = Field(default="public", max_length=10)
    """public; invited: shown to the firms of ``demand_guest`` only; anonymous: shown to all, the buyer left out."""
    sealed: bool = False
    """Quotes stay sealed until ``quotes_until``."""
    address: str = Field(default="", max_length=200)
    deliver_from: date | None = None
    deliver_until: date | None = None
    budget_low: int | None = Field(default=None, sa_type=BigInteger)
    budget_high: int | None = Field(default=None, sa_type=BigInteger)
    """Yuan."""
    budget_sealed: bool = False
    """The budget is for the buyer's own use, never shown to suppliers."""
    quotes_until: datetime | None = None
    valid_until: datetime | None = Field(default=None, index=True)
    """When it expires by itself; None: never."""
    need: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    corrections: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    findings: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """What the rules of review found, code and word."""
    review_note: str = Field(default="", max_length=500)
    """What the operator said of it."""
    revision: int = 1
    """Counts what was asked for, where ``version`` counts every change of the row."""
    version: int = 1
    created_at: datetime = Field(default_factory=now, index=True)
    updated_at: datetime = Field(default_factory=now)
    published_at: datetime | None = None
    closed_at: datetime | None = None
    warned_at: datetime | None = None
    """When the buyer was told that it will soon expire."""


@seen_by(lambda actor: col(DemandLine.demand_id).in_(select(col(Demand.id)).where(seen_demand(actor))))
class DemandLine(SQLModel, table=True):
    """One thing of a demand. A demand whose buyer wrote no lines has one, ``implied``: its title.

    A line that was taken out is kept, ``removed``: quotes refer to it.
    """

    __tablename__ = "demand_line"

    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id", index=True)
    position: int
    """From 1, in the order of the form."""
    name: str = Field(max_length=200)
    quantity: float | None = None
    unit: str = Field(default="", max_length=20)
    specs: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Property and value as words, ``{"材质": "304"}``, in the order written."""
    note: str = Field(default="", max_length=1000)
    implied: bool = False
    removed: bool = False


@seen_by(
    lambda actor: or_(
        col(DemandGuest.company_id).in_(actor.companies),
        col(DemandGuest.demand_id).in_(select(col(Demand.id)).where(own(actor))),
    )
)
class DemandGuest(SQLModel, table=True):
    """A firm that an invited demand is shown to."""

    __tablename__ = "demand_guest"

    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    company_id: UUID = Field(primary_key=True, foreign_key="company.id", index=True)
    created_at: datetime = Field(default_factory=now)
