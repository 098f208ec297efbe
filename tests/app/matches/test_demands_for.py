"""Open demands that suit a firm: who finds what, with the buyer's own scores, and what must not be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.backends import begin_successor
from app.core.outbox import waiting
from app.matches.standing import DemandChanges, check_demands, index_demands
from search.rebuild import rebuild
from search.reconcile import compare
from tests.app.matches.conftest import Post, Register


@pytest.fixture
def firm(register: Register) -> dict[str, Any]:
    """A firm with a trade that no other test has, indexed."""
    return register("沈阳测试罗茨风机有限公司", "罗茨鼓风机、离心风机制造。")


def demands_of(client: TestClient, firm: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/companies/{firm['id']}/demands", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_firm_sees_the_score_and_evidence_its_buyer_sees(
    client: TestClient, firm: dict[str, Any], post: Post
) -> None:
    posted = [post("采购罗茨鼓风机6台", city="沈阳"), post("离心风机维修", city="大连"), post("采购婚礼蛋糕")]
    found = {one["demand"]["id"]: one for one in demands_of(client, firm, limit=30)}
    assert posted[0]["id"] in found
    assert [one["rank"] for one in found.values()] == list(range(1, len(found) + 1))
    compared = []
    for demand in posted:
        matches = client.get(f"/api/v1/demands/{demand['id']}/matches", params={"limit": 100}).json()["items"]
        own = next((one for one in matches if one["company"]["id"] == firm["id"]), None)
        # What hardly suits may be further down either list than was asked for.
        if own and (mirrored := found.get(demand["id"])):
            compared.append(demand["id"])
            # Freshness moves a score by a hair between two askings.
            assert mirrored["score"] == pytest.approx(own["score"], abs=0.2)
            for part in ("item", "distance_km", "reasons", "gaps"):
                assert mirrored[part] == own[part]
    assert posted[0]["id"] in compared
    scores = [one["score"] for one in found.values()]
    assert scores == sorted(scores, reverse=True)


def test_hard_wishes_of_the_buyer_hold_this_way_too(
    client: TestClient, firm: dict[str, Any], post: Post
) -> None:
    elsewhere = post("采购罗茨鼓风机，要本地厂家", city="大连")
    here = post("采购罗茨鼓风机，要本地厂家", city="沈阳")
    found = {one["demand"]["id"] for one in demands_of(client, firm, limit=30)}
    assert here["id"] in found
    assert elsewhere["id"] not in found


def test_only_what_still_stands_is_shown_whatever_the_index_knows(
    client: TestClient, api: FastAPI, firm: dict[str, Any], post: Post
) -> None:
    demand = post("采购罗茨鼓风机，闭口测试")
    draft = post("采购罗茨鼓风机，草稿测试", state="draft")
    shown = {one["demand"]["id"] for one in demands_of(client, firm, limit=30)}
    assert demand["id"] in shown
    assert draft["id"] not in shown
    assert client.post(f"/api/v1/demands/{demand['id']}/close").status_code == 200
    # The index has not heard of it yet.
    assert demand["id"] not in {one["demand"]["id"] for one in demands_of(client, firm, limit=30)}
    index_demands(api.state.runtime)
    assert demand["id"] not in api.state.runtime.demand_index.documents([demand["id"]])
    assert client.post(f"/api/v1/demands/{demand['id']}/reopen").status_code == 200
    index_demands(api.state.runtime)
    assert demand["id"] in {one["demand"]["id"] for one in demands_of(client, firm, limit=30)}


def test_a_firm_is_not_shown_its_own_demand(
    api: FastAPI, firm: dict[str, Any], sign_in: Callable[..., TestClient]
) -> None:
    buyer = sign_in(seats={firm["id"]: "owner"})
    posted = buyer.post("/api/v1/demands", json={"title": "采购罗茨鼓风机，自用"})
    assert posted.json()["buyer_company_id"] == firm["id"]
    index_demands(api.state.runtime)
    assert posted.json()["id"] not in {one["demand"]["id"] for one in demands_of(buyer, firm, limit=30)}


def test_the_index_of_demands_is_healed_and_rebuilt(api: FastAPI, post: Post) -> None:
    runtime = api.state.runtime
    demand = post("采购罗茨鼓风机，修复测试")
    source = DemandChanges(runtime.engine)
    assert not compare(source, runtime.demand_index)
    runtime.demand_index.apply([], [(demand["id"], 10**6)], force=True)
    runtime.demand_index.refresh()
    assert compare(source, runtime.demand_index).missing == (demand["id"],)
    assert check_demands(runtime) == 1
    assert not compare(source, runtime.demand_index)
    successor = begin_successor(runtime.settings, runtime.encoders.wanted(), "demand")
    assert rebuild(source, successor) is not None
    successor.close()
    runtime.follow()
    assert not compare(source, runtime.demand_index)
    assert demand["id"] in runtime.demand_index.documents([demand["id"]])
    with runtime.session(writing=False, actor=SYSTEM) as session:
        assert waiting(session, subject="demand")[0] == 0


def test_unknown_firms_and_firms_not_indexed_yet(
    client: TestClient, company: dict[str, Any], post: Post
) -> None:
    post("采购罗茨鼓风机")
    assert demands_of(client, company) == []
    unknown = client.get("/api/v1/companies/00000000-0000-0000-0000-000000000000/demands")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "company_not_found")
    assert client.get(f"/api/v1/companies/{company['id']}/demands?limit=31").status_code == 422


def test_the_page_shows_demands_or_what_to_do(
    client: TestClient, visitor: TestClient, firm: dict[str, Any], company: dict[str, Any], post: Post
) -> None:
    demand = post("采购罗茨鼓风机，页面测试")
    shown = client.get(f"/companies/{firm['id']}/demands")
    assert shown.status_code == 200
    assert f'href="/demands/{demand["id"]}"' in shown.text
    assert "自己生产，不是转售" in shown.text
    assert f'href="/companies/{firm["id"]}/demands"' in client.get(f"/companies/{firm['id']}").text
    empty = visitor.get(f"/companies/{company['id']}/demands", params={"lang": "en"})
    assert "No open demand suits this firm now." in empty.text
