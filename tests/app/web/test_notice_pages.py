"""The page of notices: listed, opened, marked, undone; the bell for people only."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.notify.service import tell

pytestmark = pytest.mark.one_database
SignIn = Callable[..., TestClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def mine(api: FastAPI, sign_in: SignIn) -> TestClient:
    """Somebody with two notices."""
    browser = sign_in()
    person = UUID(browser.get("/api/v1/me").json()["id"])
    with api.state.runtime.session(actor=SYSTEM) as session:
        for title in ("水泵<b>", "阀门"):
            said = {"title": title, "company": "甲厂"}
            about = "/search?q=x"
            tell(session, people=[person], kind="quote.received", about=about, data=said, key=title)
    return browser


def test_the_inbox_is_listed_and_a_notice_leads_on(mine: TestClient) -> None:
    shown = mine.get("/notices").text
    assert shown.index("收到报价：阀门") < shown.index("收到报价：水泵&lt;b&gt;")
    assert 'data-unread="2"' in shown
    assert 'id="bell"' in shown
    link = re.search(r'href="(/notices/[0-9a-f-]{36})"', shown)
    assert link
    answer = mine.get(link[1], follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=x")
    assert 'data-unread="1"' in mine.get("/notices?unread=1").text


def test_marked_by_a_press_with_and_without_htmx(mine: TestClient) -> None:
    (path,) = set(re.findall(r'action="(/notices/[0-9a-f-]{36}/read)"', mine.get("/notices").text)[:1])
    part = mine.post(path, headers=HTMX).text
    assert part.lstrip().startswith("<section")
    assert 'data-unread="1"' in part
    assert path.replace("/read", "/unread") in part
    answer = mine.post(path.replace("/read", "/unread"), data={"unread": "1"}, follow_redirects=False)
    assert answer.headers["location"] == "/notices?unread=1"


def test_all_read_is_undone(mine: TestClient) -> None:
    shown = mine.post("/notices/read-all").text
    assert "已将 2 条标为已读" in shown
    moment = re.search(r'name="read_at" value="([^"]+)"', shown)
    assert moment
    assert 'data-unread="2"' in mine.post("/notices/undo", data={"read_at": moment[1]}).text
    assert mine.post("/notices/undo", data={"read_at": "yesterday"}).status_code == 404


def test_an_empty_inbox_says_what_to_do(sign_in: SignIn) -> None:
    browser = sign_in()
    assert "发布需求" in browser.get("/notices").text
    assert "Nothing unread." in browser.get("/notices?unread=1&lang=en").text


def test_nobody_known_has_no_bell_and_signs_in_first(visitor: TestClient) -> None:
    assert 'id="bell"' not in visitor.get("/").text
    answer = visitor.get("/notices", follow_redirects=False)
    assert answer.status_code in (303, 401)
