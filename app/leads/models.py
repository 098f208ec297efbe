"""Leads, what happened to each, the scans that made them, and their photos."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel, col

from app.core.clock import now
from app.core.columns import code
from app.core.tenancy import seen_by
from app.leads.policy import teams_of


@seen_by(lambda actor: col(Lead.team_id).in_(teams_of(actor)))
class Lead(SQLModel, table=True):
    """A firm that a team may sell to: one row a firm and team, whoever scanned its gate.

    One that came from a demand whose buyer is not named stands for that demand alone, until the buyer is known.
    """

    __tablename__ = "lead"
    __table_args__ = (
        UniqueConstraint("team_id", "company_id"),
        UniqueConstraint("team_id", "demand_id"),
        Index("ix_lead_team_state_id", "team_id", "state", "id"),
        Index("ix_lead_next_at", "next_at"),
    )

    id: UUID = Field(primary_key=True)
    team_id: UUID = Field(foreign_key="company.id")
    """The selling firm: its seats are the team."""
    company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    demand_id: UUID | None = Field(default=None, foreign_key="demand.id", index=True)
    """The demand it came from first."""
    name: str = Field(max_length=200)
    """The firm's name, or the demand's title, when the lead was made."""
    division: str = Field(default="", max_length=6, sa_type=code(6))
    owner_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    """Who works on it; None until somebody takes it."""
    state: str = Field(default="todo", max_length=8)
    lost_reason: str = Field(default="", max_length=200)
    source: str = Field(max_length=10)
    """One of app.leads.policy.SOURCES: how the team came to it first."""
    occasion: str = Field(default="", max_length=100)
    """Where they met first: a fair, a visit."""
    next_step: str = Field(default="", max_length=200)
    next_at: datetime | None = None
    reminded_at: datetime | None = None
    """When the owner was reminded of the step above."""
    scans: int = 0
    scanned_at: datetime | None = None
    """The latest scan. This and the number stay when the scans themselves are deleted."""
    merged_into: UUID | None = Field(default=None, foreign_key="lead.id", index=True)
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


@seen_by(lambda actor: col(LeadEvent.team_id).in_(teams_of(actor)))
class LeadEvent(SQLModel, table=True):
    """One line of a lead's history. Never changed."""

    __tablename__ = "lead_event"

    id: UUID = Field(primary_key=True)
    lead_id: UUID = Field(foreign_key="lead.id", index=True)
    team_id: UUID = Field(foreign_key="company.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    """None where a program did it."""
    kind: str = Field(max_length=10)
    """made, demand, note, photo, move, step, owner, merge or unmerge."""
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    batch: UUID | None = Field(default=None, index=True)
    """What was done to many leads at once bears one id, by which it is undone."""
    at: datetime = Field(default_factory=now)


@seen_by(lambda actor: col(LeadScan.team_id).in_(teams_of(actor)))
class LeadScan(SQLModel, table=True):
    """A scan by a salesperson: when, where and on what occasion. Deleted after a set time (app.leads.keeping)."""

    __tablename__ = "lead_scan"
    # The device makes the second id: a scan sent again is known.
    __table_args__ = (UniqueConstraint("team_id", "client_id"),)

    id: UUID = Field(primary_key=True)
    team_id: UUID = Field(foreign_key="company.id")
    client_id: UUID
    lead_id: UUID = Field(foreign_key="lead.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    code: str = Field(max_length=10)
    occasion: str = Field(default="", max_length=100)
    place: str = Field(default="", max_length=100)
    lon: float | None = None
    lat: float | None = None
    at: datetime = Field(index=True)
    """When it was scanned, as the device says."""


@seen_by(lambda actor: col(LeadPhoto.team_id).in_(teams_of(actor)))
class LeadPhoto(SQLModel, table=True):
    """A photo of a lead; its bytes lie in the data folder, outside anything that is served."""

    __tablename__ = "lead_photo"

    id: UUID = Field(primary_key=True)
    lead_id: UUID = Field(foreign_key="lead.id", index=True)
    team_id: UUID = Field(foreign_key="company.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    caption: str = Field(default="", max_length=200)
    width: int
    height: int
    size: int
    placed: bool = False
    """Whether the picture still says where it was taken."""
    created_at: datetime = Field(default_factory=now)
