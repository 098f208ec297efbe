"""Reports, blocked firms, quotas and repeated demands through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.accounts.attempts import Limit
from app.catalogue.declarations import load_kinds
from app.core.actor import SYSTEM
from app.core.errors import Conflict
from app.fair_play import limits
from app.fair_play.policy import ACTIONS, MOVES, STATES, Action, State, allowed, moved
from app.fair_play.repeats import alike
from app.fair_play.service import blocked_pairs, blocked_with
from tests.app.trade_helpers import make_market

SignIn = Callable[..., TestClient]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_state_and_action_of_a_report(state: State, action: Action) -> None:
    if (state, action) in MOVES:
        assert moved(state, action) == MOVES[state, action]
        assert action in allowed(state)
    else:
        with pytest.raises(Conflict):
            moved(state, action)


def post(browser: TestClient, title: str, status: int = 201, query: str = "", **said: Any) -> dict[str, Any]:
    answer = browser.post(f"/api/v1/demands{query}", json={"title": title, "adcode": "210100", **said})
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def report(browser: TestClient, subject: str, key: str, status: int = 201) -> dict[str, Any]:
    said = {"subject": subject, "subject_id": key, "reason": "price_fishing", "words": "只问价，从不采购"}
    answer = browser.post("/api/v1/reports", json=said)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def decide(
    browser: TestClient, made: dict[str, Any], action: str, status: int = 200, **said: str
) -> dict[str, Any]:
    answer = browser.post(f"/api/v1/reports/{made['id']}/{action}", json=said)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_report_from_making_to_appeal(
    sign_in: SignIn, firm: Callable[[str], UUID], visitor: TestClient
) -> None:
    company = str(firm("沈阳套价测试有限公司"))
    owner, reporter, operator = sign_in(seats={company: "owner"}), sign_in(), sign_in(divisions=["210000"])
    demand = post(owner, "询价离心泵")
    made = report(reporter, "demand", demand["id"])
    assert report(reporter, "demand", demand["id"], 409)["code"] == "report_exists"
    path = f"/api/v1/reports/{made['id']}"
    assert visitor.get(path).status_code == 401
    assert owner.get(path).status_code == 404, "nothing is held against the firm yet"
    assert sign_in(divisions=["220000"]).get(path).status_code == 404
    assert operator.get(path).json()["actions"] == ["dismiss", "warn", "hide", "suspend"]
    assert decide(reporter, made, "warn", 403, decision="x")["code"] == "operator_required"
    assert decide(operator, made, "hide", 422, decision=" ")["errors"][0]["field"] == "decision"
    assert decide(operator, made, "hide", decision="与采购无关")["state"] == "hidden"
    assert reporter.get(f"/api/v1/demands/{demand['id']}").status_code == 404
    seen = owner.get(path).json()
    assert (seen["state"], seen["actions"]) == ("hidden", ["appeal"])
    assert "reporter_id" not in seen
    assert owner.post(f"{path}/appeal", json={"words": "确有采购计划"}).json()["state"] == "appealed"
    assert decide(operator, made, "lift", decision="情况属实")["state"] == "lifted"
    assert owner.get(f"/api/v1/demands/{demand['id']}").json()["state"] == "draft"
    assert decide(operator, made, "warn", 409, decision="x")["code"] == "report_state"


def test_a_suspended_firm_posts_nothing_until_it_is_lifted(
    sign_in: SignIn, firm: Callable[[str], UUID]
) -> None:
    company = str(firm("沈阳暂停测试有限公司"))
    owner, operator = sign_in(seats={company: "owner"}), sign_in(divisions=["210000"])
    made = report(sign_in(), "company", company)
    assert decide(operator, made, "hide", 422, decision="x")["errors"][0]["code"] == "not_a_demand"
    assert decide(operator, made, "suspend", decision="虚假信息")["suspended_until"]
    assert post(owner, "采购阀门", 403)["code"] == "company_suspended"
    owner.post(f"/api/v1/reports/{made['id']}/appeal", json={"words": "已改正"})
    assert post(owner, "采购阀门", 403)["code"] == "company_suspended"
    decide(operator, made, "lift", decision="已核实改正")
    post(owner, "采购阀门")


def test_nobody_decides_what_concerns_them(sign_in: SignIn, firm: Callable[[str], UUID]) -> None:
    company = str(firm("沈阳自审测试有限公司"))
    both = sign_in(seats={company: "owner"}, divisions=["210000"])
    made = report(sign_in(), "company", company)
    assert decide(both, made, "dismiss", 403)["code"] == "own_report"


def test_a_quota_says_when_to_come_again(
    sign_in: SignIn, firm: Callable[[str], UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit("demands-firm-test", 2, limits.DEMANDS_OF_FIRM.window)
    monkeypatch.setattr(limits, "DEMANDS_OF_FIRM", few)
    company = str(firm("沈阳限额测试有限公司"))
    owner, colleague = sign_in(seats={company: "owner"}), sign_in(seats={company: "buyer"})
    post(owner, "采购阀门十台")
    post(colleague, "招聘焊工五名")
    refused = owner.post("/api/v1/demands", json={"title": "租赁厂房"})
    assert (refused.status_code, refused.json()["code"]) == (429, "quota_reached")
    assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400
    (draft,) = [owner.post("/api/v1/demands", json={"title": "租赁厂房", "state": "draft"}).json()["id"]]
    refused = owner.post(f"/api/v1/demands/{draft}/open")
    assert refused.json()["code"] == "quota_reached", "a draft counts when it is published, and not before"
    assert owner.get(f"/api/v1/demands/{draft}").json()["state"] == "draft"
    with_another = sign_in(seats={str(firm("沈阳另一测试有限公司")): "owner"})
    post(with_another, "租赁厂房")


def test_what_was_said_lately_is_offered_and_never_dropped(
    sign_in: SignIn, firm: Callable[[str], UUID]
) -> None:
    owner = sign_in(seats={str(firm("沈阳重复测试有限公司")): "owner"})
    first = post(owner, "采购不锈钢离心泵20台", description="流量50m³/h，扬程32m")
    again = post(owner, "采购不锈钢离心泵 20 台", 409, description="流量50m³/h，扬程32m。")
    assert again["code"] == "demand_repeated"
    assert first["id"] in again["detail"]
    post(owner, "采购不锈钢离心泵20台", query="?repeat=true", description="流量50m³/h，扬程32m")
    post(owner, "采购不锈钢离心泵20台", description="流量50m³/h，扬程32m", state="draft")
    post(owner, "采购铸铁阀门300只", description="DN50，法兰连接")
    other = sign_in(seats={str(firm("沈阳别家测试有限公司")): "owner"})
    post(other, "采购不锈钢离心泵20台", description="流量50m³/h，扬程32m")


def test_how_alike_demands_are() -> None:
    assert alike("采购水泵 20 台！", "采购水泵20台") == 1.0
    assert alike("采购水泵20台", "采购阀门300只") < 0.5
    assert alike("", "") == 1.0


def test_blocked_firms_are_kept_apart_both_ways(
    sign_in: SignIn, firm: Callable[[str], UUID], api: FastAPI, index_now: Callable[[], int]
) -> None:
    buyer_id, supplier_id = firm("沈阳买方屏蔽测试有限公司"), firm("沈阳羊皮鼓屏蔽测试有限公司")
    buyer, supplier = sign_in(seats={str(buyer_id): "owner"}), sign_in(seats={str(supplier_id): "owner"})
    # A thing that no other test's firm makes: all of them make pumps, and a match names a hundred.
    fields = load_kinds()["product"].example
    listing = {"company_id": str(supplier_id), "kind": "product", "title": "手工羊皮鼓", "fields": fields}
    assert supplier.post("/api/v1/listings", json=listing).status_code == 201
    index_now()
    demand = post(buyer, "采购羊皮鼓20只")

    def shown() -> bool:
        found = buyer.get(f"/api/v1/demands/{demand['id']}/matches?limit=100").json()["items"]
        return str(supplier_id) in [one["company"]["id"] for one in found]

    assert shown()
    path = f"/api/v1/companies/{supplier_id}/blocks/{buyer_id}"
    assert buyer.put(path, json={}).status_code == 403
    assert supplier.put(path, json={"note": "曾违约"}).json()["blocked_id"] == str(buyer_id)
    assert supplier.put(path, json={"note": "曾违约"}).status_code == 200
    assert not shown()
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        assert blocked_with(session, buyer_id) == {supplier_id}
        assert blocked_with(session, supplier_id) == {buyer_id}
        assert blocked_with(session, None) == frozenset()
        assert blocked_pairs(session, [buyer_id, supplier_id]) == {frozenset((buyer_id, supplier_id))}
    listed = supplier.get(f"/api/v1/companies/{supplier_id}/blocks").json()["items"]
    assert [one["note"] for one in listed] == ["曾违约"]
    assert buyer.get(f"/api/v1/companies/{supplier_id}/blocks").status_code == 403
    own = supplier.put(f"/api/v1/companies/{supplier_id}/blocks/{supplier_id}", json={})
    assert own.json()["errors"][0]["code"] == "own_company"
    assert supplier.delete(path).status_code == 204
    assert supplier.delete(path).status_code == 204
    assert shown()


def test_a_quote_is_reported_by_who_may_read_it(
    api: FastAPI, firm: Callable[[str], UUID], sign_in: SignIn
) -> None:
    trade = make_market(api, firm, sign_in, 2, adcode="210100")
    quote = trade.quote(0, "0.01", "0.01")
    other, operator = trade.suppliers[1], sign_in(divisions=["210100"])
    report(other.browser, "quote", quote["id"], 404)
    page = trade.buyer.get(f"/demands/{trade.demand_id}/quotes", headers={"accept": "text/html"}).text
    assert f"/reports/new?subject=quote&amp;of={quote['id']}" in page
    form = trade.buyer.get(f"/reports/new?subject=quote&of={quote['id']}", headers={"accept": "text/html"})
    assert "0.01/台" in form.text
    made = report(trade.buyer, "quote", quote["id"])
    assert made["company_id"] == trade.suppliers[0].company_id
    assert "0.01/台" in made["title"]
    queue = operator.get("/api/v1/reports?state=pending&limit=100").json()["items"]
    (waiting,) = [one for one in queue if one["id"] == made["id"]]
    assert (waiting["subject"], waiting["actions"]) == ("quote", ["dismiss", "warn", "suspend"])
    path = f"/api/v1/quotes/{quote['id']}"
    dearer = trade.suppliers[0].browser.put(path, json=trade.terms("999", "999"), headers={"If-Match": "*"})
    assert dearer.status_code == 200, dearer.text
    kept = operator.get(f"/api/v1/reports/{made['id']}").json()["quote"]
    assert (kept["number"], kept["terms"]) == (1, quote["terms"]), "as it was, whatever became of it"
    assert set(kept["lines"]) >= {one["demand_line_id"] for one in quote["terms"]["lines"]}
    shown = operator.get(f"/reports/{made['id']}").text
    assert "举报时的报价" in shown
    assert "0.01" in shown
    assert "999 元" not in shown
    assert f"/companies/{made['company_id']}" in shown
    assert decide(operator, made, "warn", decision="虚假低价")["state"] == "warned"
    assert trade.suppliers[0].browser.get(f"/api/v1/reports/{made['id']}").status_code == 200
