"""The resolver: ``GET /c/{code}``, GS1 Digital Link paths and prefix/suffix identifiers, as a page or for machines.

The path is short: one query says whether the code stands and which version of everything it shows is current; the answer
itself comes out of the cache unless something changed since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import Connection, Engine
from sqlmodel import Session

from app.codes.cards import Card, load_card
from app.codes.gs1 import PRIMARY_KEYS, levels
from app.codes.links import JSON_LD, LINKSET, VCARD, Link, choose, link_type, links_of, linkset
from app.codes.models import EnterpriseCode
from app.codes.numbers import grouped
from app.codes.openapi import RESPONSES, LinkTypeAsked, ScannedCode, Signature
from app.codes.refusals import LinkMissing, ScanRefused, TooManyScans
from app.codes.resolving import (
    SCANS,
    Cache,
    Found,
    Rendered,
    find,
    find_gs1,
    find_handle,
    rendered,
)
from app.codes.statistics import own_card
from app.codes.structured import json_ld, vcard
from app.codes.watch import Watch, network_of
from app.core.actor import Actor
from app.core.clock import today
from app.core.http import actor_of_request, current_actor
from app.core.i18n import LANGUAGES, Language
from app.core.problems import problem_response, request_language
from app.core.runtime import Runtime
from app.registry.models import Company
from app.settings import Settings
from app.web import deal_words
from app.web.errors import wants_page
from app.web.negotiation import accepted, preferred
from app.web.pages import SECURITY_HEADERS, page, remember, render_text
from app.web.scan_lead import selling_teams


class Straight(APIRoute):
    """A route described as any other whose endpoint reads the request itself: a third of a scan's time went into reading it twice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            response: Response = await self.endpoint(request, **request.path_params)
            return response

        return handle


router = APIRouter(tags=["codes"], route_class=Straight)
hidden = APIRouter(include_in_schema=False)

HTML = "text/html; charset=utf-8"
OFFERED = ("text/html", LINKSET, "application/json", JSON_LD, VCARD)
CACHED = "public, max-age=0, s-maxage=60"
"""A phone asks again each time, which costs a 304; a proxy in front may answer for a minute, so a revocation is that late."""
OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Link, ETag, Location"}
_FOR_ONE = "private, no-cache"
"""What somebody known is shown, or what sets a cookie, is for them alone."""
CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"


@dataclass(frozen=True, slots=True)
class Scan:
    """One request to resolve: how the code is found, and the path it was asked by."""

    look: Callable[[Connection], tuple[str, str]]
    """Gives the code as written and the normal path that was asked for."""
    direct: bool
    """Whether it was asked by ``/c/``, where the page itself is; other forms redirect there."""


@router.get("/c/{code}", responses=RESPONSES, response_class=Response)
async def resolve_code(
    request: Request,
    code: ScannedCode,
    s: Signature = "",
    linkType: LinkTypeAsked = "",  # noqa: N803 - the standard's own name
) -> Response:
    """解析企业码 Resolve an enterprise code: a page for people, links (RFC 9264) and JSON-LD for machines."""
    del s, linkType  # read below, for every form of the address
    return await _answer(request, Scan(lambda _: (code, f"/c/{code}"), direct=True))


@hidden.head("/c/{code}")
async def resolve_code_head(request: Request, code: str) -> Response:
    """What GET would say, without saying it."""
    return await _answer(request, Scan(lambda _: (code, f"/c/{code}"), direct=True))


@hidden.get("/c/{code}/contact.vcf")
async def save_contact(request: Request, code: str) -> Response:
    """The firm as a vCard."""
    return await _answer(request, Scan(lambda _: (code, f"/c/{code}"), direct=True), only="vcard")


async def _gs1(request: Request) -> Response:
    # The decoded path would not tell a slash inside a value from one between values.
    raw = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1").split("?")[0]

    def look(connection: Connection) -> tuple[str, str]:
        code, level = find_gs1(connection, raw)
        return code, f"/{level}"

    return await _answer(request, Scan(look, direct=False))


for _key in PRIMARY_KEYS:
    hidden.add_api_route(f"/{_key}/{{rest:path}}", _gs1, methods=["GET", "HEAD"], name=f"gs1_{_key}")


@hidden.get("/88.{prefix}/{suffix:path}")
@hidden.head("/88.{prefix}/{suffix:path}")
async def resolve_handle(request: Request, prefix: str, suffix: str) -> Response:
    """An industrial-internet identifier (标识解析), prefix/suffix."""
    own = request.app.state.runtime.settings.identifier_prefix

    def look(connection: Connection) -> tuple[str, str]:
        return find_handle(connection, f"88.{prefix}", suffix.rstrip("/"), own), request.url.path.rstrip("/")

    return await _answer(request, Scan(look, direct=False))


async def _preflight() -> Response:
    allow = {"Allow": "GET, HEAD, OPTIONS", "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS"}
    return Response(
        status_code=204, headers={**OPEN, **allow, "Access-Control-Allow-Headers": "Accept, Accept-Language"}
    )


for _form in ("/c/{code}", "/88.{prefix}/{rest:path}", *(f"/{key}/{{rest:path}}" for key in PRIMARY_KEYS)):
    hidden.add_api_route(_form, _preflight, methods=["OPTIONS"], name=f"options {_form}")


@hidden.get("/.well-known/gs1resolver")
def describe_resolver(request: Request) -> Response:
    """The resolver description file of the GS1-Conformant Resolver standard."""
    settings: Settings = request.app.state.runtime.settings
    said = {
        "name": "Lianqiao",
        "resolverRoot": settings.origin(),
        "supportedPrimaryKeys": list(PRIMARY_KEYS),
        "linkTypeDefaultCanBeLinkset": False,
        "supportedLinkType": [
            {"namespace": "https://ref.gs1.org/voc/", "prefix": "gs1:"},
            {"namespace": "urn:lianqiao:link:", "prefix": "lq:"},
        ],
    }
    return Response(json.dumps(said, ensure_ascii=False), media_type="application/json", headers=OPEN)


async def _answer(request: Request, scan: Scan, *, only: str = "") -> Response:
    watch: Watch = request.app.state.watch
    network = network_of(request.client.host if request.client else "")
    actor = await current_actor(request)
    try:
        if wait := watch.wait(network):
            raise TooManyScans(headers={"Retry-After": str(wait)})
        signed = request.query_params.get("s", "")
        found, path = await _find(request.app.state.runtime.engine, scan, signed)
        watch.read(network, found.code)
        if found.forward:
            SCANS.add("replaced")
            return _redirect(request, found.forward, drop=("s",))
        SCANS.add("active")
        return await _represent(request, scan, found, path, only, actor)
    except ScanRefused as refused:
        SCANS.add(refused.outcome)
        if refused.miss:
            watch.missed(network)
        return _refusal(request, refused)


async def _find(engine: Engine, scan: Scan, signed: str) -> tuple[Found, str]:
    """The code, looked up in a thread; or here, in a file, where that takes less than going to a thread and back."""
    if engine.dialect.name == "sqlite":
        return find(engine, scan.look, signed)
    return await run_sync(find, engine, scan.look, signed)


async def _represent(
    request: Request, scan: Scan, found: Found, path: str, only: str, actor: Actor
) -> Response:
    language = request_language(request)
    asked = request.query_params.get("linkType", "")
    form = only or _form_asked(request, asked)
    if form == "link":
        link = await run_sync(_link_asked, request, found, asked, language, actor)
        return _redirect(request, link.href, drop=("linkType", "s", "lang"), path=path)
    if form == "page" and not scan.direct:
        return _redirect(request, f"/c/{found.code}", path=path)
    key = (form, path if form == "linkset" else "", found, language, today())
    cache: Cache = request.app.state.answers
    answer = None if actor.known else cache.get(key)
    if answer is None:
        answer = await run_sync(_render, request, form, found, path, language, actor)
        if not actor.known:
            cache.put(key, answer)
    if form == "page" and request.method == "GET":
        runtime: Runtime = request.app.state.runtime
        runtime.scans.add(found.company_id, actor)
    return _send(request, answer, language, path, form)


def _form_asked(request: Request, asked: str) -> str:
    """page, linkset, json-ld, vcard, or one link."""
    if asked in ("linkset", "all"):
        return "linkset"
    if asked in ("", "defaultLink", "gs1:defaultLink"):
        media = preferred(request.headers.get("accept", ""), OFFERED)
        return {LINKSET: "linkset", "application/json": "linkset", JSON_LD: "json-ld", VCARD: "vcard"}.get(
            media, "page"
        )
    return "json-ld" if link_type(asked) == "describedby" else "link"


def _link_asked(request: Request, found: Found, asked: str, language: Language, actor: Actor) -> Link:
    runtime: Runtime = request.app.state.runtime
    with runtime.session(writing=False, actor=actor) as session:
        links = links_of(_card(session, found, actor), runtime.settings.origin())
    languages = [language, *(tongue for tongue in LANGUAGES if tongue != language)]
    chosen = choose(links, link_type(asked), languages, accepted(request.headers.get("accept", "")))
    if chosen is None:
        known = "、".join(dict.fromkeys(link.type for link in links))
        raise LinkMissing("现有的链接类型：{known}", known=known)
    return chosen


def _card(session: Session, found: Found, actor: Actor) -> Card:
    code = session.get_one(EnterpriseCode, found.code)
    return load_card(session, code, viewer=actor, today=today())


def _render(
    request: Request, form: str, found: Found, path: str, language: Language, actor: Actor
) -> Rendered:
    runtime: Runtime = request.app.state.runtime
    origin = runtime.settings.origin()
    with runtime.session(writing=False, actor=actor) as session:
        card = _card(session, found, actor)
        teams = selling_teams(session, actor, card.company.id)
        left = own_card(session, card.company.id) is not None
    if form == "page":
        return rendered(_page(request, card, found, language, teams=teams, left=left), HTML)
    if form == "json-ld":
        return rendered(json.dumps(json_ld(card, origin), ensure_ascii=False), JSON_LD)
    if form == "vcard":
        return rendered(vcard(card, origin), f"{VCARD}; charset=utf-8")
    links = links_of(card, origin)
    ways = [path, *(f"/{level}" for level in levels(path.strip("/"))[1:])] if _is_gs1(path) else [path]
    anchors: list[tuple[str, Sequence[Link]]] = [(origin + way, links) for way in ways]
    default = f"{origin}/c/{found.code}"
    return rendered(json.dumps(linkset(anchors, default, language), ensure_ascii=False), LINKSET)


def _is_gs1(path: str) -> bool:
    return path.split("/")[1] in PRIMARY_KEYS


def _page(
    request: Request, card: Card, found: Found, language: Language, *, teams: Sequence[Company], left: bool
) -> str:
    # Rendered as if asked by its plain address: nothing of one visitor's query may reach the next.
    plain = Request(
        {
            **request.scope,
            "path": f"/c/{found.code}",
            "query_string": urlencode({"lang": language}).encode(),
        }
    )
    return render_text(
        plain, "scan.html", language, card=card, standing=card.standing, deal_words=deal_words, signed=found.signed,
        printed=grouped(found.code), teams=teams, left=left,
    )  # fmt: skip


def _send(request: Request, answer: Rendered, language: Language, path: str, form: str) -> Response:
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
    if "gzip" in request.headers.get("accept-encoding", ""):
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


def _redirect(request: Request, target: str, *, drop: Sequence[str] = (), path: str = "") -> Response:
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


def _refusal(request: Request, refused: ScanRefused) -> Response:
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


def add_scan_pages(app: FastAPI, settings: Settings) -> None:
    """The resolver, in every form of address it understands."""
    app.state.answers = Cache()
    app.state.watch = Watch(misses=settings.scan_misses, codes=settings.scan_codes)
    app.include_router(router)
    app.include_router(hidden)
