"""Drafts: kept with whatever was filled in, saved again without harm, checked as a whole when they are opened."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.demands.expiry import KEPT, put_drafts_away
from app.demands.forms import load_forms
from app.demands.service import get_demand
from tests.app.clients import another_client

DEMANDS = "/api/v1/demands"
Browser = Callable[..., TestClient]
UNFINISHED: dict[str, Any] = {
    "state": "draft",
    "form": "machining",
    "fields": {
        "process": ["turning", "sawing"],
        "length": {"value": "约一米", "unit": "m"},
        "tolerance": {"value": 0.02, "unit": "mm"},
        "treatment": "发黑",
    },
    "lines": [{"quantity": 20, "unit": "件"}, {"name": "主轴"}],
    "budget_low": 2,
    "budget_high": 1,
    "sealed": True,
    "valid_until": "2020-01-01T00:00:00Z",
}


def problems(answer: Any) -> set[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


def save(client: TestClient, draft: dict[str, Any], **change: Any) -> Any:
    where, version = f"{DEMANDS}/{draft['id']}", {"If-Match": f'"{draft["version"]}"'}
    return client.patch(where, json=change, headers=version)


def test_an_empty_draft_is_kept(client: TestClient) -> None:
    answer = client.post(DEMANDS, json={"state": "draft"})
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert (draft["title"], draft["need"]["what"]) == ("", [])
    opened = client.post(f"{DEMANDS}/{draft['id']}/open")
    assert problems(opened) == {("title", "required")}
    assert opened.json()["errors"][0]["message"] == "请填写需求标题，写明要采购什么"


def test_a_draft_is_kept_as_it_was_filled_in_and_opened_when_it_is_whole(client: TestClient) -> None:
    draft = client.post(DEMANDS, json=UNFINISHED).json()
    where = f"{DEMANDS}/{draft['id']}"
    assert client.get(where).json()["fields"] == UNFINISHED["fields"]
    assert [line["name"] for line in draft["lines"]] == ["", "主轴"]
    assert "tolerance" in str(draft["need"]["specs"]), "what is right already is understood"
    assert problems(client.post(f"{where}/open")) == {
        ("title", "required"),
        ("lines.0.name", "required"),
        ("budget_low", "reversed"),
        ("quotes_until", "required"),
        ("valid_until", "in_the_past"),
        ("fields.process", "not_an_option"),
        ("fields.parts", "required"),
        ("fields.material", "required"),
        ("fields.length", "type"),
        ("fields.treatment", "hidden_field"),
    }
    assert client.get(where).json() == draft, "what was asked to be opened is as it was"
    said = {
        "title": "减速机壳体外协", "fields": load_forms()["machining"].example, "lines": [], "budget_high": 3,
        "sealed": False, "valid_until": None,
    }  # fmt: skip
    assert save(client, draft, **said).status_code == 200
    opened = client.post(f"{where}/open").json()
    assert (opened["state"], opened["revision"]) == ("open", 1)
    assert opened["valid_until"]
    assert problems(client.patch(where, json={"title": None}, headers={"If-Match": "*"})) == {
        ("title", "required")
    }


def test_what_is_posted_at_once_is_checked_at_once(client: TestClient) -> None:
    before = client.get(DEMANDS).json()["items"]
    found = problems(client.post(DEMANDS, json=UNFINISHED | {"state": "open"}))
    assert {("title", "required"), ("lines.0.name", "required"), ("fields.length", "type")} <= found
    assert client.get(DEMANDS).json()["items"] == before


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"colour": "红"}, ("fields.colour", "unknown_field")),
        ({"length": "一米"}, ("fields.length", "type")),
        ({"length": {"value": {"deep": 1}, "unit": "m"}}, ("fields.length", "type")),
        ({"parts": "壳体"}, ("fields.parts", "type")),
        ({"treatment": "发\u0007黑", "surface_treatment": True}, ("fields.treatment", "control_character")),
        ({"roughness": float("nan")}, ("fields.roughness", "type")),
    ],
)
def test_what_no_form_could_show_again_is_refused(
    client: TestClient, fields: dict[str, Any], found: tuple[str, str]
) -> None:
    said = json.dumps({"state": "draft", "form": "machining", "fields": fields})
    answer = client.post(DEMANDS, content=said, headers={"Content-Type": "application/json"})
    assert problems(answer) == {found}


def test_saved_again_it_is_the_same_and_nothing_is_lost_to_another(client: TestClient) -> None:
    key = {"Idempotency-Key": "draft-1"}
    draft = client.post(DEMANDS, json=UNFINISHED, headers=key).json()
    assert client.post(DEMANDS, json=UNFINISHED, headers=key).json() == draft
    saved = save(client, draft, title="壳体", fields={"length": {"value": "", "unit": "m"}}).json()
    assert saved["version"] == 2
    again = save(client, draft, title="壳体", fields={"length": {"value": "", "unit": "m"}})
    assert (again.status_code, again.headers["etag"], again.json()) == (200, '"2"', saved)
    assert save(client, draft, title="主轴").status_code == 412, "an edit made on what it was before"
    assert client.get(f"{DEMANDS}/{draft['id']}").json() == saved
    assert client.patch(f"{DEMANDS}/{draft['id']}", json={"title": "壳体"}).status_code == 428


def test_a_draft_opened_is_no_way_round_what_is_asked_of_a_demand(
    sign_in: Browser, company: dict[str, Any]
) -> None:
    buyer = sign_in(seats={company["id"]: "owner"})
    said = {"title": "采购不锈钢离心泵20台", "description": "流量50m³/h，扬程32m"}
    assert buyer.post(DEMANDS, json=said).status_code == 201
    draft = buyer.post(DEMANDS, json={**said, "state": "draft"}).json()
    answer = buyer.post(f"{DEMANDS}/{draft['id']}/open")
    assert (answer.status_code, answer.json()["code"]) == (409, "demand_repeated")
    assert buyer.post(f"{DEMANDS}/{draft['id']}/open?repeat=true").json()["state"] == "open"


def test_taken_back_and_reopened_a_draft_has_no_dates_gone_by(client: TestClient) -> None:
    posted = client.post(DEMANDS, json={"title": "水泵", "valid_until": "2030-01-01T00:00:00Z"}).json()
    where = f"{DEMANDS}/{posted['id']}"
    client.post(f"{where}/withdraw")
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    with runtime.session(actor=SYSTEM) as session:
        demand = get_demand(session, UUID(posted["id"]))
        demand.valid_until = demand.quotes_until = now()
        demand.sealed = True
    draft = client.post(f"{where}/reopen").json()
    assert (draft["state"], draft["valid_until"], draft["quotes_until"], draft["sealed"]) == (
        "draft", None, None, False,
    )  # fmt: skip
    assert client.post(f"{where}/open").json()["state"] == "open"


def test_on_the_page_a_draft_keeps_what_was_typed(sign_in: Browser, company: dict[str, Any]) -> None:
    browser = sign_in(seats={company["id"]: "owner"})
    browser.headers["accept"] = "text/html"
    typed = {
        "form": "machining",
        "fields.length.value": "约一米",
        "fields.length.unit": "m",
        "state": "draft",
    }
    made = browser.post("/demands/new", data=typed)
    assert made.status_code == 200, made.text
    assert "未命名的草稿" in made.text
    at = made.url.path
    assert 'value="约一米"' in browser.get(f"{at}/edit").text
    assert "未命名的草稿" in browser.get("/demands?state=draft").text
    refused = browser.post(f"{at}/open")
    assert refused.status_code == 422
    assert all(f'id="{name}-error"' in refused.text for name in ("title", "fields.parts", "fields.length"))
    version = {"version": "1", "title": "壳体外协"}
    refused = browser.post(f"{at}/edit", data={**typed, **version, "state": "open"})
    assert refused.status_code == 422
    assert 'id="title-error"' not in refused.text
    assert browser.get(at).text.count("壳体外协"), "the draft was saved, though not published"
    whole = {
        "fields.process": "turning", "fields.parts": "壳体", "fields.material": "HT250",
        "fields.length.value": "1", "version": "2", "state": "open",
    }  # fmt: skip
    done = browser.post(f"{at}/edit", data={**typed, **version, **whole})
    assert done.status_code == 200
    assert "征集中" in done.text
    stranger = another_client(browser.app)
    assert stranger.get(at).status_code == 200


def test_drafts_nobody_touches_are_put_away_and_come_back(
    api: FastAPI, sign_in: Browser, company: dict[str, Any]
) -> None:
    buyer = sign_in(seats={company["id"]: "owner"})
    old, fresh = (
        buyer.post(DEMANDS, json={"state": "draft", "title": title}).json()["id"] for title in ("", "泵")
    )
    posted = buyer.post(DEMANDS, json={"title": "采购压滤机两台"}).json()["id"]
    runtime = api.state.runtime
    with runtime.session(actor=SYSTEM) as session:
        for key in (old, posted):
            get_demand(session, UUID(key)).updated_at = now() - KEPT
    assert put_drafts_away(runtime) >= 1
    assert put_drafts_away(runtime) == 0
    states = {buyer.get(f"{DEMANDS}/{key}").json()["state"] for key in (fresh, posted)}
    assert states == {"draft", "open"}
    assert buyer.get(f"{DEMANDS}/{old}").json()["state"] == "withdrawn"
    told = [
        one for one in buyer.get("/api/v1/me/notices").json()["items"] if one["kind"] == "demand.put_away"
    ]
    assert [one["title"] for one in told] == ["草稿已收起：—"]
    assert buyer.post(f"{DEMANDS}/{old}/reopen").json()["state"] == "draft"
    assert put_drafts_away(runtime) == 0, "it was touched"
