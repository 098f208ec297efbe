"""A phone, a firm with everything a code shows, and its codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.clock import today
from tests.app.clients import another_client

CODES = "/api/v1/codes"
PHONE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh-CN,zh;q=0.9"}
LINKSET = {"Accept": "application/linkset+json"}
GS1 = "https://ref.gs1.org/voc/"


@pytest.fixture
def scanner(client: TestClient, api: FastAPI) -> TestClient:
    """A phone that follows no redirect by itself."""
    del client
    return another_client(api, headers=PHONE, follow_redirects=False)


@pytest.fixture
def firm(client: TestClient, company: dict[str, Any]) -> dict[str, Any]:
    """A firm with a contact, a line that is free now, a certificate."""
    window = {
        "from": (today() - timedelta(days=3)).isoformat(),
        "to": (today() + timedelta(days=30)).isoformat(),
        "free": 40,
    }
    said = {
        "company_id": company["id"],
        "kind": "capacity",
        "title": "1250 吨挤压线",
        "fields": {
            "line": "1250 吨挤压线",
            "products_made": ["工业铝型材"],
            "monthly_output": {"value": 600, "unit": "t/month"},
            "free_share": 20,
            "free_windows": [window],
            "quality_system": ["ISO 9001"],
        },
    }
    assert client.post("/api/v1/listings", json=said).status_code == 201
    change = {"contact_name": "陈建国", "phone": "13800001234", "email": "chen@example.com"}
    answer = client.patch(f"/api/v1/companies/{company['id']}", json=change, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    return company


@pytest.fixture
def issue(client: TestClient, firm: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """Issues a code to the firm."""

    def make(**said: Any) -> dict[str, Any]:
        answer = client.post(CODES, json={"company_id": firm["id"], **said})
        assert answer.status_code == 201, answer.text
        issued: dict[str, Any] = answer.json()
        return issued

    return make


@pytest.fixture
def code(issue: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The firm's own active code."""
    return issue(links=[{"type": "quality", "href": "https://example.com/iso.pdf", "title": "ISO 9001 证书"}])


def move(client: TestClient, code: dict[str, Any], action: str) -> dict[str, Any]:
    answer = client.post(f"{CODES}/{code['code']}/{action}", json={"reason": "测试"})
    assert answer.is_success, answer.text
    moved: dict[str, Any] = answer.json()
    return moved
