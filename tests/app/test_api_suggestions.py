"""Suggestions while typing, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient


@pytest.fixture(scope="module", autouse=True)
def firms(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> None:
    """Two firms that cast bells, one of which is a bell foundry by name."""
    for name in ("沈阳示例铜钟厂", "沈阳示例铸造厂"):
        said = {"uscc": new_uscc(), "name": name, "business_scope": "铜钟铸造。"}
        assert client.post("/api/v1/companies", json=said).status_code == 201
    api.state.runtime.index_pending()


def suggest(client: TestClient, q: str, language: str = "zh", **said: Any) -> list[dict[str, Any]]:
    answer = client.get(
        "/api/v1/search/suggest", params={"q": q, **said}, headers={"Accept-Language": language}
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_titles_come_with_how_many_firms_and_firms_with_their_id(client: TestClient) -> None:
    items = suggest(client, "铜钟")
    (title,) = [one for one in items if one["text"] == "铜钟铸造"]
    assert (title["type"], title["companies"]) == ("title", 2)
    (named,) = [one for one in items if one["type"] == "company"]
    assert named["text"] == "沈阳示例铜钟厂"
    assert client.get(f"/api/v1/companies/{named['company_id']}").json()["name"] == named["text"]
    assert len(suggest(client, "铜钟", limit=1)) == 1


def test_kinds_in_the_readers_language(client: TestClient) -> None:
    assert suggest(client, "物流")[0]["kind"] == "logistics"
    assert suggest(client, "Logis", "en")[0]["kind"] == "logistics"


@pytest.mark.parametrize("q", ["没有这个词", "%", "铜钟" * 100, "<script>", "🙂"])
def test_nothing_begins_so(client: TestClient, q: str) -> None:
    assert suggest(client, q) == []


def test_empty_words_are_refused(client: TestClient) -> None:
    assert client.get("/api/v1/search/suggest", params={"q": " "}).status_code == 422


def test_every_search_box_asks_for_suggestions(client: TestClient) -> None:
    for address in ("/", "/search", "/search?q=铜钟"):
        page = client.get(address).text
        assert 'data-suggests="/api/v1/search/suggest"' in page
        assert 'role="listbox"' in page
