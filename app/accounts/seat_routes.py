"""Seats and invitations over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Response

from app.accounts import seats
from app.accounts.contacts import read_contact
from app.accounts.delivery import deliver, invitation_message
from app.accounts.schemas import SeatPublic
from app.accounts.team_schemas import (
    InvitationList,
    InvitationPublic,
    Invite,
    MemberList,
    MemberPublic,
    RoleChange,
)
from app.core.http import IdempotencyKey, LanguageDep, RuntimeDep, SessionDep
from app.core.idempotency import made_once
from app.core.problem_details import errors
from app.registry.service import get_company

router = APIRouter(prefix="/api/v1", tags=["accounts"])


@router.get("/companies/{company_id}/seats", responses=errors(403, 404))
def list_members(session: SessionDep, company_id: UUID) -> MemberList:
    """企业席位 Who has a seat in a company, for those who have one."""
    get_company(session, company_id)
    return MemberList(items=[MemberPublic.of(member) for member in seats.list_members(session, company_id)])


@router.put("/companies/{company_id}/seats/{person_id}", responses=errors(400, 403, 404, 409, 413))
def change_role(session: SessionDep, company_id: UUID, person_id: UUID, said: RoleChange) -> SeatPublic:
    """调整角色 Give somebody another role; a company keeps an owner."""
    get_company(session, company_id)
    seat = seats.change_role(session, company_id=company_id, person_id=person_id, role=said.role)
    return SeatPublic.model_validate(seat)


@router.delete("/companies/{company_id}/seats/{person_id}", status_code=204, responses=errors(403, 404, 409))
def remove_member(session: SessionDep, company_id: UUID, person_id: UUID) -> None:
    """移除席位或自行退出 Take a seat away, or leave one's own; the last owner cannot."""
    get_company(session, company_id)
    seats.remove_member(session, company_id=company_id, person_id=person_id)


@router.get("/companies/{company_id}/invitations", responses=errors(403, 404))
def list_invitations(session: SessionDep, company_id: UUID) -> InvitationList:
    """未接受的邀请 Offers of a company that wait."""
    get_company(session, company_id)
    found = seats.list_invitations(session, company_id)
    return InvitationList(items=[InvitationPublic.of(one) for one in found])


@router.post(
    "/companies/{company_id}/invitations", status_code=201, responses=errors(400, 403, 404, 409, 413)
)
def invite(
    session: SessionDep,
    runtime: RuntimeDep,
    language: LanguageDep,
    company_id: UUID,
    said: Invite,
    tasks: BackgroundTasks,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> InvitationPublic:
    """邀请加入或移交企业 Offer a seat, or hand one's company over, to whoever signs in with the contact."""
    company = get_company(session, company_id)

    def make() -> InvitationPublic:
        contact = read_contact(said.contact)
        offered = seats.invite(
            session, company_id=company_id, contact=contact, role=said.role, hands_over=said.hands_over
        )
        message = invitation_message(contact, company.name, language, runtime.settings.origin())
        tasks.add_task(deliver, runtime.settings, message)
        return InvitationPublic.of(offered)

    offered = made_once(
        session,
        InvitationPublic,
        key=idempotency_key,
        route=f"POST /companies/{company_id}/invitations",
        said=said,
        make=make,
    )
    response.headers["Location"] = f"/api/v1/companies/{company_id}/invitations/{offered.id}"
    return offered


@router.delete(
    "/companies/{company_id}/invitations/{invitation_id}", status_code=204, responses=errors(403, 404)
)
def withdraw_invitation(session: SessionDep, company_id: UUID, invitation_id: UUID) -> None:
    """撤回邀请 Take an offer back."""
    seats.withdraw_invitation(session, company_id=company_id, invitation_id=invitation_id)


@router.get("/me/invitations", responses=errors(403))
def my_invitations(session: SessionDep) -> InvitationList:
    """我收到的邀请 Seats offered to the person who asks."""
    return InvitationList(items=[InvitationPublic.of(one) for one in seats.my_invitations(session)])


@router.post("/me/invitations/{invitation_id}/accept", responses=errors(403, 404, 409))
def accept_invitation(session: SessionDep, invitation_id: UUID) -> SeatPublic:
    """接受邀请 Take the seat offered."""
    return SeatPublic.model_validate(seats.accept_invitation(session, invitation_id))


@router.post("/me/invitations/{invitation_id}/decline", status_code=204, responses=errors(403, 404))
def decline_invitation(session: SessionDep, invitation_id: UUID) -> None:
    """谢绝邀请 Decline it."""
    seats.decline_invitation(session, invitation_id)
