"""How one is told, as a page; and leaving e-mails by the link at their end, signed in or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.core.actor import SYSTEM, Actor
from app.core.errors import InvalidInput
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.notify import preferences
from app.notify.kinds import GROUPS, KINDS
from app.notify.schemas import Preferences, PreferencesUpdate
from app.notify.secrets import read_unsubscribe_token
from app.web.forms import Errors, FormDep, errors_of, text_of, validated
from app.web.pages import PageLanguage, SameSite, go, no_page, page

router = APIRouter()

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Seoul", "Europe/Moscow", "Europe/Berlin", "America/New_York", "UTC")  # fmt: skip
_FIELDS = ("pace", "digest_at", "quiet_from", "quiet_to", "time_zone", "language")


@router.get("/notices/preferences")
def preferences_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, done: str = ""
) -> HTMLResponse:
    """How one is told."""
    return _page(request, runtime, actor, language, done=done == "1")


@router.post("/notices/preferences", dependencies=[SameSite])
def change_preferences(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Change it."""
    said: dict[str, Any] = {name: text_of(form, name) for name in _FIELDS if text_of(form, name)}
    if said.get("pace") == "daily":
        said.setdefault("digest_at", "08:00")
    said["channels"] = {
        kind: text_of(form, f"kind-{kind}") for kind in KINDS if text_of(form, f"kind-{kind}")
    }
    try:
        change = validated(PreferencesUpdate, said)
    except InvalidInput as error:
        return _page(request, runtime, actor, language, errors=errors_of(error, language))
    with runtime.session(actor=actor) as session:
        preferences.change_preferences(session, change=change, required=False)
    return go("/notices/preferences?done=1")


@router.get("/unsubscribe/{token}")
def leave_page(request: Request, token: str, runtime: RuntimeDep, language: PageLanguage) -> HTMLResponse:
    """Ask whether to leave: a link is followed by mail scanners too, so it changes nothing by itself."""
    _person, kind = _read(runtime, token)
    return _leaving(request, language, token, kind, state="ask")


@router.post("/unsubscribe/{token}")
def leave(request: Request, token: str, runtime: RuntimeDep, language: PageLanguage) -> HTMLResponse:
    """Leave; mail programs send this by themselves (RFC 8058), so it needs no session, only the signature."""
    person, kind = _read(runtime, token)
    with runtime.session(actor=SYSTEM) as session:
        preferences.leave_mails(session, person, kind)
    return _leaving(request, language, token, kind, state="left")


@router.post("/unsubscribe/{token}/undo")
def take_again(request: Request, token: str, runtime: RuntimeDep, language: PageLanguage) -> HTMLResponse:
    """Take the e-mails again."""
    person, kind = _read(runtime, token)
    with runtime.session(actor=SYSTEM) as session:
        preferences.take_mails_again(session, person, kind)
    return _leaving(request, language, token, kind, state="again")


def _read(runtime: Runtime, token: str) -> tuple[UUID, str]:
    found = read_unsubscribe_token(runtime.settings, token)
    if found is None:
        raise no_page()
    return found


def _leaving(request: Request, language: Language, token: str, kind: str, *, state: str) -> HTMLResponse:
    name = KINDS[kind].name(language) if kind in KINDS else ""
    return page(request, "unsubscribe.html", language, token=token, name=name, state=state)


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    *,
    errors: Errors | None = None,
    done: bool = False,
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        wishes = Preferences.of(preferences.my_preferences(session))
    groups = [
        (name, [(key, kind.name(language)) for key, kind in KINDS.items() if kind.group == group])
        for group, name in GROUPS.items()
        if group != "operating" or actor.divisions
    ]
    zones = [*dict.fromkeys((*ZONES, wishes.time_zone))]
    return page(
        request, "notice_settings.html", language, status=422 if errors else 200, wishes=wishes, groups=groups,
        zones=zones, errors=errors or {}, done=done,
    )  # fmt: skip
