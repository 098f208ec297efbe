"""Lists that were shown: noted, packed, forgotten in time, and read back as lessons with what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.runtime import Runtime
from app.matches import impressions
from app.matches.impressions import KEPT, ShownList, forget_old_impressions, pack, unpack, write_impressions
from app.matches.learning import shown_with_outcomes
from app.matches.models import Impression, Outcome
from app.matches.service import record_outcome
from matching.features import COLUMN, FEATURES
from tests.app.matches.conftest import Post, Register

TRADE = "罗茨流量计"


@pytest.fixture
def runtime(api: FastAPI) -> Runtime:
    """The running program, nothing shown yet."""
    runtime: Runtime = api.state.runtime
    runtime.impressions.take()
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(Impression))
        session.execute(delete(Outcome))
    return runtime


@pytest.fixture
def firm(register: Register) -> dict[str, Any]:
    return register("沈阳测试罗茨仪表有限公司", f"{TRADE}制造。")


def stored(runtime: Runtime) -> list[Impression]:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        return list(session.exec(select(Impression).order_by(col(Impression.shown_at))))


def test_lists_are_noted_as_they_were_shown(
    runtime: Runtime, client: TestClient, firm: dict[str, Any], post: Post
) -> None:
    demand = post(f"采购{TRADE}")
    address = f"/api/v1/demands/{demand['id']}/matches"
    answer = client.get(address, params={"limit": 5}).json()
    assert client.get(address, params={"sort": "distance"}).status_code == 200
    assert client.get(f"/demands/{demand['id']}").status_code == 200
    assert client.get(f"/api/v1/companies/{firm['id']}/demands").status_code == 200
    assert client.post("/api/v1/match", json={"text": TRADE}).status_code == 200
    assert stored(runtime) == [], "written later, by a job"
    assert write_impressions(runtime) == 4
    assert write_impressions(runtime) == 0
    api, near, page, reverse = stored(runtime)
    assert [one.sort for one in (api, near, page, reverse)] == ["score", "distance", "score", "score"]
    assert (near.side, near.subject_id) == ("buyer", api.subject_id)
    assert (api.side, str(api.subject_id), api.model) == ("buyer", demand["id"], answer["model"])
    assert (page.side, page.subject_id) == ("buyer", api.subject_id)
    assert (reverse.side, str(reverse.subject_id)) == ("supplier", firm["id"])
    seen = unpack(api.shown)
    assert [str(key) for key in seen.keys] == [one["company"]["id"] for one in answer["items"]]
    assert seen.scores.tolist() == pytest.approx([one["score"] for one in answer["items"]])
    assert seen.matrix is not None
    assert seen.matrix.shape == (len(seen.keys), len(FEATURES))
    assert seen.matrix[0, COLUMN["coverage"]] > 0.5
    assert demand["id"] in [str(key) for key in unpack(reverse.shown).keys]


def test_a_list_is_small_and_reads_back_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = np.random.default_rng(5)
    matrix = dice.random((20, len(FEATURES))).astype(np.float32)
    matrix[:, 10:30] = 0
    shown = ShownList(tuple(uuid4() for _ in range(20)), dice.random(20).astype(np.float32), matrix)
    packed = pack(shown)
    assert len(packed) < 20 * 100
    again = unpack(packed)
    assert again.keys == shown.keys
    assert again.scores.tolist() == shown.scores.tolist()
    assert again.matrix is not None
    assert np.allclose(again.matrix, matrix, atol=1e-3)
    monkeypatch.setattr(impressions, "_STAMP", 1)
    older = unpack(packed)
    assert older.matrix is None
    assert older.keys == shown.keys
    assert unpack(pack(ShownList((), np.zeros(0, np.float32), None))).keys == ()


def test_old_lists_are_forgotten(
    runtime: Runtime, client: TestClient, firm: dict[str, Any], post: Post
) -> None:
    assert firm
    demand = post(f"采购{TRADE}，旧")
    for _ in range(2):
        client.get(f"/api/v1/demands/{demand['id']}/matches")
    write_impressions(runtime)
    with runtime.session(actor=SYSTEM) as session:
        first = session.exec(select(Impression).order_by(col(Impression.shown_at))).first()
        assert first
        first.shown_at = now() - KEPT - timedelta(days=1)
    assert forget_old_impressions(runtime) == 1
    assert len(stored(runtime)) == 1


def test_the_last_list_before_the_first_outcome_is_the_lesson(
    runtime: Runtime, client: TestClient, firm: dict[str, Any], post: Post
) -> None:
    demand, silent = post(f"采购{TRADE}，一"), post(f"采购{TRADE}，二")
    for one in (demand, silent):
        client.get(f"/api/v1/demands/{one['id']}/matches")
    write_impressions(runtime)
    pair = {"demand_id": UUID(demand["id"]), "company_id": UUID(firm["id"])}
    with runtime.session(actor=SYSTEM) as session:
        record_outcome(session, **pair, outcome="declined", reason="scope")
        record_outcome(session, **pair, outcome="declined", reason="capacity")
    (lesson,) = shown_with_outcomes(runtime)
    assert lesson.demand == demand["id"]
    assert firm["id"] in lesson.keys
    assert lesson.outcomes == {firm["id"]: "declined"}
    with runtime.session(actor=SYSTEM) as session:
        record_outcome(session, **pair, outcome="won")
    client.get(f"/api/v1/demands/{demand['id']}/matches", params={"limit": 1})
    write_impressions(runtime)
    (lesson,) = shown_with_outcomes(runtime)
    assert lesson.outcomes == {firm["id"]: "won"}
    assert lesson.asked.sum() == 1
    with runtime.session(actor=SYSTEM) as session, pytest.raises(ValueError, match="none of"):
        record_outcome(session, **pair, outcome="kissed")  # type: ignore[arg-type]
