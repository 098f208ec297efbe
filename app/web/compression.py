"""Compressed answers for who takes them."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from app.web.negotiation import takes_gzip


class Compression(GZipMiddleware):
    """Starlette's, which looks for the word gzip only: who refuses it (``gzip;q=0``) or takes whatever there is (``*``) counts too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on with what the reader takes said in one word."""
        if scope["type"] == "http":
            asked = Headers(scope=scope).get("accept-encoding", "")
            rest = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            said = [(b"accept-encoding", b"gzip")] if takes_gzip(asked) else []
            scope = {**scope, "headers": [*rest, *said]}
        await super().__call__(scope, receive, send)
