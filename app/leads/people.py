"""Who may hold a team's leads, and what people are called."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.models import Person, Seat
from app.accounts.people import shown_name


def team_people(session: Session, team_id: UUID) -> dict[UUID, str]:
    """Names of those in a team who may hold leads, by id, in order of joining."""
    query = (
        select(Person)
        .join(Seat, col(Seat.person_id) == col(Person.id))
        .where(col(Seat.company_id) == team_id, col(Seat.role).in_(("owner", "manager", "sales")))
        .order_by(col(Seat.created_at), col(Person.id))
    )
    return {person.id: shown_name(person) for person in session.scalars(query)}


def names_of(session: Session, people: list[UUID | None]) -> dict[UUID | None, str]:
    """What people are called, by id; those the actor may not see any more are left out."""
    wanted = {person for person in people if person}
    if not wanted:
        return {}
    found = session.scalars(select(Person).where(col(Person.id).in_(wanted)))
    return {person.id: shown_name(person) for person in found}
