"""How the resolver's answers leave: headers, conditional requests, redirects, refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from app.codes.answers import Rendered
from app.codes.links import JSON_LD, LINKSET
from app.codes.refusals import ScanRefused
from app.core.http import actor_of_request
from app.core.i18n import Language
from app.core.problems import problem_response, request_language
from app.web.errors import wants_page
from app.web.negotiation import takes_gzip
from app.web.pages import SECURITY_HEADERS, page, remember

CACHED = "public, max-age=0, s-maxage=60"
"""A phone asks again each time, which costs a 304; a proxy in front may answer for a minute, so a revocation is that late."""
OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Link, ETag, Location"}
_FOR_ONE = "private, no-cache"
"""What somebody known is shown, or what sets a cookie, is for them alone."""
CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"


def send(request: Request, answer: Rendered, language: Language, path: str, form: str) -> Response:
    """An answer, or 304 to whoever has it already."""
    headers = {
        **OPEN,
        "ETag": answer.etag,
        "Cache-Control": _FOR_ONE if actor_of_request(request).known else CACHED,
        "Vary": "Accept, Accept-Language, Accept-Encoding, Cookie, Authorization",
        "Content-Language": language,
        "Link": _link_header(request, path),
        "X-Content-Type-Options": "nosniff",
    }
    if form == "page":
        headers |= SECURITY_HEADERS
    if form == "linkset":
        headers["Link"] += f', <{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="{JSON_LD}"'
    if form == "vcard":
        headers["Content-Disposition"] = 'attachment; filename="contact.vcf"'
    if _unchanged(request, answer.etag):
        return Response(status_code=304, headers=headers)
    body = answer.body
    if takes_gzip(request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
        body = answer.zipped
    response = Response(body, headers=headers, media_type=answer.media_type)
    if "lang" in request.query_params:
        remember(request, response)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = _FOR_ONE
    return response


def _unchanged(request: Request, etag: str) -> bool:
    asked = request.headers.get("if-none-match", "")
    return asked == "*" or etag.removeprefix("W/") in {
        part.strip().removeprefix("W/") for part in asked.split(",")
    }


def _link_header(request: Request, path: str) -> str:
    origin = request.app.state.runtime.settings.origin()
    return f'<{origin}{path}?linkType=linkset>; rel="linkset"; type="{LINKSET}"'


def redirect(request: Request, target: str, *, drop: Sequence[str] = (), path: str = "") -> Response:
    """307 with the rest of the query passed on, as GS1 asks."""
    rest = [(name, value) for name, value in request.query_params.multi_items() if name not in drop]
    before, hash_, anchor = target.partition("#")
    if rest:
        before += ("&" if "?" in before else "?") + urlencode(rest)
    headers: dict[str, str] = {
        **OPEN,
        "Location": before + hash_ + anchor,
        "Cache-Control": CACHED,
        "Vary": "Accept, Accept-Language, Cookie",
    }
    if path:
        headers["Link"] = _link_header(request, path)
    return Response(status_code=307, headers=headers)


def refusal(request: Request, refused: ScanRefused) -> Response:
    """Why a code is not shown: a page for people, problem details for machines."""
    if not wants_page(request):
        response: Response = problem_response(request, refused)
    else:
        language = request_language(request)
        said: Mapping[str, Any] = refused.as_problem(language)
        response = page(
            request,
            "scan_refused.html",
            language,
            status=refused.status,
            headers=refused.headers,
            reason=refused.code,
            heading=said["title"],
            detail=said.get("detail", ""),
        )
    response.headers.update({**OPEN, "Cache-Control": "no-store"})
    return response
