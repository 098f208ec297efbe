"""Enterprise codes, what happened to each, and the keys they are signed with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, or_, text
from sqlmodel import Field, SQLModel, col

from app.codes.policy import LIVE
from app.core.clock import now
from app.core.tenancy import seen_by, seen_by_all

_STATES = ", ".join(f"'{state}'" for state in LIVE)
_ONE_LIVE = text(f"kind = 'company' AND state IN ({_STATES})")


@seen_by_all("codes are printed to be scanned by anybody")
class EnterpriseCode(SQLModel, table=True):
    """A code bound to one company; one of kind product, machine or branch stands under the firm's own (``parent``)."""

    __tablename__ = "enterprise_code"
    __table_args__ = (
        Index(
            "uq_enterprise_code_live_company",
            "company_id",
            unique=True,
            sqlite_where=_ONE_LIVE,
            postgresql_where=_ONE_LIVE,
        ),
    )

    code: str = Field(primary_key=True, max_length=10)
    company_id: UUID = Field(foreign_key="company.id", index=True)
    kind: str = Field(default="company", max_length=10)
    parent: str | None = Field(default=None, foreign_key="enterprise_code.code", max_length=10, index=True)
    label: str = Field(default="", max_length=120)
    """What a sub-code stands on: the product, the machine, the branch."""
    listing_id: UUID | None = None
    """The listing a sub-code stands on. No foreign key: a draft may be drafted anew, and a code outlives it."""
    gs1_path: str | None = Field(default=None, max_length=255, unique=True)
    """The GS1 Digital Link path that means the same thing, as "417/6901234567892"; None when there is none."""
    handle: str | None = Field(default=None, max_length=120, unique=True)
    """The identifier prefix/suffix (标识解析) that the firm registered itself; every code has the platform's own too."""
    links: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Links the firm states: link type, address, title, language, media type."""
    state: str = Field(default="issued", max_length=10)
    replaced_by: str | None = Field(default=None, foreign_key="enterprise_code.code", max_length=10)
    kid: str = Field(max_length=12)
    signature: str = Field(max_length=86)
    """Ed25519, base64url without padding; kept, so that printing again needs no private key."""
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class CodeEvent(SQLModel, table=True):
    """One line of a code's history: who moved it, when, from where to where and why. Never changed."""

    __tablename__ = "enterprise_code_event"

    id: UUID = Field(primary_key=True)
    code: str = Field(foreign_key="enterprise_code.code", max_length=10, index=True)
    at: datetime = Field(default_factory=now)
    actor: str = Field(max_length=120)
    action: str = Field(max_length=10)
    from_state: str = Field(default="", max_length=10)
    to_state: str = Field(max_length=10)
    reason: str = Field(default="", max_length=500)


class SigningKey(SQLModel, table=True):
    """A public key that codes are signed with; its private half lies in the keys folder, never in the database."""

    __tablename__ = "code_signing_key"

    kid: str = Field(primary_key=True, max_length=12)
    public: str = Field(max_length=43)
    """The 32 raw bytes, base64url without padding, as ``x`` of a JWK."""
    created_at: datetime = Field(default_factory=now)
    retired_at: datetime | None = None
    """When another key took over signing; codes it signed keep verifying."""


@seen_by(lambda actor: col(CodeScanDay.company_id).in_(actor.companies))
class CodeScanDay(SQLModel, table=True):
    """How often a firm's codes were scanned on a day, by a kind of viewer from a division. No scan is kept by itself."""

    __tablename__ = "enterprise_code_scans"

    company_id: UUID = Field(foreign_key="company.id", primary_key=True)
    day: date = Field(primary_key=True)
    """In China."""
    viewer: str = Field(max_length=10, primary_key=True)
    """One of app.codes.statistics.VIEWERS."""
    division: str = Field(default="", max_length=6, primary_key=True)
    """The city of the viewer's firm; "" where nobody is known."""
    count: int = 0


@seen_by(
    lambda actor: or_(
        col(CallingCard.company_id).in_(actor.companies), col(CallingCard.person_id) == actor.id
    )
)
class CallingCard(SQLModel, table=True):
    """Somebody who scanned a firm's code and wants the firm to know; taken back, it is deleted."""

    __tablename__ = "calling_card"

    company_id: UUID = Field(foreign_key="company.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    name: str = Field(max_length=50)
    firm: str = Field(default="", max_length=200)
    at: datetime = Field(default_factory=now)
