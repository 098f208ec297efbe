"""People and what they may do: seats, operator roles, API keys, invitations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Column, ColumnElement, UniqueConstraint, or_, select
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import operated, seen_by


def _own_person(actor: Actor) -> ColumnElement[bool]:
    colleagues = select(col(Seat.person_id)).where(col(Seat.company_id).in_(actor.companies))
    return or_(col(Person.id) == actor.id, col(Person.id).in_(colleagues))


@seen_by(_own_person)
class Person(SQLModel, table=True):
    """Somebody who can sign in, by e-mail or phone: at least one is known, and each is one person's alone."""

    __tablename__ = "person"

    id: UUID = Field(primary_key=True)
    name: str = Field(default="", max_length=50)
    email: str | None = Field(default=None, max_length=254, unique=True)
    phone: str | None = Field(default=None, max_length=20, unique=True)
    password_hash: str = Field(default="", max_length=200)
    """Argon2id in PHC form; empty while no password was set."""
    status: str = Field(default="active", max_length=10)
    """``active`` or ``disabled``."""
    demo: bool = False
    """A fictional account of the demo world, entered with one tap and without a password."""
    created_at: datetime = Field(default_factory=now)


@seen_by(lambda actor: or_(col(Seat.person_id) == actor.id, col(Seat.company_id).in_(actor.companies)))
class Seat(SQLModel, table=True):
    """A person's place in a company; ``role`` is one of app.core.actor.SEAT_ROLES."""

    __tablename__ = "seat"

    company_id: UUID = Field(foreign_key="company.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    role: str = Field(max_length=10)
    created_at: datetime = Field(default_factory=now)


@seen_by(
    lambda actor: or_(col(Operator.person_id) == actor.id, operated(col(Operator.division), actor)),
)
class Operator(SQLModel, table=True):
    """A person who runs the platform in a division and everything below it."""

    __tablename__ = "operator"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    division: str = Field(primary_key=True, max_length=6)
    """Adcode; 100000 is the whole country."""
    created_at: datetime = Field(default_factory=now)


@seen_by(
    lambda actor: or_(
        col(ApiKey.company_id).in_(actor.companies),
        col(ApiKey.company_id).is_(None) & operated(col(ApiKey.division), actor),
    )
)
class ApiKey(SQLModel, table=True):
    """A key for programs. It belongs to a company or to a division's operators, so it outlives who made it."""

    __tablename__ = "api_key"

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=60)
    company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    division: str = Field(default="", max_length=6)
    scopes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    hint: str = Field(max_length=16)
    """The first characters, by which people tell keys apart."""
    token_hash: str = Field(max_length=64, unique=True)
    previous_hash: str | None = Field(default=None, max_length=64, unique=True)
    """The key before the last rotation, good until ``previous_until``."""
    previous_until: datetime | None = None
    created_by: UUID | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@seen_by(lambda actor: col(Invitation.company_id).in_(actor.companies))
class Invitation(SQLModel, table=True):
    """A seat offered to whoever signs in with ``contact``. ``hands_over`` makes the inviting owner a manager then."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("company_id", "contact"),)

    id: UUID = Field(primary_key=True)
    company_id: UUID = Field(foreign_key="company.id", index=True)
    contact: str = Field(max_length=254, index=True)
    """E-mail address or phone number, in normal form."""
    role: str = Field(max_length=10)
    hands_over: bool = False
    invited_by: UUID = Field(foreign_key="person.id")
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
