"""What is kept beside a demand: its revisions, its files, and the templates made of it; and forms of those who have yet to sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ColumnElement, false, or_, select
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import seen_by
from app.demands.models import Demand, seen_demand


def _with_demand(column: Any) -> Any:
    return lambda actor: column().in_(select(col(Demand.id)).where(seen_demand(actor)))


@seen_by(_with_demand(lambda: col(DemandRevision.demand_id)))
class DemandRevision(SQLModel, table=True):
    """What a demand asked for, as of one revision; the newest is what stands."""

    __tablename__ = "demand_revision"

    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    number: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    made_by: UUID | None = None
    made_at: datetime = Field(default_factory=now)


@seen_by(_with_demand(lambda: col(DemandFile.demand_id)))
class DemandFile(SQLModel, table=True):
    """A file that goes with a demand; its bytes lie in the data folder, outside anything that is served."""

    __tablename__ = "demand_file"

    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id", index=True)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)
    scanned_by: str = Field(max_length=40)
    """Which scanner let it pass."""
    uploaded_by: UUID | None = None
    created_at: datetime = Field(default_factory=now)


def _own_template(actor: Actor) -> ColumnElement[bool]:
    ours: ColumnElement[bool] = col(DemandTemplate.company_id).in_(actor.companies)
    if actor.id:
        ours = or_(ours, col(DemandTemplate.company_id).is_(None) & (col(DemandTemplate.made_by) == actor.id))
    return ours


@seen_by(_own_template)
class DemandTemplate(SQLModel, table=True):
    """A demand to begin others from: a firm's, or its maker's who has none."""

    __tablename__ = "demand_template"

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=100)
    company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    made_by: UUID | None = Field(default=None, index=True)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
    deleted_at: datetime | None = None
    """When it was deleted, which can be undone for a while."""


def _nobody(actor: Actor) -> ColumnElement[bool]:  # noqa: ARG001
    """What a stranger typed is given out to nobody but who holds its token."""
    return false()


@seen_by(_nobody)
class KeptForm(SQLModel, table=True):
    """The posting form as somebody filled it in before signing in. Only the digest of its token is kept."""

    __tablename__ = "kept_form"

    token_hash: str = Field(primary_key=True, max_length=64)
    content: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
    """Names and values as they were sent, in order."""
    expires_at: datetime = Field(index=True)
