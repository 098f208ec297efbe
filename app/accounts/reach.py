"""Whom a message to a company or to a division's operators reaches; for the program, whoever's act it tells of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.models import Operator, Person, Seat
from app.core.actor import Actor, SeatRole
from app.core.tenancy import across_tenants


def seats_of(
    session: Session, companies: Iterable[UUID], roles: Collection[SeatRole]
) -> list[tuple[UUID, UUID]]:
    """(person, company) of everybody with one of these roles there."""
    query = select(col(Seat.person_id), col(Seat.company_id)).where(
        col(Seat.company_id).in_(list(companies)), col(Seat.role).in_(list(roles))
    )
    rows = session.execute(across_tenants(query, "whoever acts may tell a company of it")).all()
    return [(person, company) for person, company in rows]


def operators_of(session: Session, adcode: str) -> list[UUID]:
    """Everybody who runs the platform in a division; all operators for "", which is no place."""
    query = select(col(Operator.person_id), col(Operator.division))
    rows = session.execute(across_tenants(query, "operators are told of what waits for them")).all()
    return sorted({person for person, held in rows if operates(held, adcode)})


def operates(held: str, adcode: str) -> bool:
    """Whether operators of the division ``held`` take care of ``adcode``."""
    return Actor("person", divisions=(held,)).operates(adcode)


def active_people(session: Session, people: Collection[UUID]) -> dict[UUID, Person]:
    """Those of these people who can sign in, by id."""
    query = select(Person).where(col(Person.id).in_(list(people)), col(Person.status) == "active")
    found = session.scalars(across_tenants(query, "whoever is told is not shown to whoever tells"))
    return {person.id: person for person in found}
