"""The OpenAPI description: complete, and its examples work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from app.accounts.contacts import read_contact
from app.accounts.one_time import new_code
from app.core.actor import SYSTEM
from app.core.ids import company_id
from app.registry.schemas import EXAMPLE_USCC
from tests.app.clients import another_client
from tests.app.deal_helpers import begin_trade, ready_for
from tests.app.report_helpers import report_ready_for
from tests.app.trade_helpers import make_market, ready_for_trade

pytestmark = pytest.mark.one_database

OWNERS = re.compile("/(me|keys|seats|invitations|leads|lead-assignments|scans|blocks)(/|$)")
"""Addresses for people with a seat, not for API keys."""
TRADE = re.compile("/(inquiries|questions|quotes|awards)(/|$)")
OPEN_TO_ALL = re.compile("/api/v1/(companies(/by-uscc)?|listings|demands)(/{[a-z_]+})?$")
STORES_NOTHING = ("/api/v1/match", "/api/v1/search", "/api/v1/understand", "/api/v1/code-checks")
COMPANY_OF_EXAMPLES = str(company_id(EXAMPLE_USCC))
NIL = "00000000-0000-0000-0000-000000000000"
METHODS = ("get", "post", "patch", "put", "delete")


def operations(api: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of the whole description."""
    for path, item in api.openapi()["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def resolve(api: FastAPI, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, where a reference to it is given."""
    if "$ref" in schema:
        found: dict[str, Any] = api.openapi()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema


def test_every_operation_is_described(api: FastAPI) -> None:
    names = []
    for path, method, operation in operations(api):
        where = f"{method} {path}"
        names.append(operation["operationId"])
        assert operation["description"], where
        for status, answer in operation["responses"].items():
            if status >= "400":
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ProblemDetails"}, where
        if path.startswith("/api/"):
            assert {"422", "503"} <= set(operation["responses"]), where
        if "requestBody" in operation:
            assert {"400", "413"} <= set(operation["responses"]), where
        if "{" in path and "/codes/" not in path and not {"kinds", "request-forms"} & set(path.split("/")):
            assert "404" in operation["responses"], where
        if method == "patch":
            assert {"409", "412", "428"} & set(operation["responses"]) >= {"412", "428"}, where
    assert len(set(names)) == len(names)
    assert "HTTPValidationError" not in api.openapi()["components"]["schemas"]


def test_every_answer_has_an_example_that_fits(api: FastAPI) -> None:
    components = api.openapi()["components"]
    for path, method, operation in operations(api):
        for status, answer in operation["responses"].items():
            for media, content in answer.get("content", {}).items():
                schema = resolve(api, content.get("schema", {}))
                items = schema.get("properties", {}).get("items", {}).get("items", {})
                examples = schema.get("examples") or resolve(api, items).get("examples")
                if media in ("text/plain", "application/octet-stream") or path.endswith("/schema"):
                    continue
                assert examples, f"{method} {path} {status}"
                described = validator_for({**resolve(api, items or schema), "components": components})
                if schema.get("examples"):
                    described = validator_for({**schema, "components": components})
                for example in examples:
                    described.validate(example)


@pytest.fixture(scope="module")
def existing(client: TestClient, new_uscc: Callable[[], str]) -> dict[str, str]:
    """Ids to put into paths; the company of the examples is registered here when no other test did."""
    client.post("/api/v1/companies", json={"uscc": EXAMPLE_USCC, "name": "沈阳示例泵业有限公司"})
    said = {"uscc": new_uscc(), "name": "沈阳示范泵业有限公司", "business_scope": "水泵制造"}
    company = client.post("/api/v1/companies", json=said).json()
    listing = client.get(f"/api/v1/companies/{company['id']}/listings").json()["items"][0]
    demand = client.post("/api/v1/demands", json={"title": "水泵"}).json()
    code = client.post("/api/v1/codes", json={"company_id": company["id"], "activate": False}).json()["code"]
    webhook = client.post("/api/v1/webhooks", json={"url": "https://erp.example.com/"}).json()
    kept = client.post("/api/v1/demand-templates", json={"name": "水泵", "demand_id": demand["id"]}).json()
    pair = client.post("/api/v1/words", json={"term": "示例词甲", "other": "示例词乙"}).json()
    return {
        "company_id": company["id"],
        "blocked_id": COMPANY_OF_EXAMPLES,
        "listing_id": listing["id"],
        "demand_id": demand["id"],
        "code": code,
        "webhook_id": webhook["id"],
        "template_id": kept["id"],
        "word_id": pair["id"],
    }


def request_examples(api: FastAPI, operation: dict[str, Any]) -> list[Any]:
    content = operation["requestBody"]["content"].get("application/json")
    if content is None:
        return [None]  # bytes
    named = [example["value"] for example in content.get("examples", {}).values()]
    return named or resolve(api, content["schema"]).get("examples", [])


def _sent_code(api: FastAPI, contact: str) -> str:
    with api.state.runtime.session(actor=SYSTEM) as session:
        return new_code(session, read_contact(contact))


def _leads(client: TestClient, owner: TestClient, team: str, new_uscc: Callable[[], str]) -> Iterator[str]:
    """New leads of a team; each is another firm's."""
    while True:
        firm = client.post("/api/v1/companies", json={"uscc": new_uscc(), "name": "沈阳线索测试厂"}).json()
        made = owner.post("/api/v1/leads", json={"company_id": firm["id"], "team_id": team})
        yield made.json()["id"]


def _about_leads(example: dict[str, Any], colleague: str, leads: Iterator[str]) -> dict[str, Any]:
    """The example with ids of people and things that are there."""
    there = {
        "person_id": lambda: colleague,
        "into": lambda: next(leads),
        "company_id": lambda: COMPANY_OF_EXAMPLES,
    }
    return {key: there[key]() if key in there else value for key, value in example.items()}


def test_every_request_example_is_accepted(
    client: TestClient,
    api: FastAPI,
    existing: dict[str, str],
    new_uscc: Callable[[], str],
    sign_in: Callable[..., TestClient],
    firm: Callable[[str], UUID],
) -> None:
    owner = sign_in(seats={existing["company_id"]: "owner"})
    colleague = sign_in(seats={existing["company_id"]: "sales"}).get("/api/v1/me").json()["id"]
    leads = _leads(client, owner, existing["company_id"], new_uscc)
    claims = f"/api/v1/companies/{existing['company_id']}/claims"
    tried = 0
    for path, method, operation in operations(api):
        if "application/json" not in operation.get("requestBody", {}).get("content", {}):
            continue
        examples = request_examples(api, operation)
        assert examples, f"{method} {path}"
        for example in examples:
            who, ids = client, {**existing, "person_id": colleague}
            if OWNERS.search(path):
                who = owner
            if path == "/api/v1/companies":
                example = {**example, "uscc": new_uscc()}  # the example's own is registered already
            elif path == "/api/v1/sign-in":
                who = another_client(api)  # the cookie it gets is another person's
                example = {**example, "code": _sent_code(api, example["contact"])}
            elif path == "/api/v1/keys":
                example = {**example, "company_id": existing["company_id"]}
            elif "{deal_id}" in path or "{review_id}" in path:
                who, of_deal = ready_for(path, begin_trade(api, firm, sign_in))
                ids |= of_deal
            elif TRADE.search(path):
                market = make_market(api, firm, sign_in, 1, lines=[])
                who, of_trade, example = ready_for_trade(path, example, market)
                ids |= of_trade
            elif path == "/api/v1/demand-templates":
                example = {**example, "demand_id": existing["demand_id"]}
            elif path.endswith(("/approve", "/reject")) and "/demands/" in path:
                waiting = client.post(
                    "/api/v1/demands", json={"title": "水泵", "description": "代开发票"}
                ).json()
                who, ids["demand_id"] = sign_in(divisions=["100000"]), waiting["id"]
            elif "{report_id}" in path:
                who, ids["report_id"] = report_ready_for(path, firm, sign_in)
            elif path.endswith("/reports"):
                who, example = sign_in(), {**example, "subject_id": existing["company_id"]}
            elif path.endswith("/claims"):
                who = sign_in()
            elif path == "/api/v1/word-decisions":
                example = {**example, "ids": [existing["word_id"]]}
            elif "/lead" in path or "/scans" in path:
                example, ids["lead_id"] = _about_leads(example, colleague, leads), next(leads)
                before = {"postpone": "start", "reopen": "finish"}.get(path.rpartition("/")[2])
                if before:
                    owner.post(f"/api/v1/leads/{ids['lead_id']}/{before}", json={})
            elif "{claim_id}" in path:
                made = sign_in().post(claims, json={"method": "review", "statement": "x"})
                who, ids["claim_id"] = sign_in(divisions=["100000"]), made.json()["id"]
            answer = who.request(method, path.format(**ids), json=example, headers={"If-Match": "*"})
            assert answer.is_success, f"{method} {path} {example}: {answer.text}"
            tried += 1
    assert tried >= 18


def test_the_example_code_is_valid(client: TestClient) -> None:
    assert client.get(f"/api/v1/codes/{EXAMPLE_USCC}").json()["uscc"] == EXAMPLE_USCC


def test_who_may_is_described(api: FastAPI) -> None:
    described = api.openapi()
    known = [{"apiKey": []}, {"session": []}]
    assert set(described["components"]["securitySchemes"]) == {"apiKey", "session"}
    for path, method, operation in operations(api):
        security = operation.get("security")
        where = f"{method} {path}"
        if path in STORES_NOTHING:
            assert security in (None, [{}, *known]), where
        elif method == "get" and OPEN_TO_ALL.match(path):
            assert security == [{}, *known], where
        elif path.startswith("/api/v1/") and not path.startswith("/api/v1/sign-in") and method != "get":
            assert security == known, where
            assert {"401", "403"} <= set(operation["responses"]), where


def test_nobody_known_changes_nothing(visitor: TestClient, api: FastAPI, existing: dict[str, str]) -> None:
    tried, ids = 0, {**existing, "position": "0"}
    for path, method, operation in operations(api):
        if {} in operation.get("security", [{}]):
            continue
        for example in request_examples(api, operation) if "requestBody" in operation else [None]:
            url = re.sub(r"{(\w+)}", lambda part: ids.get(part[1], NIL), path)
            answer = visitor.request(method, url, json=example, headers={"If-Match": "*"})
            assert (answer.status_code, answer.json()["code"]) in (
                (401, "sign_in_required"),
                (404, answer.json()["code"]),
            ), f"{method} {path}: {answer.text}"
            tried += 1
    assert tried >= 20
