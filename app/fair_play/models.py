"""Reports, and firms that block one another."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Text, or_
from sqlmodel import Field, SQLModel, col

from app.core.clock import now
from app.core.tenancy import operated, seen_by


@seen_by(
    lambda actor: or_(
        col(Report.reporter_id) == actor.id,
        operated(col(Report.division), actor),
        col(Report.company_id).in_(actor.companies) & col(Report.state).not_in(("pending", "dismissed")),
    )
)
class Report(SQLModel, table=True):
    """Somebody says that a demand, a quote or a firm is junk. The firm concerned sees what was decided against it."""

    __tablename__ = "report"

    id: UUID = Field(primary_key=True)
    subject: str = Field(max_length=10)
    subject_id: UUID = Field(index=True)
    title: str = Field(max_length=200)
    """What the thing is called, as it was when it was reported."""
    snapshot: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """A reported quote as it was: operators do not see quotes, and its firm may change it meanwhile."""
    company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    """The firm behind it; None where a person acts for none."""
    division: str = Field(default="", max_length=6)
    reason: str = Field(max_length=20)
    words: str = Field(default="", sa_column=Column(Text, nullable=False))
    reporter_id: UUID
    state: str = Field(default="pending", max_length=10, index=True)
    decided_by: UUID | None = None
    decision: str = Field(default="", sa_column=Column(Text, nullable=False))
    decided_at: datetime | None = None
    suspended_until: datetime | None = None
    hid: bool = False
    """Whether the decision took a demand out of sight."""
    appeal: str = Field(default="", sa_column=Column(Text, nullable=False))
    version: int = 1
    created_at: datetime = Field(default_factory=now)


@seen_by(lambda actor: col(Block.company_id).in_(actor.companies))
class Block(SQLModel, table=True):
    """A firm wants nothing to do with another. Who is blocked is not told."""

    __tablename__ = "block"

    company_id: UUID = Field(foreign_key="company.id", primary_key=True)
    blocked_id: UUID = Field(foreign_key="company.id", primary_key=True, index=True)
    note: str = Field(default="", max_length=200)
    created_at: datetime = Field(default_factory=now)
