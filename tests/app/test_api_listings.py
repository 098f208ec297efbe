"""Listings over HTTP: drafts confirmed and refused, what the firm states itself, and the index told of each change."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from app.catalogue.declarations import load_kinds
from app.catalogue.policy import ACTIONS, MOVES, allowed, moved
from app.core.errors import Conflict
from app.core.outbox import OutboxEntry
from search.documents import KINDS

LISTINGS = "/api/v1/listings"
STATUSES = ("draft", "published", "dismissed", "withdrawn", "superseded")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("source", ["scope", "firm"])
def test_every_move_is_made_or_refused(status: Any, action: Any, source: str) -> None:
    target = MOVES.get((status, action))
    if target is None or (target == "draft" and source == "firm"):
        with pytest.raises(Conflict):
            moved(status, action, source=source)
        assert action not in allowed(status, source=source)
    else:
        assert moved(status, action, source=source) == target
        assert action in allowed(status, source=source)


def move(client: TestClient, listing: dict[str, Any], action: str) -> Any:
    return client.post(f"{LISTINGS}/{listing['id']}/{action}")


def test_draft_confirmed_undone_dismissed_undone(client: TestClient, draft: dict[str, Any]) -> None:
    assert draft["status"] == "draft"
    seen = [move(client, draft, action).json()["status"] for action in ("confirm", "undo", "dismiss", "undo")]
    assert seen == ["published", "draft", "dismissed", "draft"]
    refused = move(client, draft, "withdraw")
    assert (refused.status_code, refused.json()["code"]) == (409, "listing_state")
    assert move(client, draft, "confirm").json()["version"] == 6


def test_each_change_bumps_the_company_and_tells_the_index(
    client: TestClient, api: FastAPI, company: dict[str, Any], draft: dict[str, Any]
) -> None:
    move(client, draft, "confirm")
    changed = client.get(f"/api/v1/companies/{company['id']}").json()
    assert changed["version"] == company["version"] + 1
    with api.state.runtime.session(writing=False) as session:
        entries = session.scalars(
            select(OutboxEntry).where(OutboxEntry.key == company["id"]).order_by(OutboxEntry.version)
        ).all()
    assert [entry.version for entry in entries] == [1, 2]


def test_refused_change_leaves_nothing_behind(
    client: TestClient, company: dict[str, Any], draft: dict[str, Any]
) -> None:
    where = f"{LISTINGS}/{draft['id']}"
    answer = client.patch(
        where, json={"title": "新名", "fields": {"nonsense": 1}}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 422
    assert client.get(where).json() == draft
    assert client.get(f"/api/v1/companies/{company['id']}").json()["version"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_takes_its_example(client: TestClient, company: dict[str, Any], kind: Any) -> None:
    said = {"company_id": company["id"], "kind": kind, "title": "示例", "fields": load_kinds()[kind].example}
    answer = client.post(LISTINGS, json=said)
    assert answer.status_code == 201, answer.text
    assert answer.json()["fields"] == load_kinds()[kind].example
    assert answer.json()["actions"] == ["edit", "withdraw"]
    schema = client.get(f"/api/v1/kinds/{kind}/schema").json()
    assert set(schema["properties"]) >= set(answer.json()["fields"])


def test_wrong_fields_are_named_in_the_readers_language(client: TestClient, company: dict[str, Any]) -> None:
    said = {
        "company_id": company["id"],
        "kind": "product",
        "title": "泵",
        "fields": {"supply_role": "friend"},
    }
    answer = client.post(LISTINGS, params={"lang": "en"}, json=said)
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert errors["fields.supply_role"]["code"] == "not_an_option"
    assert errors["fields.supply_role"]["message"].startswith("Choose “Supplied as” from")
    assert errors["fields.pricing"]["code"] == "required"


def test_edited_draft_counts_as_stated(client: TestClient, draft: dict[str, Any]) -> None:
    where = f"{LISTINGS}/{draft['id']}"
    answer = client.patch(where, json={"title": "离心泵", "summary": "铸铁"}, headers={"If-Match": '"1"'})
    assert (answer.json()["status"], answer.json()["title"]) == ("published", "离心泵")
    assert answer.headers["etag"] == '"2"'
    assert client.patch(where, json={"title": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    assert client.patch(where, json={"title": "x"}).status_code == 428


def test_stated_listing_is_withdrawn_and_offered_again(client: TestClient, company: dict[str, Any]) -> None:
    said = {
        "company_id": company["id"],
        "kind": "logistics",
        "title": "冷链运输",
        "fields": load_kinds()["logistics"].example,
    }
    listing = client.post(LISTINGS, json=said).json()
    assert listing["role"] == "service"
    assert move(client, listing, "undo").status_code == 409
    assert [move(client, listing, a).json()["status"] for a in ("withdraw", "republish")] == [
        "withdrawn",
        "published",
    ]


def test_listed_by_company_kind_and_status(
    client: TestClient, company: dict[str, Any], draft: dict[str, Any]
) -> None:
    move(client, draft, "confirm")
    found = client.get(LISTINGS, params={"company_id": company["id"], "status": "published"}).json()["items"]
    assert [item["id"] for item in found] == [draft["id"]]
    where = f"/api/v1/companies/{company['id']}/listings"
    first = client.get(where, params={"limit": 1}).json()
    rest = client.get(where, params={"cursor": first["next_cursor"]}).json()
    assert draft["id"] in {item["id"] for item in (*first["items"], *rest["items"])}
    assert client.get(where, params={"kind": "finance"}).json()["items"] == []
    assert client.get("/api/v1/companies/00000000-0000-0000-0000-000000000000/listings").status_code == 404
