"""What matching remembers: lists it showed, what came of them, and whom it told."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Index, LargeBinary, false
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor, SeatRole
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
    sort: str = Field(default="score", max_length=8, sa_column_kwargs={"server_default": "score"})
    """``score``: best first; ``distance``: the best, nearest first."""
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


TOLD_SEATS: tuple[SeatRole, ...] = ("owner", "manager", "sales")
"""Seats that are told of demands that suit their firm."""


def _told(actor: Actor) -> ColumnElement[bool]:
    firms = [company for company, role in actor.seats.items() if role in TOLD_SEATS]
    return col(Alert.company_id).in_(firms)


@seen_by(_told)
class Alert(SQLModel, table=True):
    """A firm and a demand that somebody has been told of, at once or in a digest; never twice."""

    __tablename__ = "alert"

    __table_args__ = (Index("ix_alert_company_created", "company_id", "created_at"),)

    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    company_id: UUID = Field(primary_key=True, foreign_key="company.id")
    cause: str = Field(max_length=8)
    """What changed: the ``demand``, or the ``supplier``; or ``digest``: nothing did, the day's list told of it."""
    score: float
    reason: str = Field(default="", max_length=200)
    """Why, in Chinese, as they were told."""
    created_at: datetime = Field(default_factory=now, index=True)


@seen_by(_program)
class DigestDay(SQLModel, table=True):
    """The day on which open demands were last looked through for a selling firm (app.leads.digest)."""

    __tablename__ = "digest_day"

    company_id: UUID = Field(primary_key=True, foreign_key="company.id")
    day: date
