"""Rendering a page: templates, the reader's language, safe headers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.errors import NotFound
from app.core.http import actor_of_request
from app.core.i18n import LANGUAGES, Language, translate
from app.core.same_site import refuse_cross_site
from app.matches.marks import marked, passage
from app.web import words
from matching.explain import gathered

HERE = Path(__file__).parent
STATIC = HERE / "static"
LANGUAGE_COOKIE = "lang"
_YEAR = 365 * 24 * 3600

# No inline script or style anywhere, and nothing from another host.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def page_language(request: Request) -> Language:
    """``?lang=``, else the cookie, else the setting: a page is Chinese until its reader says otherwise."""
    for asked in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if found := next((language for language in LANGUAGES if language == asked), None):
            return found
    language: Language = request.app.state.runtime.settings.language
    return language


async def _language(request: Request) -> Language:
    return page_language(request)


async def _same_site(request: Request) -> None:
    refuse_cross_site(request)


PageLanguage = Annotated[Language, Depends(_language)]
SameSite = Depends(_same_site)


def no_page() -> NotFound:
    """What to raise for an address that leads nowhere."""
    return NotFound("没有这个页面，地址可能不完整或已失效")


def read_id(text: str) -> UUID:
    """An id from an address; NotFound when it is none, as a mistyped address is a page that does not exist."""
    try:
        return UUID(text)
    except ValueError:
        raise no_page() from None


def static_url(name: str) -> str:
    """The address of a static file; it changes with the content, so that browsers may keep it for ever."""
    return f"/static/{name}?v={_digest(name)}"


@lru_cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Or every page would ask the disk about each of its templates.
        auto_reload=False,
    )
    environment.globals["static_url"] = static_url
    environment.globals |= {"marked": marked, "passage": passage, "gathered": gathered}
    environment.filters["grouped"] = words.grouped
    return environment


def with_query(request: Request, **changes: Any) -> str:
    """This page's address with some parameters changed; None or "" takes one away. A changed filter starts at page one."""
    query = dict(request.query_params) | {"cursor": None, "start": None, "was": None} | changes
    kept = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def render_text(request: Request, template: str, language: Language, **context: Any) -> str:
    """A template as text. ``_`` translates, ``w`` holds the words of codes in this language, ``actor`` is who reads."""

    def gettext(message: str, **params: Any) -> str:
        return translate(message, language, **params)

    def link(**changes: Any) -> str:
        return with_query(request, **changes)

    other = next(tongue for tongue in LANGUAGES if tongue != language)
    # An answer to POST has no address of its own to come back to in the other language.
    switch = with_query(request, lang=other, cursor=request.query_params.get("cursor"))
    return (
        _environment()
        .get_template(template)
        .render(
            request=request, language=language, other_language=other, switch=switch, _=gettext, link=link,
            w=words.Words(language), path=request.url.path, actor=actor_of_request(request), **context,
        )
    )  # fmt: skip


def page(
    request: Request,
    template: str,
    language: Language,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page, or a part of one for HTMX, in the reader's language; ``?lang=`` is remembered."""
    response = HTMLResponse(
        render_text(request, template, language, **context),
        status_code=status,
        headers={
            **SECURITY_HEADERS,
            "Content-Language": language,
            "Vary": "Cookie, HX-Request",
            "Cache-Control": "no-cache",
            **(headers or {}),
        },
    )
    remember(request, response)
    return response


def remember(request: Request, response: HTMLResponse | RedirectResponse) -> None:
    """Keep a language asked for in the address."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, str(asked), max_age=_YEAR, samesite="lax", httponly=True)


def go(address: str) -> RedirectResponse:
    """After a form: look at the outcome with GET, so that reloading sends nothing again."""
    return RedirectResponse(address, status_code=303)


def own_path(text: str) -> str:
    """An address to go on to, when it is a path of this site; else the first page."""
    inside = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if inside else "/"


def sign_in_address(request: Request) -> str:
    """Where to sign in, to come back afterwards: to this page, or to the one whose form was sent."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET" or is_fragment(request):
        came = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
        back = came.path + (f"?{came.query}" if came.query else "")
    return f"/sign-in?{urlencode({'next': own_path(back)})}"


def is_fragment(request: Request) -> bool:
    """Whether HTMX asks for a part of a page."""
    return request.headers.get("hx-request") == "true"
