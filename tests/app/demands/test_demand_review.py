"""Review before publication, revisions after it, and what time does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.errors import InvalidInput
from app.demands import service
from app.demands.expiry import expire_demands
from app.demands.models import Demand
from app.demands.schemas import DemandCreate, DemandUpdate

DEMANDS = "/api/v1/demands"
Browser = Callable[..., TestClient]
PHONE = "请打电话13812345678联系"


def change(client: TestClient, demand: dict[str, Any], body: dict[str, Any]) -> Any:
    return client.patch(f"{DEMANDS}/{demand['id']}", json=body, headers={"If-Match": "*"})


@pytest.mark.parametrize(
    ("said", "code", "word"),
    [
        ({"description": PHONE}, "contact", "13812345678"),
        ({"description": "电话024-23456789"}, "contact", "024-23456789"),
        ({"description": "发到 buyer@example.com"}, "contact", "buyer@example.com"),
        ({"lines": [{"name": "泵", "note": "微信：pump_12345"}]}, "contact", "微信：pump_12345"),
        ({"description": "见 https://example.com/a"}, "link", "https://example.com/a"),
        ({"description": "顺带代开发票"}, "forbidden", "代开发票"),
        ({"description": "诚招代理"}, "advertising", "诚招代理"),
        ({"buyer": "示例热电厂", "description": "示例热电厂用", "visibility": "anonymous"}, "names_buyer", "示例热电厂"),
    ],
)  # fmt: skip
@pytest.mark.one_database
def test_what_the_rules_find_waits(
    client: TestClient, visitor: TestClient, said: Any, code: str, word: str
) -> None:
    posted = client.post(DEMANDS, json={"title": "采购水泵", **said}).json()
    assert posted["state"] == "in_review"
    assert posted["findings"] == [{"code": code, "word": word}]
    assert posted["published_at"] is None
    assert visitor.get(f"{DEMANDS}/{posted['id']}").status_code == 404


@pytest.mark.parametrize(
    "text", ["型号 QF13812345678901 与 GB/T 3216-2016", "流量50m³/h，DN100-PN16，20000000台"]
)
@pytest.mark.one_database
def test_what_only_looks_like_it_passes(client: TestClient, text: str) -> None:
    assert client.post(DEMANDS, json={"title": "水泵", "description": text}).json()["state"] == "open"


def test_an_operator_decides_and_says_why(
    sign_in: Browser, company: dict[str, Any], visitor: TestClient
) -> None:
    buyer = sign_in(seats={company["id"]: "owner"})
    here, elsewhere = sign_in(divisions=["210000"]), sign_in(divisions=["370000"])
    said = {"title": "水泵", "description": PHONE, "adcode": "210106", "state": "draft"}
    posted = buyer.post(DEMANDS, json=said).json()
    where = f"{DEMANDS}/{posted['id']}"
    assert buyer.post(f"{where}/open").json()["state"] == "in_review"
    assert posted["id"] in {
        one["id"] for one in here.get(DEMANDS, params={"state": "in_review"}).json()["items"]
    }
    assert elsewhere.get(where).status_code == 404
    assert buyer.post(f"{where}/approve", json={}).status_code == 403
    assert here.post(f"{where}/reject", json={}).json()["errors"][0]["field"] == "note"
    assert here.post(f"{where}/reject", json={"note": "请删去电话"}).json()["state"] == "draft"
    back = buyer.get(where).json()
    assert (back["review_note"], back["findings"][0]["code"]) == ("请删去电话", "contact")
    told = [one["title"] for one in buyer.get("/api/v1/me/notices").json()["items"]]
    assert any("未通过审核" in title for title in told)
    buyer.post(f"{where}/open")
    assert here.post(f"{where}/approve", json={}).json()["state"] == "open"
    seen = visitor.get(where).json()
    assert (seen["findings"], seen["review_note"]) == ([], "")


def test_an_edit_is_looked_at_anew(client: TestClient) -> None:
    posted = client.post(DEMANDS, json={"title": "水泵", "description": PHONE}).json()
    assert change(client, posted, {"description": "20台"}).json()["state"] == "open"
    assert change(client, posted, {"description": PHONE}).json()["state"] == "in_review"


def test_a_demand_quoted_for_is_not_hidden_by_an_edit(client: TestClient, api: FastAPI) -> None:
    posted = client.post(DEMANDS, json={"title": "水泵"}).json()
    with api.state.runtime.session(actor=SYSTEM) as session:
        service.move_demand(session, UUID(posted["id"]), action="quote")
    refused = change(client, posted, {"description": PHONE})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "contact"
    assert "13812345678" in refused.json()["errors"][0]["message"]
    assert client.get(f"{DEMANDS}/{posted['id']}").json()["description"] == ""
    assert change(client, posted, {"description": "30台"}).json()["state"] == "quoting"


def test_the_setting_says_who_looks(api: FastAPI) -> None:
    runtime = api.state.runtime
    with runtime.session(actor=SYSTEM) as session:
        said = DemandCreate(title="水泵", description=PHONE)
        states = [
            service.post_demand(session, said=said, review=mode).state for mode in ("off", "rules", "all")
        ]
        assert states == ["open", "in_review", "in_review"]
        clean = service.post_demand(session, said=DemandCreate(title="水泵"), review="all")
        assert (clean.state, clean.findings) == ("in_review", [])
        kept = service.update_demand(
            session, clean.id, change=DemandUpdate(title="泵"), if_match="*", review="all"
        )
        assert kept.state == "in_review"
        with pytest.raises(InvalidInput):
            service.move_demand(session, clean.id, action="reject")


def test_each_edit_since_publication_is_a_revision(client: TestClient, visitor: TestClient) -> None:
    line = {"name": "水泵", "quantity": 20, "unit": "台"}
    posted = client.post(
        DEMANDS, json={"title": "水泵", "lines": [line], "state": "draft", "budget_high": 5}
    ).json()
    where = f"{DEMANDS}/{posted['id']}"
    assert change(client, posted, {"title": "离心泵"}).json()["revision"] == 1
    client.post(f"{where}/open")
    kept = {**line, "id": posted["lines"][0]["id"], "quantity": 30}
    assert (
        change(
            client, posted, {"lines": [kept, {"name": "阀门"}], "budget_high": 9, "budget_sealed": True}
        ).json()["revision"]
        == 2
    )
    assert change(client, posted, {"title": "离心泵"}).json()["revision"] == 2  # as it was
    newest, first = client.get(f"{where}/revisions").json()["items"]
    assert (newest["number"], first["number"], first["changes"]) == (2, 1, [])
    found = {one["field"]: one for one in newest["changes"] if one["field"] != "lines"}
    assert (found["budget_high"]["before"], found["budget_high"]["after"]) == (5, 9)
    lines = [one for one in newest["changes"] if one["field"] == "lines"]
    assert [(one["before"] or {}).get("quantity") for one in lines] == [20, None]
    assert [one["after"]["name"] for one in lines] == ["水泵", "阀门"]
    seen = visitor.get(f"{where}/revisions").json()["items"][0]["changes"]
    assert "budget_high" not in {one["field"] for one in seen}


def test_time_runs_out(api: FastAPI, sign_in: Browser, company: dict[str, Any]) -> None:
    runtime = api.state.runtime
    buyer = sign_in(seats={company["id"]: "buyer"})
    due, soon, later = (buyer.post(DEMANDS, json={"title": f"水泵{i}"}).json()["id"] for i in range(3))
    with runtime.session(actor=SYSTEM) as session:
        session.get_one(Demand, UUID(due)).valid_until = now() - timedelta(seconds=1)
        session.get_one(Demand, UUID(soon)).valid_until = now() + timedelta(days=2)
        session.get_one(Demand, UUID(soon)).published_at = now() - timedelta(days=30)
    expire_demands(runtime)
    assert expire_demands(runtime) == 0
    states = [buyer.get(f"{DEMANDS}/{key}").json()["state"] for key in (due, soon, later)]
    assert states == ["expired", "open", "open"]
    told = [(one["kind"], one["about"]) for one in buyer.get("/api/v1/me/notices").json()["items"]]
    assert sorted(told) == [("demand.expired", f"/demands/{due}"), ("demand.expiring", f"/demands/{soon}")]
    again = buyer.post(f"{DEMANDS}/{due}/reopen").json()
    assert (again["state"], again["days_left"]) == ("open", 60)
