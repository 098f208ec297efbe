"""Refuse bodies that are too large, before they are read when their length is announced, else while they are."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import TooLarge
from app.core.problems import problem_response

TOO_LARGE = 413


class BodyLimit:
    """ASGI middleware: 413 over ``limit`` bytes, or over ``upload_limit`` on paths that take files."""

    def __init__(self, app: ASGIApp, *, limit: int, upload_limit: int, upload_paths: tuple[str, ...]) -> None:
        self.app = app
        self._limit = limit
        self._upload_limit = upload_limit
        self._upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._upload_limit if scope["path"].startswith(self._upload_paths) else self._limit
        announced = Request(scope).headers.get("content-length", "")
        if announced.isdecimal() and (len(announced) > 15 or int(announced) > limit):
            response = problem_response(Request(scope), TooLarge(headers={"Connection": "close"}))
            await response(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(TOO_LARGE)
            return message

        await self.app(scope, counted, send)
