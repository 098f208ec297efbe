"""Whose turn it is at the database: requests that wait for one wait as coroutines and hold no thread.

Handlers run in a pool of threads, and an answer is serialised in that pool while its session is still open. If all
threads waited for the one writer, or for a connection, whoever has it could never finish.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.core.errors import DatabaseBusy

SESSIONS = 12
"""Requests with a session at a time: fewer than the connection pool holds, so that pages and jobs get theirs."""
LONGEST_WAIT = 30.0
"""Seconds after which a request gives up with 503."""


class Turns:
    """The turns of one application. ``one_writer`` where the database takes one writer at a time (SQLite)."""

    def __init__(self, *, one_writer: bool) -> None:
        self._writer = asyncio.Lock() if one_writer else None
        self._sessions = asyncio.Semaphore(SESSIONS)

    @asynccontextmanager
    async def take(self, *, writing: bool) -> AsyncIterator[None]:
        """Hold a turn. Raises DatabaseBusy when none came in time."""
        if writing and self._writer:
            async with _held(self._writer), _held(self._sessions):
                yield
        else:
            async with _held(self._sessions):
                yield


@asynccontextmanager
async def _held(turn: asyncio.Lock | asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        await asyncio.wait_for(turn.acquire(), LONGEST_WAIT)
    except TimeoutError as error:
        raise DatabaseBusy from error
    try:
        yield
    finally:
        turn.release()
