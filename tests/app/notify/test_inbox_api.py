"""The inbox over HTTP: one's own, listed in pages, read, unread, all at once and back."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from starlette.testclient import TestClient

from tests.app.notify.conftest import Tell

SignIn = Callable[..., TestClient]
INBOX = "/api/v1/me/notices"


def reached(browser: TestClient) -> UUID:
    return UUID(browser.get("/api/v1/me").json()["id"])


def test_ones_own_in_pages(sign_in: SignIn, tell_now: Tell) -> None:
    mine, other = sign_in(), sign_in()
    for number in range(5):
        tell_now(people=[reached(mine)], data={"title": f"水泵{number}", "company": "甲厂"})
    tell_now(people=[reached(other)])
    titles, cursor = [], ""
    while cursor is not None:
        page = mine.get(INBOX, params={"limit": 2, "cursor": cursor}).json()
        assert page["unread"] == 5
        titles += [item["title"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert titles == [f"收到报价：水泵{number}" for number in (4, 3, 2, 1, 0)]
    english = mine.get(INBOX, headers={"Accept-Language": "en"}).json()["items"][0]
    assert english["title"] == "Quote received: 水泵4"


def test_read_and_unread(sign_in: SignIn, tell_now: Tell) -> None:
    mine, other = sign_in(), sign_in()
    tell_now(people=[reached(mine)])
    (notice,) = mine.get(INBOX).json()["items"]
    where = f"{INBOX}/{notice['id']}"
    assert other.post(f"{where}/read").json()["code"] == "notice_not_found"
    first = mine.post(f"{where}/read").json()["read_at"]
    assert mine.post(f"{where}/read").json()["read_at"] == first
    assert mine.get(INBOX, params={"unread": True}).json() == {"items": [], "next_cursor": None, "unread": 0}
    assert mine.post(f"{where}/unread").json()["read_at"] is None
    assert mine.get(INBOX).json()["unread"] == 1


def test_all_read_and_undone(sign_in: SignIn, tell_now: Tell) -> None:
    mine = sign_in()
    for _ in range(3):
        tell_now(people=[reached(mine)])
    before = mine.get(INBOX).json()["items"][0]["id"]
    mine.post(f"{INBOX}/{before}/read")
    marked = mine.post(f"{INBOX}/read-all").json()
    assert marked["count"] == 2
    assert mine.get(INBOX).json()["unread"] == 0
    undone = mine.post(f"{INBOX}/undo-read-all", json={"read_at": marked["read_at"]})
    assert undone.json() == {"count": 2}, "what was read before stays read"
    assert mine.get(INBOX).json()["unread"] == 2


def test_people_only(client: TestClient, visitor: TestClient) -> None:
    for path in ("", "/stream"):
        assert client.get(INBOX + path).json()["code"] == "person_required"
        assert visitor.get(INBOX + path).status_code == 401
