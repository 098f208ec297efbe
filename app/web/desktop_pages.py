"""Signing a desktop in with a phone: the QR code that waits, and what the phone is asked to approve."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.accounts import scanning
from app.accounts.http import device_of, set_cookie
from app.accounts.sessions import Begun
from app.core.actor import SYSTEM
from app.core.http import ActorDep, RuntimeDep, in_unit
from app.web.forms import FormDep, text_of
from app.web.pages import PageLanguage, SameSite, own_path, page
from app.web.qr import qr_path

router = APIRouter()

COOKIE = "lianqiao_desktop"


@router.post("/sign-in/desktop", dependencies=[SameSite])
async def show_code(request: Request, language: PageLanguage, form: FormDep) -> HTMLResponse:
    """A QR code for a signed-in phone."""
    device = device_of(request)
    waiting = await in_unit(request, lambda session: scanning.begin_waiting(session, device), actor=SYSTEM)
    settings = request.app.state.runtime.settings
    origin = settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    size, path = qr_path(f"{origin}/sign-in/approve/{waiting.scan_token}")
    response = page(
        request, "sign_in_desktop.html", language, size=size, path_data=path, digits=waiting.digits, state="waiting",
        next=own_path(text_of(form, "next")),
    )  # fmt: skip
    response.set_cookie(
        COOKIE,
        waiting.browser_token,
        max_age=int(scanning.LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/sign-in/desktop",
    )
    return response


@router.post("/sign-in/desktop/state", dependencies=[SameSite])
async def desktop_state(request: Request, language: PageLanguage, form: FormDep) -> Response:
    """What the waiting page asks every two seconds: still waiting, denied, over, or signed in and on its way."""
    token, device = request.cookies.get(COOKIE, ""), device_of(request)
    found = await in_unit(request, lambda session: scanning.collect(session, token, device), actor=SYSTEM)
    address = own_path(text_of(form, "next"))
    if isinstance(found, Begun):
        response = Response(status_code=204, headers={"HX-Redirect": address})
        set_cookie(request, response, found)
        response.delete_cookie(COOKIE, path="/sign-in/desktop")
        return response
    return page(request, "parts/desktop_state.html", language, state=found or "over", next=address)


@router.get("/sign-in/approve/{token}")
def approve_page(
    request: Request, token: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """What the phone is asked to approve: which device, where, since when, and the digits to compare."""
    with runtime.session(actor=actor) as session:
        held = scanning.scanned(session, token)
    return page(request, "sign_in_approve.html", language, held=held, token=token, answered="")


@router.post("/sign-in/approve/{token}", dependencies=[SameSite])
def answer_page(
    request: Request, token: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> HTMLResponse:
    """Yes or no, once."""
    action: scanning.Action = "approve" if text_of(form, "answer") == "approve" else "deny"
    with runtime.session(actor=actor) as session:
        scanning.answer(session, token, action)
    return page(request, "sign_in_approve.html", language, held=None, token="", answered=action)
