"""What of seats, invitations and claims crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.accounts.claim_models import Claim
from app.accounts.claim_policy import Action, Method, State, allowed
from app.accounts.contacts import masked
from app.accounts.models import Invitation
from app.accounts.people import shown_name
from app.accounts.schemas import ContactText, example
from app.accounts.seats import Member
from app.core.actor import SeatRole
from app.core.text import Prose

_PERSON_ID = "0195c5a0-7c00-7a00-8a00-000000000010"
_COMPANY_ID = "5e0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d"
_MOMENT = "2026-03-01T02:00:00Z"

_MEMBER = {"person_id": _PERSON_ID, "name": "王工", "role": "owner", "created_at": _MOMENT}
_INVITATION = {
    "id": "0195c5a0-7c00-7a00-8a00-000000000013",
    "company_id": _COMPANY_ID,
    "contact": "l***@example.com",
    "role": "sales",
    "hands_over": False,
    "created_at": _MOMENT,
    "expires_at": "2026-03-15T02:00:00Z",
}
_CLAIM = {
    "id": "0195c5a0-7c00-7a00-8a00-000000000014",
    "company_id": _COMPANY_ID,
    "person_id": _PERSON_ID,
    "method": "review",
    "statement": "本人是该企业法定代表人。",
    "state": "pending",
    "decision": "",
    "version": 1,
    "created_at": _MOMENT,
    "actions": ["approve", "reject", "withdraw"],
}


class MemberPublic(BaseModel):
    """Somebody with a seat in a company."""

    model_config = example(_MEMBER)

    person_id: UUID
    name: str
    role: SeatRole
    created_at: datetime

    @classmethod
    def of(cls, member: Member) -> Self:
        """From the rows."""
        return cls.model_validate(member.seat.model_dump() | {"name": shown_name(member.person)})


class MemberList(BaseModel):
    """Everybody with a seat in a company, in order of joining."""

    items: list[MemberPublic]


class RoleChange(BaseModel):
    """Another role."""

    model_config = example({"role": "manager"}, extra="forbid")

    role: SeatRole


class Invite(BaseModel):
    """A seat offered to a contact. ``hands_over`` gives one's own ownership away when it is taken."""

    model_config = example({"contact": "li@example.com", "role": "sales"}, extra="forbid")

    contact: ContactText
    role: SeatRole
    hands_over: bool = False


class InvitationPublic(BaseModel):
    """An offered seat."""

    model_config = example(_INVITATION)

    id: UUID
    company_id: UUID
    contact: str
    role: SeatRole
    hands_over: bool
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, offered: Invitation) -> Self:
        """From the row."""
        return cls.model_validate(offered.model_dump() | {"contact": masked(offered.contact)})


class InvitationList(BaseModel):
    """Offered seats."""

    items: list[InvitationPublic]


class ClaimCreate(BaseModel):
    """Say that a company is one's own. Documents are added on the page of the claim."""

    model_config = example({"method": "review", "statement": "本人是该企业法定代表人。"}, extra="forbid")

    method: Method
    statement: Annotated[str, Prose(2000)] = ""


class ClaimDecision(BaseModel):
    """What an operator decides. ``decision`` is shown to the claimant."""

    model_config = example({"decision": "营业执照与登记信息一致", "verified": True}, extra="forbid")

    decision: Annotated[str, Prose(500)] = ""
    verified: bool = Field(default=False, description="已核对证件 Documents were checked")
    replaces_owners: bool = Field(default=False, description="原负责人改为只读 Former owners become viewers")


class ClaimRefusal(BaseModel):
    """Why a claim is refused; shown to the claimant."""

    model_config = example({"decision": "营业执照不清晰，请重新上传"}, extra="forbid")

    decision: Annotated[str, Prose(500, min_length=1)]


class ClaimPublic(BaseModel):
    """A claim."""

    model_config = example(_CLAIM)

    id: UUID
    company_id: UUID
    person_id: UUID
    method: Method
    statement: str
    state: State
    decision: str
    version: int
    created_at: datetime
    decided_at: datetime | None = None
    actions: list[Action]

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """From the row."""
        return cls.model_validate(claim.model_dump() | {"actions": allowed(claim.state)})
