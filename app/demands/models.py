"""The demand table: what a buyer asked for, and what was understood."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from app.core.clock import now


class Demand(SQLModel, table=True):
    """A posted demand. ``need`` is the understood need as JSON; ``corrections`` are the buyer's changes to it."""

    __tablename__ = "demand"

    id: UUID = Field(primary_key=True)
    title: str = Field(max_length=200)
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    buyer: str = Field(default="", max_length=200)
    city: str = Field(default="", max_length=50)
    district: str = Field(default="", max_length=50)
    adcode: str = Field(default="", max_length=6)
    kind: str = Field(default="", max_length=20)
    state: str = Field(default="draft", max_length=12, index=True)
    need: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    corrections: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    version: int = 1
    created_at: datetime = Field(default_factory=now, index=True)
    updated_at: datetime = Field(default_factory=now)
    closed_at: datetime | None = None
