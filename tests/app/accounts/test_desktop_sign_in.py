"""A desktop signed in by a phone: five minutes, one use, both sides apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlmodel import col
from starlette.testclient import TestClient

from app.accounts.models import Person
from app.accounts.scanning import ACTIONS, MOVES, STATES, moved
from app.accounts.sign_in_models import DesktopSignIn
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.errors import Conflict
from app.web import desktop_pages
from app.web.qr import qr_path

HTML = {"accept": "text/html"}
STATE = "/sign-in/desktop/state"
Stranger = Callable[[], TestClient]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_move_is_made_or_refused(state: Any, action: Any) -> None:
    if (state, action) in MOVES:
        assert moved(state, action) == MOVES[state, action]
    else:
        with pytest.raises(Conflict):
            moved(state, action)


@pytest.fixture
def desktop(stranger: Stranger) -> TestClient:
    browser = stranger()
    browser.headers.update({**HTML, "user-agent": "Mozilla/5.0 (Windows NT 10.0)"})
    return browser


@pytest.fixture
def phone(sign_in: Callable[..., TestClient]) -> TestClient:
    browser = sign_in(name="扫码人")
    browser.headers.update(HTML)
    return browser


@pytest.fixture
def scan(desktop: TestClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Shows a code on the desktop and gives the path a phone opens."""
    shown: list[str] = []

    def drawn(text: str) -> tuple[int, str]:
        shown.append(text)
        return qr_path(text)

    monkeypatch.setattr(desktop_pages, "qr_path", drawn)

    def show() -> str:
        page = desktop.post("/sign-in/desktop", data={"next": "/demands"})
        assert page.status_code == 200, page.text
        assert "<path" in page.text
        return "/" + shown[-1].split("/", 3)[3]

    return show


def test_approved_once(desktop: TestClient, phone: TestClient, scan: Callable[[], str]) -> None:
    path = scan()
    assert "等待手机确认" in desktop.post(STATE).text
    asked = phone.get(path)
    assert asked.status_code == 200, asked.text
    for word in ("Windows 电脑", "扫码人", "10.1."):
        assert word in asked.text
    assert "已确认" in phone.post(path, data={"answer": "approve"}).text
    assert phone.post(path, data={"answer": "approve"}).status_code == 404, "single use"
    on = desktop.post(STATE, data={"next": "/demands"})
    assert (on.status_code, on.headers["hx-redirect"]) == (204, "/demands")
    me = desktop.get("/api/v1/me", headers={"accept": "application/json"}).json()
    assert me["name"] == "扫码人"
    assert {one["method"] for one in desktop.get("/api/v1/me/sessions").json()["items"]} == {"scan", "code"}


def test_the_digits_are_the_same_on_both(
    desktop: TestClient, phone: TestClient, scan: Callable[[], str]
) -> None:
    import re

    path = scan()
    asked = re.search(r'class="digits num">(\d\d)<', phone.get(path).text)
    shown = re.search(r'class="digits num">(\d\d)<', desktop.post("/sign-in/desktop").text)
    assert asked
    assert shown


def test_collected_once_and_only_by_the_browser_that_waits(
    desktop: TestClient, phone: TestClient, scan: Callable[[], str], stranger: Stranger
) -> None:
    path = scan()
    waiting = desktop.cookies.get("lianqiao_desktop")
    phone.post(path, data={"answer": "approve"})
    thief = stranger()
    thief.cookies.set("lianqiao_desktop", path.rsplit("/", 1)[1])
    assert "二维码已失效" in thief.post(STATE, headers=HTML).text, "the code itself collects nothing"
    assert desktop.post(STATE).status_code == 204
    late = stranger()
    late.cookies.set("lianqiao_desktop", str(waiting))
    assert "二维码已失效" in late.post(STATE, headers=HTML).text


def test_denied(desktop: TestClient, phone: TestClient, scan: Callable[[], str]) -> None:
    path = scan()
    assert "已拒绝" in phone.post(path, data={"answer": "no"}).text
    assert "手机上已拒绝" in desktop.post(STATE).text
    assert phone.get(path).status_code == 404
    assert desktop.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("approved", [True, False])
def test_five_minutes(
    api: FastAPI, desktop: TestClient, phone: TestClient, scan: Callable[[], str], approved: bool
) -> None:
    before = now()
    path = scan()
    if approved:
        phone.post(path, data={"answer": "approve"})
    with api.state.runtime.session(actor=SYSTEM) as session:
        newest = session.scalars(select(DesktopSignIn).order_by(col(DesktopSignIn.id).desc())).first()
        assert newest is not None
        assert before <= newest.expires_at - timedelta(minutes=5) <= now()
        session.execute(update(DesktopSignIn).values(expires_at=now() - timedelta(seconds=1)))
    assert phone.get(path).status_code == 404
    assert "二维码已失效" in desktop.post(STATE).text


def test_a_phone_that_is_not_signed_in_signs_in_first(stranger: Stranger, scan: Callable[[], str]) -> None:
    path = scan()
    sent_on = stranger().get(path, headers=HTML, follow_redirects=False)
    assert (sent_on.status_code, sent_on.headers["location"]) == (
        303,
        f"/sign-in?next={path.replace('/', '%2F')}",
    )


def test_who_was_disabled_meanwhile_is_not_signed_in(
    api: FastAPI, desktop: TestClient, phone: TestClient, scan: Callable[[], str]
) -> None:
    path = scan()
    phone.post(path, data={"answer": "approve"})
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(update(Person).where(Person.name == "扫码人").values(status="disabled"))
    assert "二维码已失效" in desktop.post(STATE).text


def test_another_site_cannot_approve(phone: TestClient, scan: Callable[[], str]) -> None:
    answer = phone.post(scan(), data={"answer": "approve"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
