"""Pages of one's own account: name, password, signed-in devices."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.accounts import people, seats, sessions
from app.accounts.policy import require_person
from app.core.actor import Actor
from app.core.errors import InvalidInput
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.registry import service as registry
from app.web.forms import Errors, FormDep, errors_of, text_of
from app.web.pages import PageLanguage, SameSite, go, page, read_id

router = APIRouter()


@router.get("/account")
def account_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, done: str = ""
) -> HTMLResponse:
    """One's account."""
    return _page(
        request, runtime, actor, language, done=done if done in ("name", "password", "session") else ""
    )


@router.post("/account/name", dependencies=[SameSite])
def rename(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Change one's name."""
    try:
        with runtime.session(actor=actor) as session:
            people.rename(session, person_id=require_person(session), name=text_of(form, "name"))
    except InvalidInput as error:
        return _page(request, runtime, actor, language, errors=errors_of(error, language))
    return go("/account?done=name")


@router.post("/account/password", dependencies=[SameSite])
def change_password(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Set a password; other devices are signed out."""
    try:
        with runtime.session(actor=actor) as session:
            people.set_password(
                session,
                person_id=require_person(session),
                session_id=actor.session_id,
                password=text_of(form, "password"),
                current=text_of(form, "current"),
            )
    except InvalidInput as error:
        return _page(request, runtime, actor, language, errors=errors_of(error, language))
    return go("/account?done=password")


@router.post("/account/sessions/{key}/end", dependencies=[SameSite])
def end_session(key: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Sign a device out."""
    with runtime.session(actor=actor) as session:
        sessions.end_session(session, person_id=require_person(session), session_id=read_id(key))
    return go("/account?done=session")


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    *,
    errors: Errors | None = None,
    done: str = "",
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        person = people.get_person(session, require_person(session))
        devices = sessions.list_sessions(session, person_id=person.id)
        offered = [
            (one, registry.get_company(session, one.company_id)) for one in seats.my_invitations(session)
        ]
        firms = [(registry.get_company(session, key), role) for key, role in actor.seats.items()]
    return page(
        request, "account.html", language, status=422 if errors else 200, person=person, devices=devices, firms=firms,
        errors=errors or {}, done=done, offered=offered, contacts=people.contacts_of(person),
    )  # fmt: skip
