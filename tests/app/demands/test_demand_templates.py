"""Copies and templates: a draft like a demand there was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.demands.forms import load_forms
from app.demands.record_models import DemandTemplate
from app.demands.templates import KEPT

DEMANDS, TEMPLATES = "/api/v1/demands", "/api/v1/demand-templates"
Browser = Callable[..., TestClient]


@pytest.fixture
def posted(sign_in: Browser, company: dict[str, Any]) -> tuple[TestClient, dict[str, Any]]:
    """A buyer and a demand of theirs, with everything a demand may have."""
    buyer = sign_in(seats={company["id"]: "owner"})
    said = {
        "title": "减速机壳体外协",
        "description": "按图加工",
        "form": "machining",
        "fields": load_forms()["machining"].example,
        "lines": [{"name": "壳体", "quantity": 20, "unit": "件", "specs": {"材质": "HT250"}}],
        "need": {"deadline": "2030-01-01", "materials": ["HT250"]},
        "adcode": "210106",
        "address": "北二路1号",
        "quotes_until": "2030-01-01T00:00:00Z",
        "valid_until": "2030-02-01T00:00:00Z",
        "sealed": True,
        "budget_low": 1,
        "budget_high": 2,
        "budget_sealed": True,
        "visibility": "anonymous",
    }
    answer = buyer.post(DEMANDS, json=said)
    assert answer.status_code == 201, answer.text
    return buyer, answer.json()


def same(draft: dict[str, Any], posted: dict[str, Any]) -> None:
    assert (draft["state"], draft["revision"]) == ("draft", 1)
    kept = (
        "title",
        "description",
        "form",
        "fields",
        "adcode",
        "address",
        "budget_high",
        "budget_sealed",
        "visibility",
    )
    assert {name: draft[name] for name in kept} == {name: posted[name] for name in kept}
    assert (draft["quotes_until"], draft["valid_until"], draft["sealed"]) == (None, None, False)
    assert draft["corrections"] == {"materials": ["HT250"]}
    (line,), (before,) = draft["lines"], posted["lines"]
    assert line["id"] != before["id"]
    assert (line["name"], line["quantity"], line["specs"]) == ("壳体", 20, {"材质": "HT250"})


def test_a_copy_is_a_draft_without_dates(posted: tuple[TestClient, dict[str, Any]], sign_in: Browser) -> None:
    buyer, demand = posted
    key = {"Idempotency-Key": f"copy-{demand['id']}"}
    first = buyer.post(f"{DEMANDS}/{demand['id']}/copy", headers=key)
    assert first.status_code == 201, first.text
    same(first.json(), demand)
    assert first.json()["buyer_company_id"] == demand["buyer_company_id"]
    assert buyer.post(f"{DEMANDS}/{demand['id']}/copy", headers=key).json()["id"] == first.json()["id"]
    assert sign_in().post(f"{DEMANDS}/{demand['id']}/copy").status_code == 403


def test_a_template_is_its_firms(
    posted: tuple[TestClient, dict[str, Any]], sign_in: Browser, company: dict[str, Any]
) -> None:
    buyer, demand = posted
    made = buyer.post(TEMPLATES, json={"name": "每月外协", "demand_id": demand["id"]}).json()
    colleague, stranger = sign_in(seats={company["id"]: "buyer"}), sign_in()
    assert made["id"] in {one["id"] for one in colleague.get(TEMPLATES).json()["items"]}
    assert stranger.get(TEMPLATES).json()["items"] == []
    same(colleague.post(f"{TEMPLATES}/{made['id']}/draft").json(), demand)
    assert stranger.post(f"{TEMPLATES}/{made['id']}/draft").status_code == 404
    assert stranger.delete(f"{TEMPLATES}/{made['id']}").status_code == 404
    assert stranger.post(TEMPLATES, json={"name": "x", "demand_id": demand["id"]}).status_code == 403
    assert colleague.delete(f"{TEMPLATES}/{made['id']}").status_code == 204
    assert buyer.get(TEMPLATES).json()["items"] == []


def test_a_template_is_renamed_deleted_and_had_back(
    posted: tuple[TestClient, dict[str, Any]], sign_in: Browser, api: FastAPI
) -> None:
    buyer, demand = posted
    answer = buyer.post(TEMPLATES, json={"name": "每月外协", "demand_id": demand["id"]})
    made, where = answer.json(), answer.headers["location"]
    assert (made["title"], made["form"], made["version"]) == (demand["title"], "machining", 1)
    assert buyer.get(where).json() == made
    rename = {"name": "季度外协"}
    assert buyer.patch(where, json=rename).status_code == 428
    assert buyer.patch(where, json={"name": " "}, headers={"If-Match": '"1"'}).status_code == 422
    renamed = buyer.patch(where, json=rename, headers={"If-Match": '"1"'})
    assert (renamed.json()["name"], renamed.headers["etag"]) == ("季度外协", '"2"')
    assert buyer.patch(where, json=rename, headers={"If-Match": '"1"'}).status_code == 412
    stranger = sign_in()
    for _ in range(2):
        assert buyer.delete(where).status_code in (204, 404)
    assert [buyer.get(where).status_code, buyer.post(f"{where}/draft").status_code] == [404, 404]
    assert buyer.get(TEMPLATES).json()["items"] == []
    (gone,) = buyer.get(TEMPLATES, params={"deleted": True}).json()["items"]
    assert gone["deleted_at"]
    assert stranger.post(f"{where}/restore").status_code == 404
    for _ in range(2):
        back = buyer.post(f"{where}/restore")
        assert (back.status_code, back.json()["deleted_at"], back.json()["name"]) == (200, None, "季度外协")
    same(buyer.post(f"{where}/draft").json(), demand)
    buyer.delete(where)
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.get_one(DemandTemplate, UUID(made["id"])).deleted_at = now() - KEPT
    assert buyer.post(f"{where}/restore").status_code == 404, "gone for good after a while"
    assert buyer.get(TEMPLATES, params={"deleted": True}).json()["items"] == []
