"""Scans whose answer is kept, answered in front of everything else.

Routes, compression and handlers of errors take as long as such an answer itself. Only what needs none of them is answered
here: ``/c/{code}`` that stands, asked by nobody known, in a form that was made before. Whatever else goes the usual way,
which finds out by itself what is wrong.
"""

from __future__ import annotations

from fastapi import Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Receive, Scope, Send

from app.codes.refusals import ScanRefused
from app.codes.resolving import SCANS
from app.codes.watch import Watch, network_of
from app.web.scan_answers import kept
from app.web.scan_pages import find_scanned, path_of

_PATH = "/c/"


class KeptScans:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(_PATH):
            request = Request(scope, receive)
            known = "authorization" in request.headers or "cookie" in request.headers
            response = None if known else await _response(request)
            if response is not None:
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _response(request: Request) -> Response | None:
    watch: Watch = request.app.state.watch
    network = network_of(request.client.host if request.client else "")
    code = request.scope["path"].removeprefix(_PATH)
    if "/" in code or watch.wait(network):
        return None
    try:
        found, path = await find_scanned(request, lambda _: (code, path_of(code)))
    except (ScanRefused, SQLAlchemyError):
        return None
    response = None if found.forward else kept(request, found, path)
    if response is not None:
        watch.read(network, found.code)
        SCANS.add("active")
    return response
