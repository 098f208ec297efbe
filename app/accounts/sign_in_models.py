"""What signing in leaves behind: sessions, one-time codes, counted attempts, desktops that wait for a phone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import seen_by


def _nobody(actor: Actor) -> ColumnElement[bool]:  # noqa: ARG001
    """Secrets of signing in: read only by statements that say why they go across tenants."""
    return false()


@seen_by(lambda actor: col(LoginSession.person_id) == actor.id)
class LoginSession(SQLModel, table=True):
    """A browser that is signed in. Only the digest of its token is kept."""

    __tablename__ = "login_session"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    method: str = Field(max_length=10)
    """How it began: password, code, scan, demo."""
    user_agent: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=64)
    created_at: datetime = Field(default_factory=now)
    last_seen_at: datetime = Field(default_factory=now)
    expires_at: datetime = Field(index=True)


@seen_by(_nobody)
class OneTimeCode(SQLModel, table=True):
    """The newest code sent to a contact; it is spent by use, by wrong tries, or by time."""

    __tablename__ = "one_time_code"

    contact: str = Field(primary_key=True, max_length=254)
    salt: str = Field(max_length=32)
    code_hash: str = Field(max_length=64)
    tries: int = 0
    expires_at: datetime = Field(index=True)


@seen_by(_nobody)
class Attempts(SQLModel, table=True):
    """How often something was tried in the present window: signing in to an account, from an address, asking for codes."""

    __tablename__ = "attempts"

    key: str = Field(primary_key=True, max_length=64)
    """Digest of what is counted."""
    count: int
    until: datetime = Field(index=True)
    """When the window ends and counting begins anew."""


@seen_by(_nobody)
class DesktopSignIn(SQLModel, table=True):
    """A desktop browser that shows a QR code and waits for a signed-in phone."""

    __tablename__ = "desktop_sign_in"

    id: UUID = Field(primary_key=True)
    scan_hash: str = Field(max_length=64, unique=True)
    """Digest of the token in the QR code."""
    browser_hash: str = Field(max_length=64, unique=True)
    """Digest of the token that only the waiting browser has."""
    state: str = Field(default="waiting", max_length=10)
    digits: str = Field(max_length=2)
    """Shown on both screens, so that a person sees it is the same sign-in."""
    user_agent: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=64)
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime = Field(index=True)
