"""The listing table: what a firm offers, one production factor a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, Text
from sqlalchemy import text as sql_text
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.tenancy import seen_by_all

STATUSES = ("draft", "published", "dismissed", "withdrawn", "superseded")
"""draft: read from the business scope, not confirmed; published: stated by the firm; dismissed: a draft the firm
refused, kept so that the scope does not bring it back; withdrawn: no longer offered; superseded: a draft of
what the firm stated itself, or withdrew, under the same kind and title."""

PARTS = ("role", "summary", "fields")
"""What a row of a sheet says of a listing, beside the kind and title it is known by."""

INDEXED_STATUSES = ("draft", "published")


@seen_by_all("the catalogue is public, drafts included")
class Listing(SQLModel, table=True):
    """One thing a firm offers. ``fields`` holds what the kind's declaration asks for."""

    __tablename__ = "listing"

    __table_args__ = (Index("ix_listing_kind_id", "kind", "id"),)

    id: UUID = Field(primary_key=True)
    company_id: UUID = Field(foreign_key="company.id", index=True)
    kind: str = Field(max_length=20)
    role: str = Field(default="make", max_length=10)
    title: str = Field(max_length=120)
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    status: str = Field(default="published", max_length=12)
    source: str = Field(default="firm", max_length=10)
    """``firm`` when stated by the firm, ``scope`` when drafted from its registered business scope."""
    clause: str = Field(default="", max_length=500)
    """The words of the business scope a draft was read from."""
    confidence: float | None = None
    """How surely a draft was read, 0 to 1; None when the firm stated it."""
    content_hash: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    """Digest of the row a sheet last said it with, so that the same row again changes nothing."""
    by_hand: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default=sql_text("'[]'"))
    )
    """Which of ``PARTS`` were stated on a page or through the API; a sheet does not overwrite them."""
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
