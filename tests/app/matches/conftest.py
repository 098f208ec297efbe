"""Firms and demands of one rare trade, so that no other test's world is met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.matches.standing import index_demands

Post = Callable[..., dict[str, Any]]
Register = Callable[..., dict[str, Any]]


@pytest.fixture
def post(client: TestClient, api: FastAPI) -> Post:
    """Posts a demand and indexes it."""

    def make(title: str, *, by: TestClient = client, **more: Any) -> dict[str, Any]:
        answer = by.post("/api/v1/demands", json={"title": title, **more})
        assert answer.status_code == 201, answer.text
        index_demands(api.state.runtime)
        said: dict[str, Any] = answer.json()
        return said

    return make


@pytest.fixture
def register(client: TestClient, new_uscc: Callable[[], str], index_now: Callable[[], int]) -> Register:
    """Registers a firm and indexes it."""

    def make(name: str, scope: str) -> dict[str, Any]:
        said = {
            "uscc": new_uscc(),
            "name": name,
            "address": "沈阳市铁西区北二路1号",
            "business_scope": scope,
        }
        answer = client.post("/api/v1/companies", json=said)
        assert answer.status_code == 201, answer.text
        index_now()
        firm: dict[str, Any] = answer.json()
        return firm

    return make
