"""`lianqiao serve --workers` and `lianqiao worker` as processes of their own: they start, share the work and stop on SIGTERM."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from app.accounts.keys import make_key
from app.accounts.policy import SCOPES
from app.core.actor import COUNTRY, SYSTEM
from app.core.database import make_engine, unit_of_work
from app.core.outbox import park, waiting
from app.settings import Settings
from search.index import Rejection
from tests.services.programs import Programs, programs, until


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Programs]:
    settings = {
        "data_dir": str(tmp_path / "data"),
        "database_url": database_url,
        "index_interval_seconds": "0.1",
    }
    with programs(tmp_path, settings) as started:
        yield started


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(Settings(database_url=database_url))
    yield made
    made.dispose()


def children_of(process: subprocess.Popen[str]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(number) for number in listed.split()]


def waits(engine: Engine) -> int:
    with unit_of_work(engine, writing=False) as session:
        return waiting(session)[0]


def test_web_processes_share_a_port_and_a_worker_indexes(
    world: Programs, engine: Engine, new_uscc: Callable[[], str]
) -> None:
    with unit_of_work(engine, actor=SYSTEM) as session:
        token = make_key(session, name="tests", scopes=SCOPES, division=COUNTRY).token
    web, address = world.serve("--workers", "2", indexer="false")
    children = children_of(web)
    assert len(children) >= 2
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        for _ in range(5):
            said = {"uscc": new_uscc(), "name": "沈阳进程泵业有限公司", "business_scope": "水泵制造"}
            assert client.post("/api/v1/companies", json=said).status_code == 201
        assert waits(engine) == 5
        worker = world.start("worker")
        until(lambda: waits(engine) == 0, 120, what="the worker")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0

        def found() -> list[Any]:
            items: list[Any] = client.get("/api/v1/search", params={"q": "水泵"}).json()["items"]
            return items

        until(lambda: len(found()) == 5, 20, what="the web processes to see what the worker wrote")
    web.send_signal(signal.SIGTERM)
    assert web.wait(30) == 0
    until(
        lambda: not [one for one in children if Path(f"/proc/{one}").exists()], 10, what="its processes to go"
    )


@pytest.mark.one_database
def test_what_is_parked_is_shown_and_tried_again(world: Programs, engine: Engine) -> None:
    with unit_of_work(engine) as session:
        park(session, [Rejection("09a2c344-16e9-50f0-9116-d199f4525a49", 3, "does [not] fit")])
    told, _ = world.start("index", "parked").communicate()
    assert "09a2c344-16e9-50f0-9116-d199f4525a49" in told
    assert "does [not] fit" in told
    checked, _ = world.start("index", "check", "--json").communicate()
    assert json.loads(checked) == {"missing": 0, "stale": 0, "surplus": 0, "repaired": 0, "parked": 1}
    again = world.start("index", "retry")
    assert "仍搁置 0" in again.communicate()[0]
    assert again.returncode == 0
    assert world.start("index", "parked").communicate()[0] == ""
