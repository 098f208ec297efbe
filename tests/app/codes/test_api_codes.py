"""Enterprise codes over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

CODES = "/api/v1/codes"


@pytest.fixture
def code(client: TestClient, company: dict[str, Any]) -> dict[str, Any]:
    """The active code of a firm of this test's own."""
    answer = client.post(CODES, json={"company_id": company["id"]})
    assert answer.status_code == 201, answer.text
    issued: dict[str, Any] = answer.json()
    return issued


def test_issued_once_a_key(client: TestClient, company: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": company["uscc"]}
    first = client.post(CODES, json={"company_id": company["id"]}, headers=headers)
    second = client.post(CODES, json={"company_id": company["id"]}, headers=headers)
    assert first.json() == second.json()
    assert second.headers["location"] == f"{CODES}/{first.json()['code']}"
    again = client.post(CODES, json={"company_id": company["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "code_exists")


def test_looked_up_by_either_code(client: TestClient, company: dict[str, Any], code: dict[str, Any]) -> None:
    by_code = client.get(f"{CODES}/{code['printed'].lower()}").json()
    by_uscc = client.get(f"{CODES}/{company['uscc']}").json()
    assert by_code == by_uscc
    assert by_code["company"]["id"] == company["id"]
    assert by_code["enterprise_code"]["code"] == code["code"]
    assert client.get(f"{CODES}/7K3PXM2WQK").status_code == 404
    assert "signature" not in by_code["enterprise_code"]
    wrong = client.get(f"{CODES}/7K3PXM2WQA", headers={"Accept-Language": "en"}).json()["errors"][0]
    assert (wrong["field"], wrong["code"]) == ("code", "code_check_character")
    assert "misread" in wrong["message"]


def test_moved_replaced_and_told(client: TestClient, code: dict[str, Any]) -> None:
    where = f"{CODES}/{code['code']}"
    stale = client.post(f"{where}/suspend", json={"reason": "核查"}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    held = client.post(f"{where}/suspend", json={"reason": "核查"}, headers={"If-Match": '"1"'})
    assert (held.json()["state"], held.headers["etag"]) == ("suspended", '"2"')
    assert held.json()["actions"] == ["resume", "replace", "revoke"]
    assert client.post(f"{where}/activate", json={}).json()["code"] == "code_state"
    assert client.post(f"{where}/resume", json={}).json()["state"] == "active"
    fresh = client.post(f"{where}/replace", json={"reason": "磨损"})
    assert fresh.status_code == 201
    assert client.get(where).json()["enterprise_code"]["replaced_by"] == fresh.json()["code"]
    unexplained = client.post(f"{where}/revoke", json={})
    assert unexplained.json()["errors"][0]["field"] == "reason"
    assert client.post(f"{where}/revoke", json={"reason": "被盗"}).json()["state"] == "revoked"
    told = client.get(f"{where}/history").json()["items"]
    assert [event["action"] for event in told] == [
        "issue",
        "activate",
        "suspend",
        "resume",
        "replace",
        "revoke",
    ]


def test_verified(client: TestClient, api: Any, code: dict[str, Any]) -> None:
    origin = api.state.runtime.settings.origin()
    said = client.post("/api/v1/code-checks", json={"url": origin + code["path"]}).json()
    assert said == {"verdict": "genuine", "code": code["code"], "kid": code["kid"], "state": "active"}
    forged = client.post(
        "/api/v1/code-checks",
        json={"url": origin + code["path"].replace(code["signature"], code["signature"][::-1])},
    ).json()
    assert (forged["verdict"], forged["state"]) == ("forged", None)


def test_listed_by_firm(client: TestClient, company: dict[str, Any], code: dict[str, Any]) -> None:
    machine = client.post(
        CODES,
        json={
            "company_id": company["id"],
            "kind": "machine",
            "label": "3 号机",
            "handle": "88.118.7/" + company["uscc"],
            "links": [{"type": "quality", "href": "https://example.com/c.pdf", "title": "校准证书"}],
        },
    ).json()
    assert machine["parent"] == code["code"]
    listed = client.get(CODES, params={"company_id": company["id"], "limit": "1"}).json()
    rest = client.get(CODES, params={"company_id": company["id"], "cursor": listed["next_cursor"]}).json()
    assert {item["code"] for item in listed["items"] + rest["items"]} == {code["code"], machine["code"]}
    assert client.get(CODES, params={"company_id": company["id"], "kind": "branch"}).json()["items"] == []


def test_who_may_manage_codes(
    client: TestClient,
    visitor: TestClient,
    sign_in: Callable[..., TestClient],
    company: dict[str, Any],
    code: dict[str, Any],
) -> None:
    where = f"{CODES}/{code['code']}"
    owner = sign_in(seats={company["id"]: "owner"})
    viewer = sign_in(seats={company["id"]: "viewer"})
    for path in (CODES, f"{CODES}?company_id={company['id']}", f"{where}/history", f"{where}/print"):
        assert visitor.get(path).status_code == 401
        assert viewer.get(path).status_code == 403
    assert owner.get(f"{where}/history").status_code == 200
    assert owner.get(CODES).status_code == 403  # everybody's codes are the operators' to see
    assert visitor.post(f"{where}/suspend", json={"reason": "x"}).status_code == 401
    assert visitor.get(where).status_code == 200
    client.post(f"{where}/revoke", json={"reason": "被盗"})
    assert visitor.get(where).json()["code"] == "code_revoked"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "ftp://a", "https://a b", "//evil.test"])
def test_a_stated_link_is_a_web_address(client: TestClient, company: dict[str, Any], href: str) -> None:
    said = {"company_id": company["id"], "links": [{"type": "quality", "href": href, "title": "x"}]}
    assert client.post(CODES, json=said).status_code == 422


def test_another_firms_listing_is_refused(
    client: TestClient, code: dict[str, Any], new_uscc: Callable[[], str], draft: dict[str, Any]
) -> None:
    other = client.post("/api/v1/companies", json={"uscc": new_uscc(), "name": "沈阳另一厂"}).json()
    client.post(CODES, json={"company_id": other["id"]})
    said = {"company_id": other["id"], "kind": "product", "label": "泵", "listing_id": draft["id"]}
    answer = client.post(CODES, json=said)
    assert answer.json()["errors"][0]["code"] == "other_company"
    mine = client.post(CODES, json={**said, "company_id": code["company_id"]})
    assert mine.status_code == 201, mine.text
