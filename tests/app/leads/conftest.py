"""A selling team of three and a firm to sell to, each of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

SignIn = Callable[..., TestClient]


@dataclass
class Team:
    """The selling firm's id, the browsers of its people, and their ids by the same names."""

    id: str
    boss: TestClient
    wang: TestClient
    li: TestClient
    people: dict[str, str]


@pytest.fixture
def make_company(client: TestClient, new_uscc: Callable[[], str]) -> Callable[..., dict[str, Any]]:
    """Registers firms."""

    def make(name: str = "沈阳测试客户有限公司", address: str = "沈阳市铁西区北二路1号") -> dict[str, Any]:
        said = {"uscc": new_uscc(), "name": name, "address": address, "business_scope": "水泵制造。"}
        answer = client.post("/api/v1/companies", json=said)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return make


@pytest.fixture
def team(sign_in: SignIn, make_company: Callable[..., dict[str, Any]]) -> Team:
    """A team with a manager and two in sales."""
    firm = make_company("沈阳测试销售有限公司")["id"]
    browsers = {
        "boss": sign_in(seats={firm: "manager"}, name="赵经理"),
        "wang": sign_in(seats={firm: "sales"}, name="王敏"),
        "li": sign_in(seats={firm: "sales"}, name="李强"),
    }
    people = {who: browser.get("/api/v1/me").json()["id"] for who, browser in browsers.items()}
    return Team(id=firm, people=people, **browsers)


@pytest.fixture
def code_of(client: TestClient) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Issues a firm's code."""

    def issue(company: dict[str, Any]) -> dict[str, Any]:
        answer = client.post("/api/v1/codes", json={"company_id": company["id"]})
        assert answer.status_code == 201, answer.text
        issued: dict[str, Any] = answer.json()
        return issued

    return issue
