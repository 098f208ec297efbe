"""What matching remembers: lists it showed, what came of them, and whom it told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Index, LargeBinary, false
from sqlmodel import Field, SQLModel

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import seen_by


def _program(_actor: Actor) -> ColumnElement[bool]:
    """Nobody's but the program's: it learns from them, and shows them to no one."""
    return false()


@seen_by(_program)
class Impression(SQLModel, table=True):
    """One ranked list as somebody was shown it; ``shown`` packs its rows (app.matches.impressions)."""

    __tablename__ = "impression"

    __table_args__ = (Index("ix_impression_side_subject", "side", "subject_id"),)

    id: UUID = Field(primary_key=True)
    shown_at: datetime = Field(default_factory=now, index=True)
    side: str = Field(max_length=8)
    """``buyer``: firms for a demand; ``supplier``: demands for a firm."""
    subject_id: UUID
    """The demand, or the firm."""
    model: str = Field(max_length=60)
    """The ranking model, with its version."""
    shown: bytes = Field(sa_type=LargeBinary)


@seen_by(_program)
class Outcome(SQLModel, table=True):
    """What came of a demand and a firm. A pair may have several: quoted, then won."""

    __tablename__ = "match_outcome"

    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    company_id: UUID = Field(primary_key=True, foreign_key="company.id")
    outcome: str = Field(primary_key=True, max_length=8)
    reason: str = Field(default="", max_length=200)
    recorded_at: datetime = Field(default_factory=now)


@seen_by(_program)
class AlertDue(SQLModel, table=True):
    """A firm or a demand that changed, was indexed, and has yet to meet the other side."""

    __tablename__ = "alert_due"

    subject: str = Field(primary_key=True, max_length=8)
    key: str = Field(primary_key=True, max_length=36)
    changed_at: datetime = Field(default_factory=now, index=True)


@seen_by(_program)
class Alert(SQLModel, table=True):
    """A firm and a demand that somebody has been told of; never twice."""

    __tablename__ = "alert"

    __table_args__ = (Index("ix_alert_company_created", "company_id", "created_at"),)

    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    company_id: UUID = Field(primary_key=True, foreign_key="company.id")
    cause: str = Field(max_length=8)
    """What changed: the ``demand``, or the ``supplier``."""
    score: float
    created_at: datetime = Field(default_factory=now, index=True)
