"""Companies over HTTP: registering, correcting, listing, looking codes up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

COMPANIES = "/api/v1/companies"


def test_registering_derives_division_industry_and_drafts(
    client: TestClient, company: dict[str, Any]
) -> None:
    assert (company["city"], company["district"], company["adcode"]) == ("沈阳市", "铁西区", "210106")
    assert company["industry_code"].startswith("34")
    assert company["provenance"]["adcode"]["from"] == "address"
    titles = {item["title"] for item in client.get(f"{COMPANIES}/{company['id']}/listings").json()["items"]}
    assert {"水泵", "阀门"} <= titles


def test_found_by_id_and_by_code_in_any_spelling(client: TestClient, company: dict[str, Any]) -> None:
    spelled = "".join(chr(ord(c) + 0xFEE0) for c in company["uscc"].lower())
    by_id = client.get(f"{COMPANIES}/{company['id']}")
    by_code = client.get(f"{COMPANIES}/by-uscc/{spelled}")
    assert by_id.json() == by_code.json() == company
    assert by_id.headers["etag"] == '"1"'
    code = client.get(f"/api/v1/codes/{spelled}").json()
    assert code["uscc"] == company["uscc"]
    assert code["company"]["id"] == company["id"]
    assert code["division"]["name"] == "铁西区"


def test_same_code_again_conflicts(client: TestClient, company: dict[str, Any]) -> None:
    answer = client.post(COMPANIES, json={"uscc": company["uscc"], "name": "另一家"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "company_exists"


def test_same_idempotency_key_gives_the_first_answer(client: TestClient, new_uscc: Callable[[], str]) -> None:
    said = {"uscc": new_uscc(), "name": "沈阳幂等机械厂"}
    headers = {"Idempotency-Key": f"key-{said['uscc']}"}
    first = client.post(COMPANIES, json=said, headers=headers)
    second = client.post(COMPANIES, json=said, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["location"] == f"{COMPANIES}/{first.json()['id']}"
    other = client.post(COMPANIES, json={**said, "name": "另一家"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_wrong_code_names_position_and_suggestions(client: TestClient, company: dict[str, Any]) -> None:
    misread = company["uscc"].replace("MA8T", "MABT")
    answer = client.post(COMPANIES, json={"uscc": misread, "name": "抄错了"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("uscc", "uscc_check_character")
    assert error["params"]["position"] == 18
    assert company["uscc"] in error["params"]["suggestions"]


@pytest.mark.parametrize("capital", ["很多钱", "500万贝壳币", "9" * 90 + "万元", "9" * 30 + "元"])
def test_unreadable_capital_is_refused(client: TestClient, new_uscc: Callable[[], str], capital: str) -> None:
    answer = client.post(COMPANIES, json={"uscc": new_uscc(), "name": "资本不明厂", "capital_raw": capital})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "capital_raw"


def test_every_wrong_field_is_named_at_once(client: TestClient) -> None:
    said = {
        "uscc": "",
        "name": "a\x00b",
        "registered_on": "2003-02-30",
        "employees": -1,
        "status": "gone",
        "x": 1,
    }
    answer = client.post(COMPANIES, json=said)
    assert answer.headers["content-type"] == "application/problem+json"
    found = {error["field"]: error["code"] for error in answer.json()["errors"]}
    assert found == {
        "uscc": "required",
        "name": "control_character",
        "registered_on": "malformed_date",
        "employees": "out_of_range",
        "status": "not_an_option",
        "x": "unknown_field",
    }


def test_correction_needs_the_version_and_says_who_said_so(
    client: TestClient, company: dict[str, Any]
) -> None:
    where = f"{COMPANIES}/{company['id']}"
    change = {
        "adcode": "210211",
        "industry_code": "3443",
        "employees": 86,
        "aliases": ["测泵"],
        "website": None,
    }
    assert client.patch(where, json=change).status_code == 428
    assert client.patch(where, json=change, headers={"If-Match": '"7"'}).status_code == 412
    answer = client.patch(where, json=change, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    corrected = answer.json()
    assert (corrected["city"], corrected["district"]) == ("大连市", "甘井子区")
    assert corrected["version"] == 2
    assert answer.headers["etag"] == '"2"'
    stated = {"from": "user", "method": "stated"}
    assert {corrected["provenance"][name]["method"] for name in ("adcode", "industry_code", "aliases")} == {
        "stated"
    }
    assert corrected["provenance"]["employees"] == stated
    assert (
        client.patch(where, json=change, headers={"If-Match": '"2"'}).json()["version"] == 2
    )  # nothing changed


def test_what_must_be_cannot_be_cleared(client: TestClient, company: dict[str, Any]) -> None:
    answer = client.patch(
        f"{COMPANIES}/{company['id']}",
        json={"name": None, "status": None, "adcode": "999999"},
        headers={"If-Match": "*"},
    )
    assert {error["field"] for error in answer.json()["errors"]} == {"name", "status"}
    for change in ({"adcode": "999999"}, {"industry_code": "0099"}):
        assert (
            client.patch(f"{COMPANIES}/{company['id']}", json=change, headers={"If-Match": "*"}).status_code
            == 422
        )


def test_pages_neither_skip_nor_repeat_while_rows_arrive(
    client: TestClient, new_uscc: Callable[[], str]
) -> None:
    def register(tag: str) -> str:
        said = {
            "uscc": new_uscc(),
            "name": "沈阳分页机械厂",
            "tags": [tag],
            "address": "沈阳市铁西区",
            "industry_code": "3441",
        }
        uscc: str = client.post(COMPANIES, json=said).json()["uscc"]
        return uscc

    wanted = [register("分页") for _ in range(5)]
    filters = {"tag": "分页", "division": "210100", "industry": "C", "status": "active", "limit": "2"}
    first = client.get(COMPANIES, params=filters).json()
    late = register("分页")
    second = client.get(COMPANIES, params={**filters, "cursor": first["next_cursor"]}).json()
    third = client.get(COMPANIES, params={**filters, "cursor": second["next_cursor"]}).json()
    seen = [item["uscc"] for page in (first, second, third) for item in page["items"]]
    assert seen == sorted({*wanted, late})
    assert third["next_cursor"] is None
    assert client.get(COMPANIES, params={**filters, "division": "210200"}).json()["items"] == []
    assert client.get(COMPANIES, params={**filters, "industry": "51"}).json()["items"] == []


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyJhIiwgMV0", "WzFd", "é", "[" * 400])
def test_made_up_cursor_is_refused(client: TestClient, cursor: str) -> None:
    for path in (COMPANIES, "/api/v1/listings", "/api/v1/demands"):
        answer = client.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "malformed_cursor")


def test_unknown_company(client: TestClient) -> None:
    answer = client.get(
        f"{COMPANIES}/00000000-0000-0000-0000-000000000000", headers={"Accept-Language": "en-GB"}
    )
    assert answer.json() == {
        "type": "urn:lianqiao:problem:company_not_found",
        "title": "Not found",
        "status": 404,
        "code": "company_not_found",
        "detail": "No such company",
        "instance": f"{COMPANIES}/00000000-0000-0000-0000-000000000000",
    }


def test_lookups(client: TestClient) -> None:
    cities = client.get("/api/v1/divisions", params={"parent": "210000"}).json()["items"]
    assert len(cities) == 14
    named = client.get("/api/v1/divisions", params={"parent": "210000", "q": "铁西"}).json()["items"]
    assert {item["adcode"] for item in named} == {"210106", "210303"}
    assert len(client.get("/api/v1/industries").json()["items"]) == 20
    pumps = client.get("/api/v1/industries", params={"parent": "C", "q": "泵"}).json()["items"]
    assert "3441" in {item["code"] for item in pumps}
