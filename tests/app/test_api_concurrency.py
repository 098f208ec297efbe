"""Many requests at once: nobody starves, and repeated keys create once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from app.core import turns
from app.core.errors import DatabaseBusy
from app.core.turns import Turns

AT_ONCE = 60
"""More than the threads that run handlers (40), so that waiting in a thread would end in starvation."""


def test_more_writers_than_threads_all_get_their_turn(
    client: TestClient, new_uscc: Callable[[], str]
) -> None:
    codes = [new_uscc() for _ in range(AT_ONCE)]

    def register(uscc: str) -> tuple[int, int]:
        said = {"uscc": uscc, "name": "沈阳并发机械厂", "business_scope": "水泵制造"}
        written = client.post("/api/v1/companies", json=said)
        read = client.get("/api/v1/companies", params={"limit": 100})
        return written.status_code, read.status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert Counter(pool.map(register, codes)) == {(201, 200): AT_ONCE}


def test_the_same_key_at_once_creates_once(client: TestClient) -> None:
    def post(_number: int) -> str:
        answer = client.post(
            "/api/v1/demands", json={"title": "同一条"}, headers={"Idempotency-Key": "at-once"}
        )
        assert answer.status_code == 201, answer.text
        created: str = answer.json()["id"]
        return created

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(post, range(10)))) == 1


def test_a_turn_that_does_not_come_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.01)

    async def second_writer() -> None:
        queue = Turns(one_writer=True)
        async with queue.take(writing=True):
            async with queue.take(writing=False):
                pass
            with pytest.raises(DatabaseBusy):
                async with queue.take(writing=True):
                    pass
        async with queue.take(writing=True):
            pass

    asyncio.run(second_writer())
