"""Who listens for notices in this process, and one task that looks for what is new for all of them.

The database is asked once a round for everybody, so a listener costs a queue and no connection; however many web
processes there are, each finds what any of them wrote. Between rounds nothing is held.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

from anyio.to_thread import run_sync
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.core.actor import SYSTEM
from app.core.backoff import backoff
from app.core.clock import now
from app.core.ids import first_id
from app.core.runtime import Runtime
from app.core.turns import Turns
from app.notify.models import Notice

log = logging.getLogger(__name__)

ROUND = 1.0
"""Seconds between two looks."""
LATE = timedelta(minutes=2)
"""Ids follow the time at which a row was made, not that of its commit: every look goes back this far."""
MOST_MISSED = 100
LONGEST_AWAY = timedelta(days=1)
"""What somebody is handed who comes back: the last so many notices of so long; what is older is in the list."""
MOST_WAITING = 200
"""Events kept for a client that does not take them; then it is let go, and comes back."""
MOST_STREAMS = 6
"""At a time for one person; the oldest ends when there is another."""
_PEOPLE = 300
"""Named in one statement."""

Found = dict[UUID, tuple[list[Notice], int]]
"""By person: notices, the oldest first, and how many are unread."""


@dataclass(frozen=True, slots=True)
class News:
    """What was found for one person: notices not handed over before, and how many are unread now."""

    notices: Sequence[Notice]
    unread: int


@dataclass(eq=False)
class Listener:
    """One open stream. ``None`` in the queue ends it."""

    person_id: UUID
    queue: asyncio.Queue[News | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    seen: set[UUID] = field(default_factory=set)
    unread: int = -1

    def take_in(self, found: Collection[Notice], unread: int, floor: UUID) -> None:
        """Queue what is new; end when the queue is full, because the other side no longer reads."""
        fresh = [notice for notice in found if notice.id not in self.seen]
        if not fresh and unread == self.unread:
            return
        self.seen = {key for key in self.seen if key > floor} | {notice.id for notice in fresh}
        self.unread = unread
        self.put(News(fresh, unread))

    def put(self, news: News | None) -> None:
        """Queue it, or make room for the end."""
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


class Hub:
    """The listeners of one application."""

    def __init__(self, runtime: Runtime, turns: Turns) -> None:
        self._runtime = runtime
        self._turns = turns
        self._listeners: dict[UUID, list[Listener]] = defaultdict(list)
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @asynccontextmanager
    async def listen(self, person_id: UUID, *, after: UUID | None) -> AsyncIterator[Listener]:
        """A listener whose queue begins with what came ``after`` a notice, else with the number unread."""
        listener = Listener(person_id)
        floor, oldest = first_id(now() - LATE), first_id(now() - LONGEST_AWAY)
        since = max(min(after or floor, floor), oldest)
        found = await self._in_turn(partial(_look, people=[person_id], floor=since))
        notices, listener.unread = found[person_id]
        listener.seen = {notice.id for notice in notices}
        # Whoever comes back may be given again what came just before: better twice than never.
        missed = [notice for notice in notices if after and notice.id != after]
        listener.put(News(missed[-MOST_MISSED:], listener.unread))
        # Rounds go back far enough to find what came between that look and now.
        own = self._listeners[person_id]
        own.append(listener)
        try:
            if len(own) > MOST_STREAMS:
                own[0].put(None)
            if self._closed:
                listener.put(None)
            elif self._task is None:
                self._loop = asyncio.get_running_loop()
                self._task = self._loop.create_task(self._watch())
            yield listener
        finally:
            own.remove(listener)
            if not own:
                self._listeners.pop(person_id, None)

    @property
    def listening(self) -> int:
        """How many streams are open."""
        return sum(map(len, self._listeners.values()))

    def close(self) -> None:
        """End every stream, now and from now on; may be called from a signal handler or another thread."""
        self._closed = True
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for own in self._listeners.values():
            for listener in own:
                listener.put(None)

    async def _watch(self) -> None:
        failures = 0
        try:
            while self._listeners and not self._closed:
                await asyncio.sleep(backoff(failures) if failures else ROUND)
                try:
                    await self._round()
                    failures = 0
                except Exception:
                    failures += 1
                    log.warning("looking for notices failed", exc_info=True)
        finally:
            self._task = None

    async def _round(self) -> None:
        people, floor = list(self._listeners), first_id(now() - LATE)
        found = await self._in_turn(partial(_look, people=people, floor=floor))
        for person_id, (notices, unread) in found.items():
            for listener in self._listeners.get(person_id, ()):
                listener.take_in(notices, unread, floor)

    async def _in_turn(self, look: Callable[[Session], Found]) -> Found:
        def run() -> Found:
            with self._runtime.session(writing=False, actor=SYSTEM) as session:
                return look(session)

        async with self._turns.take(writing=False):
            return await run_sync(run)


def _look(session: Session, *, people: Sequence[UUID], floor: UUID) -> Found:
    """What there is for each of these people after ``floor``."""
    found: Found = {person: ([], 0) for person in people}
    for start in range(0, len(people), _PEOPLE):
        part = col(Notice.person_id).in_(people[start : start + _PEOPLE])
        recent = select(Notice).where(part, col(Notice.id) > floor).order_by(col(Notice.id))
        for notice in session.scalars(recent):
            found[notice.person_id][0].append(notice)
        unread = select(col(Notice.person_id), func.count()).where(part, col(Notice.read_at).is_(None))
        for person, count in session.execute(unread.group_by(col(Notice.person_id))):
            found[person] = (found[person][0], count)
    return found
