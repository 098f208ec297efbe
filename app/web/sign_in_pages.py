"""Pages of signing in: by code, by password, and with one tap in the demo world."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import HTMLResponse

from app.accounts import sessions
from app.accounts.contacts import Contact, masked, read_contact
from app.accounts.delivery import deliver
from app.accounts.http import clear_cookie, set_cookie
from app.accounts.one_time import code_message
from app.accounts.people import demo_people
from app.accounts.sessions import Begun
from app.accounts.sign_in import ask_for_code, sign_in_by_code, sign_in_by_password, sign_in_to_demo
from app.core.actor import SYSTEM
from app.core.errors import InvalidInput, LianqiaoError, NotFound, TooManyRequests, Unauthenticated
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language, translate
from app.core.runtime import Runtime
from app.web import kept_forms
from app.web.forms import FormDep, errors_of, text_of
from app.web.pages import PageLanguage, SameSite, go, own_path, page, read_id

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(
    request: Request,
    runtime: RuntimeDep,
    language: PageLanguage,
    next: str = "/",  # noqa: A002
) -> HTMLResponse:
    """The ways in."""
    return _page(request, runtime, language, {"next": own_path(next)})


@router.post("/sign-in/code", dependencies=[SameSite])
async def send_code_page(
    request: Request, runtime: RuntimeDep, language: PageLanguage, form: FormDep, tasks: BackgroundTasks
) -> Response:
    """Send a code and ask for it."""
    values = _values(form)
    try:
        contact = read_contact(values["contact"])
        code = await ask_for_code(request, contact)
    except (InvalidInput, TooManyRequests) as error:
        return _page(request, runtime, language, values, error)
    tasks.add_task(deliver, runtime.settings, code_message(contact, code, language))
    response = _code_page(request, language, values, contact)
    response.background = tasks
    return response


@router.post("/sign-in", dependencies=[SameSite])
async def sign_in(request: Request, runtime: RuntimeDep, language: PageLanguage, form: FormDep) -> Response:
    """Sign in with the code that was sent, or with a password; the form again with what is wrong."""
    values, code = _values(form), text_of(form, "code")
    contact = None
    try:
        contact = read_contact(values["contact"])
        if "code" in form:
            begun = await sign_in_by_code(request, contact, code)
        else:
            begun = await sign_in_by_password(request, contact, text_of(form, "password"))
    except (InvalidInput, Unauthenticated, TooManyRequests) as error:
        if contact and "code" in form:
            return _code_page(request, language, values, contact, error)
        return _page(request, runtime, language, values, error)
    return _entered(request, begun, values["next"])


@router.post("/sign-in/demo", dependencies=[SameSite])
async def enter_demo(request: Request, form: FormDep) -> Response:
    """Enter a fictional account."""
    begun = await sign_in_to_demo(request, read_id(text_of(form, "person")))
    return _entered(request, begun, text_of(form, "next"))


@router.post("/sign-out", dependencies=[SameSite])
def sign_out(request: Request, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """End this session."""
    if actor.id and actor.session_id:
        # Not found means that another device has ended it meanwhile.
        with runtime.session(actor=actor) as session, suppress(NotFound):
            sessions.end_session(session, person_id=actor.id, session_id=actor.session_id)
    response = go("/")
    clear_cookie(request, response)
    # What was typed here before signing in is not the next person's to read.
    return kept_forms.forget(request, runtime, response)


def _entered(request: Request, begun: Begun, address: str) -> Response:
    response = go(own_path(address))
    set_cookie(request, response, begun)
    return response


def _values(form: FormDep) -> dict[str, str]:
    return {"contact": text_of(form, "contact").strip(), "next": own_path(text_of(form, "next"))}


def _page(
    request: Request,
    runtime: Runtime,
    language: Language,
    values: dict[str, str],
    error: LianqiaoError | None = None,
) -> HTMLResponse:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        demo = demo_people(session)
    return page(
        request, "sign_in.html", language, status=error.status if error else 200, demo=demo,
        values={"contact": "", **values}, **_said(error, language),
    )  # fmt: skip


def _code_page(
    request: Request,
    language: Language,
    values: dict[str, str],
    contact: Contact,
    error: LianqiaoError | None = None,
) -> HTMLResponse:
    return page(
        request, "sign_in_code.html", language, status=error.status if error else 200, values=values,
        sent_to=masked(contact.value), **_said(error, language),
    )  # fmt: skip


def _said(error: LianqiaoError | None, language: Language) -> dict[str, Any]:
    """What is wrong: beside the field it speaks of, or over the form."""
    if isinstance(error, InvalidInput):
        return {"errors": errors_of(error, language), "alert": ""}
    return {"errors": {}, "alert": translate(error.message, language, **error.params) if error else ""}
