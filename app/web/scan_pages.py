"""The resolver: ``GET /c/{code}``, GS1 Digital Link paths and prefix/suffix identifiers, as a page or for machines.

The path is short: one query says whether the code stands and which version of everything it shows is current; the answer
itself comes out of the cache unless something changed since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import Connection, Engine

from app.codes.answer_file import AnswerFile
from app.codes.answers import Answers
from app.codes.gs1 import PRIMARY_KEYS
from app.codes.openapi import RESPONSES, LinkTypeAsked, ScannedCode, Signature
from app.codes.refusals import ScanRefused, TooManyScans
from app.codes.resolving import (
    SCANS,
    Found,
    find,
    find_gs1,
    find_handle,
)
from app.codes.watch import Watch, network_of
from app.core.http import current_actor
from app.settings import Settings
from app.web.scan_answers import represent
from app.web.scan_sending import OPEN, redirect, refusal


class Straight(APIRoute):
    """A route described as any other whose endpoint reads the request itself: a third of a scan's time went into reading it twice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            response: Response = await self.endpoint(request, **request.path_params)
            return response

        return handle


router = APIRouter(tags=["codes"], route_class=Straight)
hidden = APIRouter(include_in_schema=False)


Look = Callable[[Connection], tuple[str, str]]
"""Gives the code as written and the normal path that was asked for, as it stands in an address."""


def path_of(code: str) -> str:
    """The path of a code in the spelling that was asked for: full-width or with a blank, it goes into headers."""
    return f"/c/{quote(code, safe='')}"


@dataclass(frozen=True, slots=True)
class Scan:
    """One request to resolve: how the code is found, and the path it was asked by."""

    look: Look
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
    return await _answer(request, Scan(lambda _: (code, path_of(code)), direct=True))


@hidden.head("/c/{code}")
async def resolve_code_head(request: Request, code: str) -> Response:
    """What GET would say, without saying it."""
    return await _answer(request, Scan(lambda _: (code, path_of(code)), direct=True))


@hidden.get("/c/{code}/contact.vcf")
async def save_contact(request: Request, code: str) -> Response:
    """The firm as a vCard."""
    return await _answer(request, Scan(lambda _: (code, path_of(code)), direct=True), only="vcard")


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
        path = quote(f"/88.{prefix}/{suffix.rstrip('/')}")
        return find_handle(connection, f"88.{prefix}", suffix.rstrip("/"), own), path

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
        found, path = await find_scanned(request, scan.look)
        watch.read(network, found.code)
        if found.forward:
            SCANS.add("replaced")
            return redirect(request, found.forward, drop=("s",))
        SCANS.add("active")
        return await represent(request, found, path, actor, only=only, direct=scan.direct)
    except ScanRefused as refused:
        SCANS.add(refused.outcome)
        if refused.miss:
            watch.missed(network)
        return refusal(request, refused)


async def find_scanned(request: Request, look: Look) -> tuple[Found, str]:
    """The code and the path it was asked by, looked up in a thread; or here, in a file, where that takes less than going to a thread and back.

    Raises a ScanRefused.
    """
    engine: Engine = request.app.state.runtime.engine
    signed = request.query_params.get("s", "")
    if engine.dialect.name == "sqlite":
        return find(engine, look, signed)
    return await run_sync(find, engine, look, signed)


def add_scan_pages(app: FastAPI, settings: Settings) -> None:
    """The resolver, in every form of address it understands."""
    app.state.answers = Answers(AnswerFile(settings.data_dir))
    app.state.watch = Watch(misses=settings.scan_misses, codes=settings.scan_codes)
    app.include_router(router)
    app.include_router(hidden)
