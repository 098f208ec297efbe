"""Refuse bodies that are too large, before they are read when their length is announced, else while they are."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import TooLarge
from app.core.problems import problem_response

TOO_LARGE = 413


class BodyLimit:
    """ASGI middleware: 413 over ``limit`` bytes, or over what ``uploads`` says for paths beginning so, which take files."""

    def __init__(self, app: ASGIApp, *, limit: int, uploads: Mapping[str, int]) -> None:
        self.app = app
        self._limit = limit
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        larger = (limit for start, limit in self._uploads.items() if scope["path"].startswith(start))
        limit = next(larger, self._limit)
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
