"""Sessions: begun by signing in, carried by a cookie, listed to their person and ended one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.accounts.models import Person
from app.accounts.sign_in_models import LoginSession
from app.accounts.tokens import digest, new_token
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.text import printable

LASTS = timedelta(days=30)
"""After that a person signs in again, however busy the session was."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where a request comes from, as people recognise it."""

    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A session just begun; ``token`` is known now and never again."""

    token: str
    session_id: UUID
    person: Person


def begin_session(session: Session, *, person: Person, method: str, device: Device) -> Begun:
    """Sign a person in on a device."""
    moment = now()
    session.execute(delete(LoginSession).where(col(LoginSession.expires_at) <= moment))
    token = new_token()
    begun = LoginSession(
        id=new_id(),
        person_id=person.id,
        token_hash=digest(token),
        method=method,
        user_agent=printable(device.user_agent, 200),
        address=printable(device.address, 64),
        expires_at=moment + LASTS,
    )
    session.add(begun)
    session.flush()
    return Begun(token, begun.id, person)


def list_sessions(session: Session, *, person_id: UUID) -> list[LoginSession]:
    """A person's sessions, the last used first."""
    query = (
        select(LoginSession)
        .where(col(LoginSession.person_id) == person_id, col(LoginSession.expires_at) > now())
        .order_by(col(LoginSession.last_seen_at).desc(), col(LoginSession.id).desc())
    )
    return list(session.scalars(query))


def end_session(session: Session, *, person_id: UUID, session_id: UUID) -> None:
    """Sign a device out. Raises NotFound."""
    held = session.get(LoginSession, session_id)
    if held is None or held.person_id != person_id:
        raise NotFound("没有这个登录会话，可能已经退出", code="session_not_found")
    session.delete(held)


def end_other_sessions(session: Session, *, person_id: UUID, kept: UUID | None) -> None:
    """Sign all other devices out."""
    query = delete(LoginSession).where(col(LoginSession.person_id) == person_id)
    session.execute(query.where(col(LoginSession.id) != kept) if kept else query)
