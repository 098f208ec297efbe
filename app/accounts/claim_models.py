"""Claims: a person says a registered company is theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text, or_
from sqlmodel import Field, SQLModel, col

from app.core.clock import now
from app.core.tenancy import operated, seen_by


@seen_by(lambda actor: or_(col(Claim.person_id) == actor.id, operated(col(Claim.division), actor)))
class Claim(SQLModel, table=True):
    """A claim and how it was decided. ``state`` moves as app.accounts.claim_policy says."""

    __tablename__ = "claim"

    id: UUID = Field(primary_key=True)
    company_id: UUID = Field(foreign_key="company.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    division: str = Field(default="", max_length=6, index=True)
    """Whose operators decide: the company's division."""
    method: str = Field(max_length=10)
    """domain (the e-mail address is of the firm's website), documents, or review (words alone)."""
    statement: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: str = Field(default="pending", max_length=10, index=True)
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decision: str = Field(default="", max_length=500)
    """What the operator says of it."""
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    decided_at: datetime | None = None


@seen_by(
    lambda actor: or_(col(ClaimDocument.person_id) == actor.id, operated(col(ClaimDocument.division), actor))
)
class ClaimDocument(SQLModel, table=True):
    """A file that supports a claim; its bytes lie in the data folder, outside anything that is served."""

    __tablename__ = "claim_document"

    id: UUID = Field(primary_key=True)
    claim_id: UUID = Field(foreign_key="claim.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")
    division: str = Field(default="", max_length=6)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=40)
    size: int
    sha256: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=now)
