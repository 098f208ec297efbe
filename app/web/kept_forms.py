"""A stranger fills in the posting form first and signs in afterwards: nothing that was typed is lost on the way."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from app.accounts.routes import when_signed_out
from app.core.actor import SYSTEM
from app.core.http import RuntimeDep
from app.core.runtime import Runtime
from app.demands.kept import LASTS, forget_form, keep_form, kept_form
from app.web.pages import SameSite, go

router = APIRouter()

COOKIE = "kept_form"
PATH = "/"
"""Signing out has to be given it too."""


def keep(request: Request, runtime: Runtime, form: FormData) -> Response:
    """Keep the form and go to sign in, from where the way leads back to it."""
    said = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "state"]
    address = request.client.host if request.client else ""
    with runtime.session(actor=SYSTEM) as session:
        token = keep_form(session, said, address=address, instead=request.cookies.get(COOKIE, ""))
    response = go("/sign-in?next=/demands/new")
    response.set_cookie(
        COOKIE, token, max_age=int(LASTS.total_seconds()), httponly=True, samesite="lax", path=PATH,
        secure=request.url.scheme == "https" or runtime.settings.public_url.startswith("https://"),
    )  # fmt: skip
    return response


def kept(request: Request, runtime: Runtime) -> FormData | None:
    """The form kept for this browser, if any still is."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    with runtime.session(writing=False, actor=SYSTEM) as session:
        said = kept_form(session, token)
    return FormData(list[tuple[str, str | UploadFile]](said)) if said is not None else None


def forget(request: Request, runtime: Runtime, response: Response) -> Response:
    """The answer, after which nothing is kept for this browser."""
    if COOKIE in request.cookies:
        with runtime.session(actor=SYSTEM) as session:
            _forget_kept(session, request, response)
    return response


def _forget_kept(session: Session, request: Request, response: Response) -> None:
    """Signing out ends here, by a page or through the API."""
    if token := request.cookies.get(COOKIE):
        forget_form(session, token)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", path=PATH)


when_signed_out(_forget_kept)


@router.post("/demands/kept/discard", dependencies=[SameSite])
def discard_kept_form(request: Request, runtime: RuntimeDep) -> Response:
    """Throw away what was kept, and begin anew."""
    return forget(request, runtime, go("/demands/new"))
