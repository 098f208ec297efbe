"""Webhooks over HTTP: made, changed, paused; whose they are, and which addresses may be called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.core.runtime import Runtime
from app.notify.deliveries import call_webhooks
from app.notify.policy import DELIVERY_MOVES, DELIVERY_STATES, WEBHOOK_MOVES, WEBHOOK_STATES
from tests.app.notify.conftest import HOOKS, SignIn, Tell
from tests.services.receiver import Receiver


def test_only_the_kinds_asked_for(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell
) -> None:
    where = f"{HOOKS}/{hook['id']}"
    assert owner.patch(where, json={"kinds": []}).status_code == 428
    changed = owner.patch(where, json={"kinds": ["deal.begun"]}, headers={"If-Match": '"1"'})
    assert changed.json()["kinds"] == ["deal.begun"]
    assert owner.patch(where, json={"name": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    tell_now(companies=[UUID(hook["company_id"])])
    call_webhooks(runtime)
    assert not kept.got


def test_paused_it_keeps_what_happens(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell
) -> None:
    where = f"{HOOKS}/{hook['id']}"
    assert owner.post(f"{where}/pause").json()["state"] == "paused"
    assert owner.post(f"{where}/ping").status_code == 409
    assert owner.post(f"{where}/pause").json()["code"] == "webhook_state"
    tell_now(companies=[UUID(hook["company_id"])])
    assert call_webhooks(runtime) == 0
    owner.post(f"{where}/resume")
    assert call_webhooks(runtime) == 1
    assert len(kept.got) == 1


def test_whose_they_are(
    client: TestClient, sign_in: SignIn, hook: dict[str, Any], kept: Receiver, company: dict[str, Any]
) -> None:
    where = f"{HOOKS}/{hook['id']}"
    assert sign_in(seats={company["id"]: "manager"}).get(where).status_code == 200
    assert sign_in(seats={company["id"]: "sales"}).get(where).json()["code"] == "seat_required"
    stranger = sign_in()
    assert stranger.get(where).json()["code"] == "webhook_not_found"
    assert stranger.get(HOOKS).json() == {"items": []}
    assert client.get(where).status_code == 404, "operators have their own"
    own = client.post(HOOKS, json={"url": kept.url}).json()
    assert (own["company_id"], own["division"]) == (None, "100000")
    assert client.delete(f"{HOOKS}/{own['id']}").status_code == 204
    assert stranger.post(HOOKS, json={"url": kept.url}).json()["errors"][0]["field"] == "company_id"


def test_made_once_under_one_key(owner: TestClient, kept: Receiver, company: dict[str, Any]) -> None:
    said, key = {"url": kept.url, "company_id": company["id"]}, {"Idempotency-Key": "hook-1"}
    first, second = (owner.post(HOOKS, json=said, headers=key).json() for _ in range(2))
    assert first == second
    assert len(owner.get(HOOKS).json()["items"]) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example.com/", "ftp://erp.example.com/", "https://user:secret@erp.example.com/", "https:///path",
        "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/", "https://localhost/", "https://a.internal/",
        "https://erp.example.com:99999/", "https://erp.example.com/#x", "https://例子.example/", "https://[bad/",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_refused(client: TestClient, url: str) -> None:
    answer = client.post(HOOKS, json={"url": url})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "url"


def test_ten_at_most(owner: TestClient, company: dict[str, Any]) -> None:
    said = {"url": "https://erp.example.com/", "company_id": company["id"]}
    answers = [owner.post(HOOKS, json=said).status_code for _ in range(11)]
    assert answers == [201] * 10 + [409]


def test_the_tables_of_moves_lead_out_of_every_state() -> None:
    assert {state for state, _ in DELIVERY_MOVES} == set(DELIVERY_STATES)
    assert {state for state, _ in WEBHOOK_MOVES} == set(WEBHOOK_STATES)
    assert set(DELIVERY_MOVES.values()) == set(DELIVERY_STATES)
    assert set(WEBHOOK_MOVES.values()) == set(WEBHOOK_STATES)
