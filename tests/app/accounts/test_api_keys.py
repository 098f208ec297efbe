"""API keys: scopes, last use, rotation, revocation, and whose they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import ApiKey
from app.core.actor import SYSTEM
from app.core.clock import now
from tests.app.clients import another_client

KEYS = "/api/v1/keys"
SignIn = Callable[..., TestClient]


def using(api: FastAPI, token: str) -> TestClient:
    return another_client(api, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def owner(sign_in: SignIn, company: dict[str, Any]) -> TestClient:
    return sign_in(seats={company["id"]: "owner"})


@pytest.fixture
def key(owner: TestClient, company: dict[str, Any]) -> dict[str, Any]:
    """A key of the company for listings."""
    said = {"name": "ERP", "company_id": company["id"], "scopes": ["listings:write"]}
    answer = owner.post(KEYS, json=said)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(api: FastAPI, key: dict[str, Any], **values: Any) -> None:
    with api.state.runtime.session(actor=SYSTEM) as session:
        held = session.get_one(ApiKey, UUID(key["id"]))
        for name, value in values.items():
            setattr(held, name, value)


def test_a_key_does_what_its_scopes_name_in_its_company_only(
    api: FastAPI, key: dict[str, Any], company: dict[str, Any], draft: dict[str, Any], new_uscc: Callable[[], str],
    client: TestClient,
) -> None:  # fmt: skip
    program = using(api, key["token"])
    assert program.post(f"/api/v1/listings/{draft['id']}/confirm").status_code == 200
    me = program.get("/api/v1/me").json()
    assert (me["kind"], me["name"], me["scopes"]) == ("key", "ERP", ["listings:write"])
    refused = program.patch(
        f"/api/v1/companies/{company['id']}", json={"employees": 3}, headers={"If-Match": "*"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert "companies:write" in refused.json()["detail"]
    other = client.post("/api/v1/companies", json={"uscc": new_uscc(), "name": "别家厂"}).json()
    said = {"company_id": other["id"], "kind": "product", "title": "泵"}
    refused = program.post("/api/v1/listings", json=said)
    assert (refused.status_code, refused.json()["code"]) == (403, "seat_required")
    for path, method in (("/api/v1/me/sessions", "GET"), (KEYS, "POST")):
        answer = program.request(
            method, path, json={"name": "x", "company_id": company["id"], "scopes": ["demands:write"]}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "person_required")


def test_a_companys_key_posts_its_demands(api: FastAPI, owner: TestClient, company: dict[str, Any]) -> None:
    said = {"name": "采购系统", "company_id": company["id"], "scopes": ["demands:write"]}
    program = using(api, owner.post(KEYS, json=said).json()["token"])
    posted = program.post("/api/v1/demands", json={"title": "泵", "state": "draft"}).json()
    assert (posted["buyer_company_id"], posted["buyer"]) == (company["id"], company["name"])
    assert owner.get(f"/api/v1/demands/{posted['id']}").status_code == 200


def test_last_use_is_noted(api: FastAPI, owner: TestClient, key: dict[str, Any]) -> None:
    assert owner.get(KEYS).json()["items"][0]["last_used_at"] is None
    using(api, key["token"]).get("/api/v1/me")
    assert owner.get(KEYS).json()["items"][0]["last_used_at"] is not None


def test_a_request_sent_twice_makes_one_key(api: FastAPI, owner: TestClient, company: dict[str, Any]) -> None:
    said = {"name": "MES", "company_id": company["id"], "scopes": ["quotes:write"]}
    headers = {"Idempotency-Key": "one-key"}
    first, again = (owner.post(KEYS, json=said, headers=headers) for _ in range(2))
    assert first.status_code == 201, first.text
    assert (again.status_code, again.json()["code"]) == (409, "key_made")
    assert "token" not in again.json()
    assert f"/api/v1/keys/{first.json()['id']}/rotate" in again.json()["detail"], "the way forward"
    assert [one["id"] for one in owner.get(KEYS).json()["items"]] == [first.json()["id"]]
    assert using(api, first.json()["token"]).get("/api/v1/me").status_code == 200


def test_rotation_leaves_no_gap(api: FastAPI, owner: TestClient, key: dict[str, Any]) -> None:
    rotated = owner.post(f"{KEYS}/{key['id']}/rotate").json()
    assert rotated["id"] == key["id"]
    assert rotated["token"] != key["token"]
    for token in (key["token"], rotated["token"]):
        assert using(api, token).get("/api/v1/me").status_code == 200
    change(api, key, previous_until=now() - timedelta(seconds=1))
    assert using(api, key["token"]).get("/api/v1/me").status_code == 401
    assert using(api, rotated["token"]).get("/api/v1/me").status_code == 200


def test_a_revoked_key_is_dead_with_its_former_token(
    api: FastAPI, owner: TestClient, key: dict[str, Any]
) -> None:
    rotated = owner.post(f"{KEYS}/{key['id']}/rotate").json()
    assert owner.delete(f"{KEYS}/{key['id']}").status_code == 204
    assert owner.delete(f"{KEYS}/{key['id']}").status_code == 204
    for token in (key["token"], rotated["token"]):
        answer = using(api, token).get("/api/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_api_key")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert owner.post(f"{KEYS}/{key['id']}/rotate").status_code == 409
    assert owner.get(KEYS).json()["items"] == []


def test_an_expired_key_is_dead(api: FastAPI, key: dict[str, Any]) -> None:
    change(api, key, expires_at=now() - timedelta(seconds=1))
    assert using(api, key["token"]).get("/api/v1/me").status_code == 401


def test_keys_are_the_companys_owners_business(
    sign_in: SignIn, key: dict[str, Any], company: dict[str, Any]
) -> None:
    said = {"name": "x", "company_id": company["id"], "scopes": ["listings:write"]}
    colleague = sign_in(seats={company["id"]: "manager"})
    assert [one["id"] for one in colleague.get(KEYS).json()["items"]] == [key["id"]]
    assert colleague.post(f"{KEYS}/{key['id']}/rotate").status_code == 403
    outsiders = (sign_in(), sign_in(divisions=["100000"]))
    for outsider in outsiders:
        assert outsider.get(KEYS).json()["items"] == [] or outsider is outsiders[1]
        assert outsider.post(KEYS, json=said).status_code == 403
        assert outsider.delete(f"{KEYS}/{key['id']}").status_code == 404


def test_operators_make_keys_of_their_divisions(
    sign_in: SignIn, api: FastAPI, new_uscc: Callable[[], str]
) -> None:
    operator = sign_in(divisions=["210100"])
    made = operator.post(KEYS, json={"name": "市平台", "division": "210106", "scopes": ["companies:write"]})
    assert made.status_code == 201
    assert (
        operator.post(
            KEYS, json={"name": "x", "division": "210200", "scopes": ["companies:write"]}
        ).status_code
        == 403
    )
    program = using(api, made.json()["token"])
    here = {"uscc": new_uscc(), "name": "沈阳本区厂", "address": "沈阳市铁西区北二路1号"}
    there = {"uscc": new_uscc(), "name": "大连外区厂", "address": "大连市甘井子区泉水1号"}
    assert program.post("/api/v1/companies", json=here).status_code == 201
    refused = program.post("/api/v1/companies", json=there)
    assert (refused.status_code, refused.json()["code"]) == (403, "operator_required")
    assert program.get(f"/api/v1/companies/by-uscc/{there['uscc']}").status_code == 404, (
        "nothing stays behind"
    )


@pytest.mark.parametrize(
    "header", ["Bearer lq_nonsense", "Bearer ", "Basic dXNlcjpwYXNz", "lq_x", "Bearer é".encode(), ""]
)
def test_a_header_that_opens_nothing_is_told_so(visitor: TestClient, header: Any) -> None:
    answer = visitor.get("/api/v1/demands", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_api_key")


def test_only_digests_are_kept(api: FastAPI, key: dict[str, Any]) -> None:
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        held = session.scalars(select(ApiKey)).all()
    assert key["token"] not in str([one.model_dump() for one in held])
    assert key["token"].startswith(key["hint"])


@pytest.mark.parametrize(
    "said", [{}, {"company_id": "5e0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d", "division": "210000"}]
)
def test_a_key_belongs_to_one(sign_in: SignIn, said: dict[str, str]) -> None:
    answer = sign_in().post(KEYS, json={"name": "x", "scopes": ["demands:write"], **said})
    assert answer.json()["errors"][0]["code"] == "one_of"
