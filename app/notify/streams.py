"""Notices as server-sent events."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core.i18n import Language
from app.notify.hub import Hub, News
from app.notify.schemas import NoticePublic

BEAT = 15.0
"""Seconds of silence after which a comment is sent: proxies keep the connection, and one that vanished is found out."""
LONGEST = 300.0
"""Seconds after which a stream ends, for the browser to come back and say anew who it is."""
SLOWEST = 30.0
"""Seconds a client may take to accept what is sent."""


class EventStream(Response):
    """Sends ``events`` until they end, the client is gone, or it takes too long to read."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[str, None]) -> None:
        self._events = events
        self.status_code = 200
        self.background = None
        # Nginx and its like would hold events back to fill a buffer.
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as tasks:

            async def until_gone() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                tasks.cancel_scope.cancel()

            tasks.start_soon(until_gone)
            async with aclosing(self._events):
                await self._send(send)
            tasks.cancel_scope.cancel()

    async def _send(self, send: Send) -> None:
        with anyio.move_on_after(SLOWEST) as patience:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for text in self._events:
                patience.deadline = anyio.current_time() + SLOWEST
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                # Waiting for the next event is no slowness of the client's.
                patience.deadline = float("inf")
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def events_for(
    hub: Hub, person_id: UUID, language: Language, after: UUID | None
) -> AsyncGenerator[str, None]:
    """The text of a stream: ``unread`` events with the number, ``notice`` events with one notice each, and beats."""
    ends = time.monotonic() + LONGEST * random.uniform(0.8, 1)  # noqa: S311 - so that not all come back at once
    yield "retry: 3000\n\n"
    async with hub.listen(person_id, after=after) as listener:
        while (left := ends - time.monotonic()) > 0:
            try:
                news = await asyncio.wait_for(listener.queue.get(), min(BEAT, left))
            except TimeoutError:
                yield ": beat\n\n"
                continue
            if news is None:
                return
            yield text_of(news, language)


def text_of(news: News, language: Language) -> str:
    """Each notice under its id, from which a client resumes, then the number unread."""
    said = [
        f"id: {notice.id}\nevent: notice\ndata: {NoticePublic.of(notice, language).model_dump_json()}\n\n"
        for notice in news.notices
    ]
    return "".join(said) + f"event: unread\ndata: {json.dumps({'unread': news.unread})}\n\n"
