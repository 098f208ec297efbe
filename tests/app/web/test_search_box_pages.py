"""The search box on its page, without JavaScript: every step is an address of its own."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def browser(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> TestClient:
    """Four engravers of two districts in the index."""
    for number, district in enumerate(("沈北新区", "沈北新区", "沈北新区", "于洪区"), start=1):
        said = {
            "uscc": new_uscc(), "name": f"沈阳刻影{number}号雕刻有限公司", "address": f"沈阳市{district}正良路{number}号",
            "business_scope": "玉石雕刻加工。",
        }  # fmt: skip
        assert client.post("/api/v1/companies", json=said).status_code == 201
    api.state.runtime.index_pending()
    return client


def context_of(text: str) -> str:
    found = re.search(r'name="context" value="([^"]+)"', text)
    assert found
    return html.unescape(found[1])


def test_sentence_step_and_next_batch(browser: TestClient) -> None:
    first = browser.get("/search", params={"q": "找沈阳市沈北新区做玉石雕刻的企业，推荐2家"})
    assert first.status_code == 200
    assert (first.url.params["division"], first.url.params["n"]) == ("210113", "2")
    assert len(re.findall(r'<li class="card match">', first.text.split('<details class="rest"')[0])) <= 2
    following = browser.get("/search", params={"q": "换一批", "context": context_of(first.text)})
    assert following.url.params["start"] == "2"
    elsewhere = browser.get("/search", params={"q": "其中哪些在于洪区", "context": context_of(first.text)})
    assert elsewhere.url.params["division"] == "210114"
    assert "于洪区不在沈北新区内" in elsewhere.text
    assert "刻影4号" in elsewhere.text


def test_either_of_two_cities(browser: TestClient) -> None:
    page = browser.get("/search", params={"q": "大连和沈阳做玉石雕刻的企业"})
    assert page.url.params["division"] == "210200,210100"
    assert "大连市、沈阳市" in page.text
    assert "刻影4号" in page.text
    following = browser.get("/search", params={"q": "其中哪些在于洪区", "context": context_of(page.text)})
    assert following.url.params["division"] == "210114"
    assert "不在" not in following.text.split("<details")[0]


def test_a_filter_read_from_words_can_be_taken_off(browser: TestClient) -> None:
    page = browser.get("/search", params={"q": "找沈阳市沈北新区做玉石雕刻的企业"})
    wider = browser.get(str(page.url.copy_remove_param("division")))
    assert "刻影4号" in wider.text


def test_vague_words_are_asked_back(browser: TestClient) -> None:
    text = browser.get("/search", params={"q": "推荐几家企业"}).text
    assert "要找做什么的企业" in text
    where = browser.get("/search", params={"q": "铁西区做玉石雕刻的企业"}).text
    assert "沈阳市铁西区" in where
    assert "division=210106" in where


def test_a_broken_context_is_passed_over(browser: TestClient) -> None:
    assert browser.get("/search", params={"q": "玉石雕刻", "context": "%%%"}).status_code == 200
    assert (
        browser.get(
            "/search", params={"q": "玉石雕刻", "read": "1", "n": "x", "start": "-1", "was": "?"}
        ).status_code
        == 200
    )
