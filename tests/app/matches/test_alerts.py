"""Alerts: who is told of what, once, and within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.runtime import Runtime
from app.matches import alerts, reverse
from app.matches.alerts import alert
from app.matches.due import claimed
from app.matches.models import Alert, AlertDue
from app.matches.service import record_outcome
from app.matches.standing import index_demands
from app.notify.models import Notice
from matching.result import Match
from matching.reverse import Asked
from tests.app.matches.conftest import Post, Register

TRADE = "罗茨真空泵"


@pytest.fixture
def runtime(api: FastAPI) -> Iterator[Runtime]:
    """The running program, with nothing due and nobody told."""
    runtime: Runtime = api.state.runtime
    runtime.index_pending()
    index_demands(runtime)
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(AlertDue))
        session.execute(delete(Alert))
    yield runtime
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(AlertDue))


@pytest.fixture
def firm(register: Register) -> dict[str, Any]:
    """A firm that makes the thing."""
    return register("沈阳测试罗茨真空有限公司", f"{TRADE}制造。")


@pytest.fixture
def seller(sign_in: Callable[..., TestClient], firm: dict[str, Any]) -> TestClient:
    """Its owner."""
    return sign_in(seats={firm["id"]: "owner"})


def told(runtime: Runtime, kind: str, about: str, firm: dict[str, Any] | None = None) -> list[Notice]:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(Notice).where(Notice.kind == kind, Notice.about == about)
        found = session.exec(query).all()
    return [one for one in found if firm is None or str(one.company_id) == firm["id"]]


def due(runtime: Runtime) -> set[tuple[str, str]]:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        return {(row.subject, row.key) for row in session.exec(select(AlertDue))}


def pairs(runtime: Runtime, demand: dict[str, Any]) -> set[str]:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(Alert.company_id).where(col(Alert.demand_id) == UUID(demand["id"]))
        return {str(key) for key in session.exec(query)}


def offer(client: TestClient, firm: dict[str, Any], title: str) -> dict[str, Any]:
    fields = {"supply_role": "maker", "pricing": "negotiable"}
    said = {"company_id": firm["id"], "kind": "product", "title": title, "fields": fields}
    answer = client.post("/api/v1/listings", json=said)
    assert answer.status_code == 201, answer.text
    listing: dict[str, Any] = answer.json()
    return listing


@pytest.mark.usefixtures("seller")
def test_a_new_demand_meets_firms_that_have_somebody_to_tell(
    runtime: Runtime, firm: dict[str, Any], register: Register, post: Post
) -> None:
    silent = register("沈阳测试无人罗茨真空有限公司", f"{TRADE}制造。")
    demand = post(f"采购{TRADE}3台", city="沈阳")
    assert ("demand", demand["id"]) in due(runtime)
    assert alert(runtime) == 1
    assert due(runtime) == set()
    notices = told(runtime, "demand.suits", f"/demands/{demand['id']}", firm)
    assert len(notices) == 1
    assert TRADE in notices[0].data["title"]
    assert notices[0].data["reason"]
    assert firm["id"] in pairs(runtime, demand)
    assert silent["id"] not in pairs(runtime, demand)


def test_a_new_listing_meets_standing_demands_and_both_sides_hear(
    runtime: Runtime,
    register: Register,
    post: Post,
    sign_in: Callable[..., TestClient],
    index_now: Callable[[], int],
) -> None:
    buyer = sign_in()
    demand = post(f"采购{TRADE}5台", city="沈阳", by=buyer)
    alert(runtime)
    firm = register("沈阳测试新品有限公司", "包装纸盒制造。")
    owner = sign_in(seats={firm["id"]: "owner"})
    assert due(runtime) == set(), "drafts of a register tell nobody"
    offer(owner, firm, TRADE)
    assert due(runtime) == set(), "not before the index has it"
    index_now()
    assert due(runtime) == {("supplier", firm["id"])}
    assert alert(runtime) == 1
    assert firm["id"] in pairs(runtime, demand)
    assert len(told(runtime, "demand.suits", f"/demands/{demand['id']}", firm)) == 1
    heard = told(runtime, "supplier.found", f"/companies/{firm['id']}")
    assert len([one for one in heard if one.data["title"] == demand["title"]]) == 1
    assert heard[0].data["company"] == firm["name"]


def test_a_pair_is_told_once_however_often_either_changes(
    runtime: Runtime, firm: dict[str, Any], seller: TestClient, post: Post, index_now: Callable[[], int]
) -> None:
    demand = post(f"采购{TRADE}7台")
    alert(runtime)
    offer(seller, firm, f"{TRADE}机组")
    index_now()
    assert alert(runtime) == 1
    assert len(told(runtime, "demand.suits", f"/demands/{demand['id']}", firm)) == 1


def test_far_demands_are_looked_at_until_a_whole_block_has_none_that_suits(
    runtime: Runtime,
    register: Register,
    post: Post,
    sign_in: Callable[..., TestClient],
    index_now: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reverse, "BLOCK", 2)
    asked = [post(f"采购{TRADE}{number}台", city="沈阳") for number in (21, 22, 23)]
    post("采购婚礼蛋糕")
    alert(runtime)
    firm = register("沈阳测试分批罗茨有限公司", "包装纸盒制造。")
    owner = sign_in(seats={firm["id"]: "owner"})
    sizes = []
    matched = reverse.suiting

    def counted(firm: str, demands: Sequence[Asked], **rest: Any) -> list[tuple[Asked, Match]]:
        sizes.append(len(demands))
        return matched(firm, demands, **rest)

    monkeypatch.setattr(reverse, "suiting", counted)
    offer(owner, firm, TRADE)
    index_now()
    assert alert(runtime) == 1
    assert all(firm["id"] in pairs(runtime, demand) for demand in asked)
    assert len(sizes) >= 2, "the first block had hits, so a second was looked at"
    assert max(sizes) <= 2
    seen: set[str] = set()
    monkeypatch.setattr(
        reverse, "suiting", lambda firm, demands, **rest: seen.update(one.key for one in demands) or []
    )
    offer(owner, firm, f"{TRADE}转子")
    index_now()
    assert alert(runtime) == 1
    assert seen.isdisjoint(demand["id"] for demand in asked), "what was told is not matched again"


def test_what_is_below_the_threshold_or_over_the_quota_is_not_told(
    runtime: Runtime,
    firm: dict[str, Any],
    seller: TestClient,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert seller
    monkeypatch.setattr(alerts, "ALERT_SCORE", 100.1)
    quiet = post(f"采购{TRADE}8台")
    alert(runtime)
    assert pairs(runtime, quiet) == set()
    monkeypatch.setattr(alerts, "ALERT_SCORE", 50.0)
    monkeypatch.setattr(alerts, "FIRM_A_DAY", 1)
    first, second = post(f"采购{TRADE}9台"), post(f"采购{TRADE}10台")
    assert alert(runtime) == 2
    assert firm["id"] in pairs(runtime, first)
    assert firm["id"] not in pairs(runtime, second)


@pytest.mark.usefixtures("seller")
def test_invited_demands_and_firms_that_have_met_already_are_left_alone(
    runtime: Runtime, firm: dict[str, Any], post: Post
) -> None:
    invited = post(f"采购{TRADE}11台", visibility="invited")
    met = post(f"采购{TRADE}12台")
    with runtime.session(actor=SYSTEM) as session:
        record_outcome(
            session, demand_id=UUID(met["id"]), company_id=UUID(firm["id"]), outcome="declined", reason="忙"
        )
    alert(runtime)
    assert pairs(runtime, invited) == set()
    assert firm["id"] not in pairs(runtime, met)


@pytest.mark.usefixtures("seller")
def test_one_that_cannot_be_matched_does_not_hold_up_the_rest(
    runtime: Runtime, firm: dict[str, Any], post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    with runtime.session(actor=SYSTEM) as session:
        session.add(AlertDue(subject="demand", key="no id at all"))
    demand = post(f"采购{TRADE}13台")
    assert alert(runtime) == 2
    assert "no alerts for demand no id at all" in caplog.text
    assert firm["id"] in pairs(runtime, demand)
    assert alert(runtime) == 0


def test_a_change_during_the_work_stays_due(runtime: Runtime, post: Post) -> None:
    demand = post("采购婚礼蛋糕")
    with claimed(runtime.engine) as claim:
        assert claim
        assert claim.due.key == demand["id"]
        if runtime.engine.dialect.name == "sqlite":
            with runtime.session(actor=SYSTEM) as session:
                session.get_one(AlertDue, ("demand", demand["id"])).changed_at = now()
            with claim.settling():
                pass
            assert due(runtime) == {("demand", demand["id"])}
        else:
            with claimed(runtime.engine) as other:
                assert other is None, "another worker passes over what is locked"
