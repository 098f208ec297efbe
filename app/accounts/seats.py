"""Seats in companies: offered to a contact, taken or declined by whoever has it, changed, left, handed over.

A company that has seats always keeps an owner: the last one can only hand over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from app.accounts.contacts import Contact
from app.accounts.models import Invitation, Person, Seat
from app.accounts.notices import tell_changed, tell_handed_over, tell_removed, tell_taken
from app.accounts.people import contacts_of, find_person, get_person
from app.accounts.policy import Action, require, require_person
from app.core.actor import SeatRole
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.ids import new_id
from app.core.locks import lock_name
from app.core.tenancy import across_tenants
from app.notify.service import tell
from app.registry.service import get_company

LASTS = timedelta(days=14)
"""For so long an invitation waits."""


@dataclass(frozen=True, slots=True)
class Member:
    """A seat with who sits there."""

    seat: Seat
    person: Person


def list_members(session: Session, company_id: UUID) -> list[Member]:
    """Who has a seat in a company, in order of joining. Raises Forbidden."""
    require(session, "seat.see", company_id=company_id)
    query = (
        select(Seat, Person)
        .join(Person, col(Person.id) == col(Seat.person_id))
        .where(col(Seat.company_id) == company_id)
        .order_by(col(Seat.created_at), col(Seat.person_id))
    )
    return [Member(seat, person) for seat, person in session.execute(query)]


def list_invitations(session: Session, company_id: UUID) -> list[Invitation]:
    """Offers of a company that wait to be taken. Raises Forbidden."""
    require(session, "seat.see", company_id=company_id)
    query = select(Invitation).where(
        col(Invitation.company_id) == company_id, col(Invitation.expires_at) > now()
    )
    return list(session.scalars(query.order_by(col(Invitation.id))))


def waiting_offer(
    session: Session, *, company_id: UUID, contact: Contact, role: SeatRole
) -> Invitation | None:
    """The offer of this very seat that its contact can still take, if there is one. Raises Forbidden."""
    require(session, "seat.see", company_id=company_id)
    offered = session.scalars(
        select(Invitation).where(
            col(Invitation.company_id) == company_id,
            col(Invitation.contact) == contact.value,
            col(Invitation.role) == role,
            col(Invitation.expires_at) > now(),
        )
    ).one_or_none()
    if offered and _still_may_offer(_seat(session, company_id, offered.invited_by), offered):
        return offered
    return None


def invite(
    session: Session, *, company_id: UUID, contact: Contact, role: SeatRole, hands_over: bool = False
) -> Invitation:
    """Offer a seat; a new offer to the same contact replaces the one before.

    Managers fill seats below their own. ``hands_over`` offers the inviting owner's own place. Raises Forbidden, Conflict.
    """
    inviter = _require_manager(
        session, company_id, "company.hand_over" if hands_over else "seat.manage", role
    )
    known = find_person(session, contact)
    if known and (held := _seat(session, company_id, known.id)) and not (hands_over and held.role != "owner"):
        raise _has_seat()
    offered = Invitation(
        id=new_id(),
        company_id=company_id,
        contact=contact.value,
        role="owner" if hands_over else role,
        hands_over=hands_over,
        invited_by=inviter,
        expires_at=now() + LASTS,
    )
    session.execute(
        delete(Invitation).where(
            col(Invitation.company_id) == company_id, col(Invitation.contact) == contact.value
        )
    )
    session.add(offered)
    session.flush()
    if known:
        # In the inbox; the e-mail or SMS goes to the contact, known or not (app.accounts.delivery).
        said = {"company": get_company(session, company_id).name, "until": f"{offered.expires_at:%Y-%m-%d}"}
        tell(
            session,
            people=[known.id],
            kind="seat.offered",
            about="/account",
            data=said,
            key=f"seat {offered.id}",
        )
    return offered


def withdraw_invitation(session: Session, *, company_id: UUID, invitation_id: UUID) -> None:
    """Take an offer back. Raises NotFound, Forbidden."""
    offered = session.get(Invitation, invitation_id)
    if offered is None or offered.company_id != company_id:
        raise _no_invitation()
    _require_manager(session, company_id, "seat.manage", cast(SeatRole, offered.role))
    session.delete(offered)


def my_invitations(session: Session) -> list[Invitation]:
    """Seats offered to the person who asks."""
    person = get_person(session, require_person(session))
    query = select(Invitation).where(
        col(Invitation.contact).in_(contacts_of(person)), col(Invitation.expires_at) > now()
    )
    return list(
        session.scalars(across_tenants(query.order_by(col(Invitation.id)), "the invited is no member yet"))
    )


def accept_invitation(session: Session, invitation_id: UUID) -> Seat:
    """Take the seat offered. Raises NotFound when it is not offered to the person who asks, or no longer; Conflict."""
    person_id, offered = _offered_to_me(session, invitation_id)
    lock_seats(session, offered.company_id)
    giver = _seat(session, offered.company_id, offered.invited_by)
    if not _still_may_offer(giver, offered):
        raise Conflict("邀请人已不在该企业担任相应角色，请联系企业重新邀请", code="invitation_void")
    held = _seat(session, offered.company_id, person_id)
    if held and not offered.hands_over:
        raise _has_seat()
    seat = held or Seat(company_id=offered.company_id, person_id=person_id, role=offered.role)
    seat.role = offered.role
    session.add(seat)
    former: list[UUID] = []
    if offered.hands_over and giver and giver.person_id != person_id:
        giver.role = "manager"
        session.add(giver)
        former = [giver.person_id]
    session.delete(offered)
    session.flush()
    if offered.hands_over:
        tell_handed_over(session, seat, former)
    else:
        tell_taken(session, seat)
    return seat


def decline_invitation(session: Session, invitation_id: UUID) -> None:
    """Decline a seat. Raises NotFound."""
    session.delete(_offered_to_me(session, invitation_id)[1])


def change_role(session: Session, *, company_id: UUID, person_id: UUID, role: SeatRole) -> Seat:
    """Give somebody another role. Raises NotFound, Forbidden, and Conflict for the last owner."""
    lock_seats(session, company_id)
    seat = _held_seat(session, company_id, person_id)
    _require_manager(session, company_id, "seat.manage", role, cast(SeatRole, seat.role))
    if seat.role == "owner" and role != "owner":
        _require_another_owner(session, company_id)
    before, seat.role = seat.role, role
    session.add(seat)
    session.flush()
    tell_changed(session, seat, before)
    return seat


def remove_member(session: Session, *, company_id: UUID, person_id: UUID) -> None:
    """Take somebody's seat away, or leave one's own. Raises NotFound, Forbidden, and Conflict for the last owner."""
    lock_seats(session, company_id)
    seat = _held_seat(session, company_id, person_id)
    if require_person(session) != person_id:
        _require_manager(session, company_id, "seat.manage", cast(SeatRole, seat.role))
    if seat.role == "owner":
        _require_another_owner(session, company_id)
    session.delete(seat)
    session.flush()
    tell_removed(session, seat)


def owners(session: Session, company_id: UUID) -> int:
    """How many owners a company has; anybody may know whether it is taken."""
    query = (
        select(func.count())
        .select_from(Seat)
        .where(col(Seat.company_id) == company_id, col(Seat.role) == "owner")
    )
    return session.scalar(across_tenants(query, "whether a company is claimed is public")) or 0


def lock_seats(session: Session, company_id: UUID) -> None:
    """Until the transaction ends nobody else changes this company's seats: two owners must not leave at once."""
    lock_name(session.connection(), "seats", str(company_id))


def _require_manager(session: Session, company_id: UUID, action: Action, *roles: SeatRole) -> UUID:
    """The id of who asks. Only owners deal with seats of owners and managers."""
    actor = require(session, action, company_id=company_id)
    if actor.seats.get(company_id) != "owner" and {"owner", "manager"} & set(roles):
        raise Forbidden("负责人和管理员的席位只能由负责人调整", code="owner_required")
    return require_person(session)


def _require_another_owner(session: Session, company_id: UUID) -> None:
    if owners(session, company_id) < 2:
        raise Conflict("企业至少要有一位负责人，请先移交或另设一位负责人", code="last_owner")


def _still_may_offer(giver: Seat | None, offered: Invitation) -> bool:
    wanted: Sequence[str] = ("owner",) if offered.role in ("owner", "manager") else ("owner", "manager")
    return giver is not None and giver.role in wanted


def _offered_to_me(session: Session, invitation_id: UUID) -> tuple[UUID, Invitation]:
    found = next((one for one in my_invitations(session) if one.id == invitation_id), None)
    if found is None:
        raise _no_invitation()
    return require_person(session), found


def _seat(session: Session, company_id: UUID, person_id: UUID) -> Seat | None:
    query = select(Seat).where(col(Seat.company_id) == company_id, col(Seat.person_id) == person_id)
    return session.scalars(
        across_tenants(query, "seats of a company the caller manages or joins")
    ).one_or_none()


def _held_seat(session: Session, company_id: UUID, person_id: UUID) -> Seat:
    require(session, "seat.see", company_id=company_id)
    seat = _seat(session, company_id, person_id)
    if seat is None:
        raise NotFound("此人在该企业没有席位", code="seat_not_found")
    return seat


def _has_seat() -> Conflict:
    return Conflict("此人在该企业已有席位，可直接调整其角色", code="seat_exists")


def _no_invitation() -> NotFound:
    return NotFound("没有这份邀请，可能已被撤回或过期", code="invitation_not_found")
