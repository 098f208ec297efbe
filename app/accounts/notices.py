"""Telling of seats: who joined, whose role changed, who left, who claims the company and whose it is now."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.models import Person, Seat
from app.accounts.people import shown_name
from app.accounts.reach import seats_of
from app.core.ids import new_id
from app.core.tenancy import across_tenants, actor_of
from app.notify.service import tell
from app.registry.service import get_company


def tell_claimed(session: Session, company_id: UUID, person_id: UUID) -> None:
    """Tell the company's owners and managers, if it has any, that somebody says it is theirs."""
    _tell(session, company_id, person_id, "company.claimed")


def tell_taken(session: Session, seat: Seat) -> None:
    """Tell the company's owners and managers that somebody has a seat now; whoever took it knows."""
    _tell(session, seat.company_id, seat.person_id, "seat.taken", without=seat.person_id, role=seat.role)


def tell_claimed_by_domain(session: Session, seat: Seat, *, division: str) -> None:
    """Tell the company's managers, who had no owner, that it has one now; where there are none, the operators of the place."""
    if any(person != seat.person_id for person, _firm in seats_of(session, [seat.company_id], ["manager"])):
        tell_handed_over(session, seat, ())
        return
    tell(
        session,
        division=division,
        kind="claim.by_domain",
        about=f"/companies/{seat.company_id}",
        data={
            "company": get_company(session, seat.company_id).name,
            "person": _named(session, seat.person_id),
        },
        key=f"claim.by_domain {new_id()}",
    )


def tell_changed(session: Session, seat: Seat, before: str) -> None:
    """Tell whom it concerns, and the owners and managers, that a seat has another role."""
    if seat.role != before:
        people = [seat.person_id]
        _tell(session, seat.company_id, seat.person_id, "seat.changed", people, role=seat.role, before=before)


def tell_removed(session: Session, seat: Seat) -> None:
    """Tell who had the seat, and the owners and managers, that it is gone."""
    _tell(session, seat.company_id, seat.person_id, "seat.removed", [seat.person_id], role=seat.role)


def tell_handed_over(session: Session, seat: Seat, former: Collection[UUID]) -> None:
    """Tell owners, managers and ``former`` owners whose the company is now."""
    _tell(session, seat.company_id, seat.person_id, "company.handed_over", former, without=seat.person_id)


def _tell(
    session: Session,
    company_id: UUID,
    person_id: UUID,
    kind: str,
    people: Collection[UUID] = (),
    *,
    without: UUID | None = None,
    **data: str,
) -> None:
    tell(
        session,
        people=people,
        companies=[company_id],
        kind=kind,
        about=f"/companies/{company_id}" + ("" if kind == "seat.removed" else "/team"),
        data={"company": get_company(session, company_id).name, "person": _named(session, person_id), **data},
        key=f"{kind} {new_id()}",  # Each change is told; a seat has no count of them.
        without=without or actor_of(session).id,
    )


def _named(session: Session, person_id: UUID) -> str:
    query = select(Person).where(col(Person.id) == person_id)
    return shown_name(session.scalars(across_tenants(query, "a company knows its members by name")).one())
