"""The company table: one row a unified social credit code."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Numeric, Text
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.columns import code
from app.core.tenancy import seen_by_all

STATUSES = ("active", "suspended", "revoked", "deregistered")
VERIFICATIONS = ("unverified", "claimed", "verified")


@seen_by_all("the register is public")
class Company(SQLModel, table=True):
    """A registered firm. ``provenance`` says of every derived field how it was derived and how surely."""

    __tablename__ = "company"

    id: UUID = Field(primary_key=True)
    uscc: str = Field(max_length=18, sa_type=code(18), unique=True)
    name: str = Field(max_length=200, index=True)
    aliases: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    type: str = Field(default="", max_length=100)
    registered_on: date | None = None
    capital_raw: str = Field(default="", max_length=100)
    capital_cny: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    city: str = Field(default="", max_length=50)
    district: str = Field(default="", max_length=50)
    adcode: str = Field(default="", max_length=6, sa_type=code(6), index=True)
    lon: float | None = None
    lat: float | None = None
    address: str = Field(default="", max_length=500)
    industry_code: str = Field(default="", max_length=4, sa_type=code(4), index=True)
    business_scope: str = Field(default="", sa_column=Column(Text, nullable=False))
    size_class: str = Field(default="unknown", max_length=20)
    status: str = Field(default="active", max_length=20)
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    verification: str = Field(default="unverified", max_length=20)
    website: str = Field(default="", max_length=300)
    employees: int | None = None
    contact_name: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    phone: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    email: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    contact_visibility: str = Field(
        default="members", max_length=10, sa_column_kwargs={"server_default": "members"}
    )
    """Who sees the three above; app.registry.contacts decides."""
    provenance: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    content_hash: str = Field(default="", max_length=64)
    """Digest of what an import said, so that the same row again changes nothing."""
    version: int = 1
    """Grows with every change of the company or of its listings; it is also the version that is indexed."""
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now, index=True)
