"""The inbox as a page."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.core.actor import Actor
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.notify import inbox
from app.notify.schemas import NoticePublic
from app.web.forms import FormDep, text_of
from app.web.pages import PageLanguage, SameSite, go, is_fragment, no_page, own_path, page, read_id

router = APIRouter()


@router.get("/notices")
def notices_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    unread: str = "",
    cursor: str = "",
) -> HTMLResponse:
    """The inbox, or only what is unread."""
    return _page(request, runtime, actor, language, unread=unread == "1", cursor=cursor)


@router.get("/notices/{key}")
def open_notice(key: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Go where a notice leads; it is read then."""
    with runtime.session(actor=actor) as session:
        about = inbox.mark(session, read_id(key), read=True).about
    return go(own_path(about))


@router.post("/notices/read-all", dependencies=[SameSite])
def read_all(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Mark everything read, and offer to undo it."""
    with runtime.session(actor=actor) as session:
        count, moment = inbox.mark_all_read(session)
    unread = text_of(form, "unread") == "1"
    return _page(request, runtime, actor, language, unread=unread, marked=(count, moment))


@router.post("/notices/undo", dependencies=[SameSite])
def undo(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Make unread again what was marked read at once."""
    try:
        moment = datetime.fromisoformat(text_of(form, "read_at"))
        moment.astimezone()
    except (ValueError, OverflowError):
        raise no_page() from None
    with runtime.session(actor=actor) as session:
        inbox.undo_mark_all(session, moment)
    return _after(request, runtime, actor, language, form)


@router.post("/notices/{key}/{action}", dependencies=[SameSite])
def mark(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Mark one read or unread; the list anew for HTMX, else the page."""
    if action not in ("read", "unread"):
        raise no_page()
    with runtime.session(actor=actor) as session:
        inbox.mark(session, read_id(key), read=action == "read")
    return _after(request, runtime, actor, language, form)


def _after(request: Request, runtime: Runtime, actor: Actor, language: Language, form: FormDep) -> Response:
    unread, cursor = text_of(form, "unread") == "1", text_of(form, "cursor")
    if is_fragment(request):
        return _page(request, runtime, actor, language, unread=unread, cursor=cursor)
    return go("/notices?unread=1" if unread else "/notices")


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    *,
    unread: bool,
    cursor: str = "",
    marked: tuple[int, datetime] | None = None,
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        found, more = inbox.list_notices(session, unread=unread, cursor=cursor)
        count = inbox.count_unread(session)
    template = "parts/notice_list.html" if is_fragment(request) else "notices.html"
    return page(
        request, template, language, listed=[NoticePublic.of(one, language) for one in found], more=more, count=count,
        unread=unread, cursor=cursor, marked=marked,
    )  # fmt: skip
