"""What a firm states itself puts the draft of the same kind and title away, whichever way it states it, and in the index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from app.catalogue.bulk import Statement, state_listings
from app.catalogue.declarations import load_kinds
from app.catalogue.supply import DatabaseChanges
from app.core.actor import SYSTEM
from app.registry.bulk import register_companies
from app.registry.derive import Registration

LISTINGS = "/api/v1/listings"
PUMP = {"supply_role": "maker", "pricing": "negotiable"}


def offered(client: TestClient, company: str, title: str) -> dict[str, str]:
    """Status by source of what a firm offers under a title."""
    found = client.get(f"/api/v1/companies/{company}/listings", params={"limit": 100}).json()["items"]
    return {one["source"]: one["status"] for one in found if one["title"].replace(" ", "") == title}


def state(client: TestClient, company: str, title: str = "水泵", **said: Any) -> dict[str, Any]:
    stated = {"company_id": company, "kind": "product", "title": title, "fields": PUMP} | said
    answer = client.post(LISTINGS, json=stated)
    assert answer.status_code == 201, answer.text
    listing: dict[str, Any] = answer.json()
    return listing


def indexed(api: FastAPI, company: str) -> list[tuple[str, str]]:
    """(title, source) of the items of a firm as the index is told of them."""
    (document,) = DatabaseChanges(api.state.runtime.engine).load([company]).values()
    return sorted((item.title, item.source) for item in document.items)


def test_stating_puts_the_draft_away_on_every_page(
    client: TestClient, api: FastAPI, company: dict[str, Any], visitor: TestClient
) -> None:
    key = company["id"]
    assert offered(client, key, "水泵") == {"scope": "draft"}
    state(client, key, " 水 泵")
    assert offered(client, key, "水泵") == {"scope": "superseded", "firm": "published"}
    assert indexed(api, key) == [("水 泵", "listing"), ("阀门", "scope")]
    shown = visitor.get(f"/companies/{key}", headers={"accept": "text/html"}).text
    assert "<strong>水 泵</strong>" in shown
    assert "<strong>水泵</strong>" not in shown
    (away,) = client.get(LISTINGS, params={"company_id": key, "status": "superseded"}).json()["items"]
    assert (away["actions"], away["version"]) == ([], 2)
    told = visitor.get(f"/listings/{away['id']}", headers={"accept": "text/html"}).text
    assert "企业已自行填报同名供给" in told
    assert client.post(f"{LISTINGS}/{away['id']}/confirm").status_code == 409


def test_another_kind_or_title_leaves_the_draft(client: TestClient, company: dict[str, Any]) -> None:
    state(client, company["id"], "离心水泵")
    state(client, company["id"], "水泵", kind="finance", fields=load_kinds()["finance"].example)
    assert offered(client, company["id"], "水泵")["scope"] == "draft"


def test_withdrawn_keeps_the_draft_away_and_renamed_brings_it_back(
    client: TestClient, company: dict[str, Any]
) -> None:
    key = company["id"]
    listing = state(client, key)
    client.post(f"{LISTINGS}/{listing['id']}/withdraw")
    assert offered(client, key, "水泵") == {"scope": "superseded", "firm": "withdrawn"}
    again = client.post(f"{LISTINGS}/{listing['id']}/republish")
    renamed = client.patch(
        f"{LISTINGS}/{listing['id']}", json={"title": "离心泵"}, headers={"If-Match": again.headers["etag"]}
    )
    assert renamed.status_code == 200
    assert offered(client, key, "水泵") == {"scope": "draft"}


def test_a_draft_undone_beside_the_firms_own_word_stays_away(
    client: TestClient, company: dict[str, Any], draft: dict[str, Any]
) -> None:
    assert client.post(f"{LISTINGS}/{draft['id']}/dismiss").json()["status"] == "dismissed"
    state(client, company["id"], draft["title"])
    assert client.post(f"{LISTINGS}/{draft['id']}/undo").json()["status"] == "superseded"


def test_stated_on_the_page(client: TestClient, api: FastAPI, company: dict[str, Any], sign_in: Any) -> None:
    del client
    browser = sign_in(seats={company["id"]: "owner"})
    form = {
        "company_id": company["id"], "kind": "product", "title": "水泵", "role": "make",
        "fields.supply_role": "maker", "fields.pricing": "negotiable",
    }  # fmt: skip
    answer = browser.post("/listings/new", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert indexed(api, company["id"]) == [("水泵", "listing"), ("阀门", "scope")]


SCOPE = "机械设备维修；水泵制造；阀门制造、销售。"


@pytest.fixture
def registered(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> Registration:
    del client
    said = Registration(new_uscc(), "沈阳让位示例有限公司", business_scope=SCOPE)
    with api.state.runtime.session(actor=SYSTEM) as session:
        register_companies(session, [said])
    return said


def statuses(api: FastAPI, uscc: str) -> set[tuple[str, str, str]]:
    """(title, source, status) of everything a firm has."""
    query = text(
        "SELECT l.title, l.source, l.status FROM listing l JOIN company c ON c.id = l.company_id WHERE c.uscc = :uscc"
    )
    with api.state.runtime.engine.connect() as run:
        return {tuple(row) for row in run.execute(query, {"uscc": uscc})}


def test_stated_by_a_sheet_and_the_register_read_again(api: FastAPI, registered: Registration) -> None:
    uscc, runtime = registered.uscc, api.state.runtime
    sheet = [Statement(uscc, "product", "水泵", "resell", fields=PUMP)]
    for _ in range(2):  # the second time changes nothing
        with runtime.session(actor=SYSTEM) as session:
            state_listings(session, sheet)
        held = statuses(api, uscc)
        assert {("水泵", "firm", "published"), ("水泵", "scope", "superseded")} <= held
        assert ("阀门", "scope", "draft") in held
    for scope in (SCOPE + "货物运输。", SCOPE):  # a scope that changed is drafted anew
        with runtime.session(actor=SYSTEM) as session:
            register_companies(session, [Registration(uscc, registered.name, business_scope=scope)])
        assert ("水泵", "scope", "superseded") in statuses(api, uscc)
        assert ("水泵", "scope", "draft") not in statuses(api, uscc)
    with runtime.session(actor=SYSTEM) as session:
        register_companies(session, [Registration(uscc, registered.name, business_scope="阀门制造。")])
    assert ("水泵", "scope", "superseded") not in statuses(api, uscc)
