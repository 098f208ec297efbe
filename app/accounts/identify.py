"""From a cookie or an API key to the actor behind it. Runs as the program itself: nobody is known yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from app.accounts.models import ApiKey, Operator, Person, Seat
from app.accounts.people import shown_name
from app.accounts.sign_in_models import LoginSession
from app.accounts.tokens import digest
from app.core.actor import Actor, SeatRole
from app.core.clock import now

NOTED_EVERY = timedelta(minutes=5)
"""How exact "last used" is: a write for every request would make readers wait for the one writer."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Who asks, and whether it is time to note that the session or key was used."""

    actor: Actor
    stale: bool


def person_actor(session: Session, person: Person, *, session_id: UUID | None = None) -> Actor:
    """The actor that a person is."""
    seats = session.execute(
        select(col(Seat.company_id), col(Seat.role)).where(col(Seat.person_id) == person.id)
    ).all()
    divisions = session.scalars(select(col(Operator.division)).where(col(Operator.person_id) == person.id))
    return Actor(
        "person",
        person.id,
        shown_name(person),
        seats={company: cast(SeatRole, role) for company, role in seats},
        divisions=tuple(sorted(divisions)),
        session_id=session_id,
    )


def by_session(session: Session, token: str) -> Identified | None:
    """Who is signed in with this cookie; None when it is no longer good."""
    moment = now()
    query = (
        select(LoginSession, Person)
        .join(Person, col(Person.id) == col(LoginSession.person_id))
        .where(col(LoginSession.token_hash) == digest(token))
    )
    found = session.execute(query).one_or_none()
    if found is None or found[0].expires_at <= moment or found[1].status != "active":
        return None
    held, person = found
    actor = person_actor(session, person, session_id=held.id)
    return Identified(actor, held.last_seen_at < moment - NOTED_EVERY)


def by_api_key(session: Session, token: str) -> Identified | None:
    """Who uses this API key: an owner of its company, or an operator of its division, limited to its scopes."""
    moment, hashed = now(), digest(token)
    query = select(ApiKey).where(or_(col(ApiKey.token_hash) == hashed, col(ApiKey.previous_hash) == hashed))
    key = session.scalars(query).one_or_none()
    if key is None or not usable(key, hashed, moment):
        return None
    actor = Actor(
        "key",
        key.id,
        key.name,
        seats={key.company_id: "owner"} if key.company_id else {},
        divisions=(key.division,) if key.division else (),
        scopes=frozenset(key.scopes),
    )
    return Identified(actor, key.last_used_at is None or key.last_used_at < moment - NOTED_EVERY)


def usable(key: ApiKey, hashed: str, moment: datetime) -> bool:
    """Whether a key opens anything at this moment, by its present token or the one before."""
    if key.revoked_at or (key.expires_at and key.expires_at <= moment):
        return False
    return key.token_hash == hashed or bool(key.previous_until and key.previous_until > moment)


def note_use(session: Session, actor: Actor) -> None:
    """Note that a session or key was used just now."""
    if actor.kind == "key":
        session.execute(update(ApiKey).where(col(ApiKey.id) == actor.id).values(last_used_at=now()))
    elif actor.session_id:
        query = update(LoginSession).where(col(LoginSession.id) == actor.session_id)
        session.execute(query.values(last_seen_at=now()))
