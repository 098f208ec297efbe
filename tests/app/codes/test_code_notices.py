"""A firm's owners and managers are told what happens to its codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.codes.issuing import issue_many
from app.codes.keys import signer
from app.core.actor import SYSTEM

CODES = "/api/v1/codes"
SignIn = Callable[..., TestClient]


def told(browser: TestClient) -> list[tuple[str, str]]:
    items = browser.get("/api/v1/me/notices").json()["items"]
    return [(one["kind"], one["text"]) for one in reversed(items)]


@pytest.fixture
def owner(sign_in: SignIn, company: dict[str, Any]) -> TestClient:
    return sign_in(seats={company["id"]: "owner"})


def test_from_issue_to_revocation(
    client: TestClient, sign_in: SignIn, owner: TestClient, company: dict[str, Any]
) -> None:
    manager, sales = (sign_in(seats={company["id"]: role}) for role in ("manager", "sales"))
    code = client.post(CODES, json={"company_id": company["id"]}).json()["code"]
    for action, reason in (("suspend", "铭牌丢失"), ("resume", ""), ("suspend", "又丢了")):
        assert client.post(f"{CODES}/{code}/{action}", json={"reason": reason}).status_code == 200
    fresh = client.post(f"{CODES}/{code}/replace", json={"reason": "铭牌丢失"}).json()["code"]
    sub = {"company_id": company["id"], "kind": "machine", "label": "一号机床"}
    assert client.post(CODES, json=sub).status_code == 201
    client.post(f"{CODES}/{fresh}/revoke", json={"reason": "注销"})
    kinds = [kind for kind, _ in told(owner)]
    assert kinds == [
        "code.issued", "code.suspended", "code.resumed", "code.suspended", "code.replaced", "code.issued", "code.revoked",
    ]  # fmt: skip
    assert told(owner) == told(manager)
    assert "铭牌丢失" in told(owner)[1][1]
    assert fresh[:5] in told(owner)[4][1]
    assert told(sales) == []


def test_whoever_did_it_is_not_told(sign_in: SignIn, owner: TestClient, company: dict[str, Any]) -> None:
    manager = sign_in(seats={company["id"]: "manager"})
    assert owner.post(CODES, json={"company_id": company["id"]}).status_code == 201
    assert told(owner) == []
    assert [kind for kind, _ in told(manager)] == ["code.issued"]


def test_of_many_issued_at_once_those_with_people_are_told(
    api: FastAPI, owner: TestClient, company: dict[str, Any], firm: Callable[[str], UUID]
) -> None:
    firms = [firm("无人企业"), UUID(company["id"])]
    runtime = api.state.runtime
    with runtime.session(actor=SYSTEM) as session:
        sign = signer(session, runtime.settings.keys_folder())
        codes = issue_many(session, firms, signer=sign, actor="test")
    ((kind, text),) = told(owner)
    assert kind == "code.issued"
    assert codes[1][:5] in text
