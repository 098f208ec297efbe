"""Walking the code space finds nothing, is slowed, and is noticed."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.codes import watch as watching
from app.codes.numbers import new_code
from app.codes.watch import WALKS, Watch, network_of
from tests.app.clients import another_client


@pytest.fixture
def limited(client: TestClient, api: FastAPI) -> Iterator[TestClient]:
    """The application with small limits."""
    del client
    held, api.state.watch = api.state.watch, Watch(misses=5, codes=3)
    yield another_client(api)
    api.state.watch = held


def test_guessing_is_answered_429_and_told(
    limited: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.WARNING):
        answers = [limited.get(f"/c/{new_code()}") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429] * 3
    assert answers[-1].json()["code"] == "too_many_scans"
    assert 0 < int(answers[-1].headers["retry-after"]) <= watching.WINDOW
    assert len([line for line in caplog.messages if "walked" in line]) == 1
    assert 'lianqiao_code_walks_total{sign="misses"}' in limited.get("/metrics").text
    later = watching.monotonic() + watching.WINDOW + 1
    monkeypatch.setattr(watching, "monotonic", lambda: later)
    assert limited.get(f"/c/{new_code()}").status_code == 404


def test_guessing_through_the_api_is_counted_too(limited: TestClient) -> None:
    answers = [limited.get(f"/api/v1/codes/{new_code()}") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429] * 2


def test_reading_one_firm_again_costs_nothing() -> None:
    watch = Watch(misses=5, codes=3)
    for _ in range(50):
        watch.read("192.0.2.1", "A")
    assert watch.wait("192.0.2.1") == 0
    watch.read("192.0.2.1", "B")
    watch.read("192.0.2.1", "C")
    assert watch.wait("192.0.2.1") > 0
    assert watch.wait("192.0.2.2") == 0
    assert any('sign="codes"' in line for line in WALKS.lines())


def test_no_limit_and_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(misses=0, codes=0)
    for _ in range(1000):
        watch.missed("192.0.2.1")
    assert watch.wait("192.0.2.1") == 0
    monkeypatch.setattr(watching, "MOST_NETWORKS", 10)
    for number in range(100):
        watch.missed(str(number))
    assert len(watch._seen) == 10


def test_networks() -> None:
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert network_of("testclient") == "testclient"
