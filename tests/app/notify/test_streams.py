"""Notices as they come: at once, none lost over a break, nothing held for whoever is gone or too slow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.types import Message

from app.core.openapi import SESSION_COOKIE
from app.notify import hub as hubs
from app.notify import streams
from app.notify.hub import Hub, Listener, News
from tests.app.notify.conftest import Tell
from tests.app.notify.test_inbox_api import INBOX, SignIn, reached

LONGEST = 30.0


class Stream:
    """A GET of the stream at the application itself, in its own loop: what TestClient cannot do with what never ends."""

    def __init__(self, api: FastAPI, cookie: str, last: str) -> None:
        self._api, self._text, self._end = api, "", asyncio.Event()
        self._headers = [
            (b"cookie", f"{SESSION_COOKIE}={cookie}".encode()),
            (b"last-event-id", last.encode()),
        ]
        self.stuck = False
        self.task = api.state.portal.start_task_soon(self._run)

    async def _run(self) -> None:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": f"{INBOX}/stream", "raw_path": b"", "query_string": b"", "root_path": "", "headers": self._headers,
            "client": ("test", 1), "server": ("test", 80), "state": {},
        }  # fmt: skip
        started = False

        async def receive() -> Message:
            nonlocal started
            if not started:
                started = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._end.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if self.stuck:
                await asyncio.Event().wait()
            self._text += message.get("body", b"").decode()

        await self._api(scope, receive, send)

    def events(self) -> list[tuple[str, Any]]:
        """(kind, data) of everything that came so far."""
        found = []
        for block in self._text.split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in lines:
                found.append((lines["event"], json.loads(lines["data"])))
        return found

    def titles(self) -> list[str]:
        return [data["title"] for kind, data in self.events() if kind == "notice"]

    def unread(self) -> list[int]:
        return [data["unread"] for kind, data in self.events() if kind == "unread"]

    def until(self, true: Callable[[], object]) -> None:
        async def wait() -> None:
            async with asyncio.timeout(LONGEST):
                while not true():
                    await asyncio.sleep(0.01)

        self._api.state.portal.call(wait)

    def leave(self) -> None:
        """Close the connection, and see it end."""
        self._api.state.portal.call(self._end.set)
        self.task.result(LONGEST)


Open = Callable[..., AbstractContextManager[Stream]]


@pytest.fixture
def open_stream(api: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setattr(hubs, "ROUND", 0.02)

    @contextmanager
    def opened(browser: Any, last: str = "") -> Any:
        stream = Stream(api, browser.cookies[SESSION_COOKIE], last)
        stream.until(stream.unread)
        yield stream
        stream.leave()

    return opened


def hub_of(api: FastAPI) -> Hub:
    hub: Hub = api.state.notices
    return hub


def said(title: str) -> dict[str, str]:
    return {"title": title, "company": "甲厂"}


def test_what_happens_is_told_at_once_in_every_tab(
    api: FastAPI, open_stream: Open, sign_in: SignIn, tell_now: Tell
) -> None:
    mine, other = sign_in(), sign_in()
    tell_now(people=[reached(mine)], data=said("之前"))
    with open_stream(mine) as first, open_stream(mine) as second, open_stream(other) as third:
        assert first.unread() == [1]
        tell_now(people=[reached(mine)], data=said("水泵"))
        for stream in (first, second):
            stream.until(lambda stream=stream: stream.titles() == ["收到报价：水泵"])
            assert stream.unread() == [1, 2]
        mine.post(f"{INBOX}/read-all")
        first.until(lambda: first.unread() == [1, 2, 0])
        assert not third.titles(), "another's notices are theirs"
    assert hub_of(api).listening == 0


def test_over_a_break_nothing_is_lost(open_stream: Open, sign_in: SignIn, tell_now: Tell) -> None:
    mine = sign_in()
    tell_now(people=[reached(mine)], data=said("一"))
    last = mine.get(INBOX).json()["items"][0]["id"]
    for title in ("二", "三"):
        tell_now(people=[reached(mine)], data=said(title))
    with open_stream(mine, last=last) as stream:
        stream.until(lambda: len(stream.titles()) >= 2)
        assert stream.titles() == ["收到报价：二", "收到报价：三"]
        tell_now(people=[reached(mine)], data=said("四"))
        stream.until(lambda: len(stream.titles()) == 3)


def test_a_notice_committed_late_is_told_too(
    api: FastAPI, open_stream: Open, sign_in: SignIn, tell_now: Tell
) -> None:
    """Its id is older than one that was told already: a cursor over ids alone would pass it by."""
    mine = sign_in()
    person = reached(mine)
    with open_stream(mine) as stream:
        tell_now(people=[person], data=said("后"))
        stream.until(lambda: stream.titles() == ["收到报价：后"])
        older = hubs.first_id(hubs.now() - hubs.LATE / 2)
        with api.state.runtime.session(actor=hubs.SYSTEM) as session:
            session.add(
                hubs.Notice(
                    id=older, person_id=person, kind="quote.received", about="/", data=said("先"), key="late"
                )
            )
        stream.until(lambda: stream.titles() == ["收到报价：后", "收到报价：先"])


def test_silence_is_broken_by_beats_and_streams_end_in_time(
    open_stream: Open, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BEAT", 0.01)
    with open_stream(sign_in()) as stream:
        stream.until(lambda: stream._text.count(": beat") > 2)
    monkeypatch.setattr(streams, "LONGEST", 0.05)
    with open_stream(sign_in()) as stream:
        stream.task.result(LONGEST)


def test_a_client_that_does_not_read_is_let_go(
    api: FastAPI, open_stream: Open, sign_in: SignIn, tell_now: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = sign_in()
    monkeypatch.setattr(streams, "SLOWEST", 0.2)
    with open_stream(mine) as stream:
        stream.stuck = True
        tell_now(people=[reached(mine)])
        stream.task.result(LONGEST)
        assert hub_of(api).listening == 0


def test_a_full_queue_ends_the_stream() -> None:
    listener = Listener(UUID(int=1), asyncio.Queue(2))
    for unread in range(3):
        listener.put(News([], unread))
    assert listener.queue.get_nowait() is None


def test_one_person_has_so_many_streams(api: FastAPI, open_stream: Open, sign_in: SignIn) -> None:
    mine = sign_in()
    with open_stream(mine) as oldest:
        opened = [open_stream(mine) for _ in range(hubs.MOST_STREAMS)]
        for one in opened:
            one.__enter__()
        oldest.task.result(LONGEST)
        assert hub_of(api).listening == hubs.MOST_STREAMS
        for one in opened:
            one.__exit__(None, None, None)


def test_a_stream_holds_no_turn_and_a_database_away_does_not_end_it(
    api: FastAPI, open_stream: Open, sign_in: SignIn, tell_now: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = sign_in()
    with open_stream(mine) as stream:
        assert api.state.turns._sessions._value > 0
        failed = []

        def fail(*_args: Any, **_named: Any) -> Any:
            failed.append(1)
            raise RuntimeError("the database is away")

        with monkeypatch.context() as away:
            away.setattr(hubs, "_look", fail)
            stream.until(lambda: failed)
        tell_now(people=[reached(mine)])
        stream.until(stream.titles)
