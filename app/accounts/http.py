"""Who sends a request: the cookie of a signed-in browser, or an API key in the Authorization header."""

from __future__ import annotations

from fastapi import Request, Response

from app.accounts.identify import by_api_key, by_session, note_use
from app.accounts.sessions import LASTS, Begun, Device
from app.core.actor import ANONYMOUS, SYSTEM, Actor
from app.core.errors import Unauthenticated
from app.core.http import in_unit
from app.core.openapi import SESSION_COOKIE
from app.core.same_site import refuse_cross_site


async def identify(request: Request) -> Actor:
    """The actor. A cookie that is no longer good is nobody's; an API key that is no good is told so.

    Raises Unauthenticated, and CrossSite when another site makes a signed-in browser send a change.
    """
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        found = None
        if scheme.casefold() == "bearer" and token:
            found = await in_unit(
                request, lambda session: by_api_key(session, token.strip()), actor=SYSTEM, writing=False
            )
        if found is None:
            raise Unauthenticated("API 密钥无效、已过期或已撤销，请换用有效的密钥", code="bad_api_key")
    else:
        cookie = request.cookies.get(SESSION_COOKIE)
        if not cookie:
            return ANONYMOUS
        found = await in_unit(
            request, lambda session: by_session(session, cookie), actor=SYSTEM, writing=False
        )
        if found is None:
            return ANONYMOUS
        refuse_cross_site(request)
    actor = found.actor
    if found.stale:
        await in_unit(request, lambda session: note_use(session, actor), actor=SYSTEM)
    return actor


def device_of(request: Request) -> Device:
    """Where a request comes from."""
    return Device(request.headers.get("user-agent", ""), request.client.host if request.client else "")


def set_cookie(request: Request, response: Response, begun: Begun) -> None:
    """Give the browser its session."""
    response.set_cookie(
        SESSION_COOKIE,
        begun.token,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_encrypted(request),
        path="/",
    )


def clear_cookie(request: Request, response: Response) -> None:
    """Take it back."""
    response.delete_cookie(
        SESSION_COOKIE, httponly=True, samesite="lax", secure=_encrypted(request), path="/"
    )


def _encrypted(request: Request) -> bool:
    settings = request.app.state.runtime.settings
    return request.url.scheme == "https" or settings.public_url.startswith("https://")
