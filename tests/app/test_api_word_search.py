"""Lists by words over HTTP: to the last firm, with the words marked and everything else escaped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

pytestmark = pytest.mark.one_database

FIRMS = 12


@pytest.fixture(scope="module", autouse=True)
def firms(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> None:
    """Makers of one odd thing, in the index."""
    for number in range(FIRMS):
        said = {
            "uscc": new_uscc(),
            "name": f"沈阳琥珀{number}号<b>&有限公司",
            "address": "沈阳市铁西区北二路1号",
            "business_scope": "琥珀雕刻加工。",
        }
        assert client.post("/api/v1/companies", json=said).status_code == 201
    api.state.runtime.index_pending()


def test_pages_go_on_to_the_last_firm(client: TestClient) -> None:
    found, cursor = [], ""
    while True:
        asked = {"q": "琥珀雕刻", "limit": 5, "cursor": cursor}
        answer = client.get("/api/v1/search/firms", params=asked).json()
        found += [one["company"]["id"] for one in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) >= FIRMS


def test_near_a_point(client: TestClient) -> None:
    def ask(path: str, near: str) -> list[float]:
        """How far the carvers are; search by meaning finds others too."""
        answer = client.get(f"/api/v1/{path}", params={"q": "琥珀雕刻", "limit": 20, "near": near})
        assert answer.status_code == 200, answer.text
        found = answer.json()["items"]
        assert all(0 <= one["distance_km"] <= 60 for one in found)
        return [one["distance_km"] for one in found if "琥珀" in one["company"]["name"]]

    for path in ("search/firms", "search"):
        assert len(ask(path, "123.43,41.80,60")) >= FIRMS
        assert ask(path, "121.60,38.90,60") == []
    unasked = client.get("/api/v1/search/firms", params={"q": "琥珀雕刻"}).json()["items"]
    assert {one["distance_km"] for one in unasked} == {None}


@pytest.mark.parametrize("near", ["here", "123.4,41.8", "200,41.8,5", "123.4,41.8,0", "nan,41.8,5"])
def test_a_point_that_is_none_is_refused(client: TestClient, near: str) -> None:
    answer = client.get("/api/v1/search/firms", params={"q": "琥珀", "near": near})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["near"]


def test_words_are_marked_and_the_rest_is_escaped(client: TestClient) -> None:
    first = client.get("/api/v1/search/firms", params={"q": "琥珀雕刻", "limit": 1}).json()["items"][0]
    assert "<mark>琥珀</mark>" in first["name_html"]
    assert "&lt;b&gt;&amp;" in first["name_html"]
    assert "<mark>琥珀雕刻</mark>" in first["items"][0]["highlights"][0]["html"]
    ranked = client.get("/api/v1/search", params={"q": "琥珀雕刻"}).json()["items"][0]
    said = {one["field"]: one["html"] for one in ranked["highlights"]}
    assert "<mark>琥珀</mark>" in said["name"]
    assert "<b>" not in said["name"]


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WyJ4Il0", "WyIxLjIuMyJd"])
def test_a_cursor_made_elsewhere_is_refused(client: TestClient, cursor: str) -> None:
    answer = client.get("/api/v1/search/firms", params={"q": "琥珀", "cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] in ("malformed_cursor", "expired_cursor")


def test_the_pages_mark_words_too(client: TestClient) -> None:
    page = client.get("/search", params={"q": "琥珀雕刻"})
    assert "<mark>琥珀雕刻</mark>" in page.text
    assert "号<b>" not in page.text
    every = client.get("/search/firms", params={"q": "琥珀雕刻"})
    assert "<mark>琥珀雕刻</mark>" in every.text
    assert "号<b>" not in every.text
    assert client.get("/search/firms", params={"q": "琥珀", "cursor": "x"}).status_code == 200
    assert "没有企业含有这些词" in client.get("/search/firms", params={"q": "zzqqzz"}).text
