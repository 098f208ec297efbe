"""Pages of a company's team: who has a seat, invitations, roles, handing over, API keys."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import HTMLResponse

from app.accounts import keys, seats
from app.accounts.contacts import masked, read_contact
from app.accounts.delivery import deliver, invitation_message
from app.accounts.policy import SCOPES, may, require_person
from app.core.actor import SEAT_ROLES, Actor, SeatRole
from app.core.errors import Conflict, InvalidInput, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.registry.service import get_company
from app.web.forms import Errors, FormDep, errors_of, text_of, texts_of
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter()


@router.get("/companies/{key}/team")
def team_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """The team."""
    return _page(request, runtime, actor, language, read_id(key))


@router.post("/companies/{key}/team/invite", dependencies=[SameSite])
def invite(
    request: Request,
    key: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
    tasks: BackgroundTasks,
) -> Response:
    """Offer a seat, or hand the company over; the offer is sent to the contact."""
    company_id, hands_over = read_id(key), text_of(form, "role") == "hand_over"
    try:
        contact = read_contact(text_of(form, "contact"))
        with runtime.session(actor=actor) as session:
            company = get_company(session, company_id)
            role: SeatRole = "owner" if hands_over else _role(text_of(form, "role"))
            seats.invite(session, company_id=company_id, contact=contact, role=role, hands_over=hands_over)
    except (InvalidInput, Conflict) as error:
        return _page(request, runtime, actor, language, company_id, errors=_errors(error, language))
    message = invitation_message(contact, company.name, language, runtime.settings.origin())
    tasks.add_task(deliver, runtime.settings, message)
    response = go(f"/companies/{company_id}/team")
    response.background = tasks
    return response


@router.post("/companies/{key}/team/invitations/{invitation}/withdraw", dependencies=[SameSite])
def withdraw(key: str, invitation: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Take an offer back."""
    with runtime.session(actor=actor) as session:
        seats.withdraw_invitation(session, company_id=read_id(key), invitation_id=read_id(invitation))
    return go(f"/companies/{read_id(key)}/team")


@router.post("/companies/{key}/team/{person}/role", dependencies=[SameSite])
def change_role(key: str, person: str, runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Give somebody another role."""
    with runtime.session(actor=actor) as session:
        role = _role(text_of(form, "role"))
        seats.change_role(session, company_id=read_id(key), person_id=read_id(person), role=role)
    return go(f"/companies/{read_id(key)}/team")


@router.post("/companies/{key}/team/{person}/remove", dependencies=[SameSite])
def remove(key: str, person: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Take a seat away, or leave."""
    with runtime.session(actor=actor) as session:
        seats.remove_member(session, company_id=read_id(key), person_id=read_id(person))
    return go("/account" if read_id(person) == actor.id else f"/companies/{read_id(key)}/team")


@router.post("/companies/{key}/keys", dependencies=[SameSite])
def make_key(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Make an API key; its token is shown this once."""
    company_id, name = read_id(key), text_of(form, "name").strip()[:60]
    scopes = [scope for scope in SCOPES if scope in texts_of(form, "scope")]
    if not name or not scopes:
        problem = Problem("key", "required", "请填写用途，并至少选择一项权限")
        errors = errors_of(InvalidInput(problems=[problem]), language)
        return _page(request, runtime, actor, language, company_id, errors=errors)
    with runtime.session(actor=actor) as session:
        get_company(session, company_id)
        issued = keys.make_key(session, name=name, scopes=scopes, company_id=company_id)
    return _page(request, runtime, actor, language, company_id, token=issued.token)


@router.post("/companies/{key}/keys/{api_key}/{action}", dependencies=[SameSite])
def change_key(
    request: Request,
    key: str,
    api_key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
) -> Response:
    """Rotate or revoke a key."""
    token = ""
    with runtime.session(actor=actor) as session:
        if action == "rotate":
            token = keys.rotate_key(session, read_id(api_key)).token
        elif action == "revoke":
            keys.revoke_key(session, read_id(api_key))
        else:
            raise no_page()
    if token:
        return _page(request, runtime, actor, language, read_id(key), token=token)
    return go(f"/companies/{read_id(key)}/team")


@router.post("/account/invitations/{invitation}/{action}", dependencies=[SameSite])
def answer_invitation(invitation: str, action: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Take an offered seat, or decline it."""
    with runtime.session(actor=actor) as session:
        if action == "accept":
            seat = seats.accept_invitation(session, read_id(invitation))
            return go(f"/companies/{seat.company_id}/team")
        seats.decline_invitation(session, read_id(invitation))
    return go("/account")


def _role(text: str) -> SeatRole:
    role = next((known for known in SEAT_ROLES if known == text), None)
    if role is None:
        raise InvalidInput(problems=[Problem("role", "not_an_option", "请选择角色")])
    return role


def _errors(error: InvalidInput | Conflict, language: Language) -> Errors:
    if isinstance(error, InvalidInput):
        return errors_of(error, language)
    return {"contact": [Problem("contact", error.code, error.message).text(language)]}


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    company_id: UUID,
    *,
    errors: Errors | None = None,
    token: str = "",
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        company = get_company(session, company_id)
        require_person(session)
        members = seats.list_members(session, company_id)
        offered = seats.list_invitations(session, company_id)
        held = [key for key in keys.list_keys(session) if key.company_id == company_id]
    return page(
        request, "team.html", language, status=422 if errors else 200, company=company, members=members, roles=SEAT_ROLES,
        offered=[(one, masked(one.contact)) for one in offered], api_keys=held, scopes=SCOPES, token=token,
        manages=may(actor, "seat.manage", company_id=company_id), errors=errors or {},
        owns=may(actor, "key.manage", company_id=company_id),
    )  # fmt: skip
