"""A stranger's posting form outlives signing in; and firms are picked on the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.demands.kept import LARGEST, PER_ADDRESS
from app.demands.record_models import KeptForm
from tests.app.clients import another_client

pytestmark = pytest.mark.one_database

HTML = {"accept": "text/html"}
SAID = {
    "title": "采购铸铁平台 3 块",
    "description": "2000×1000，一级精度，送到沈阳铁西",
    "form": "",
    "key": "kept-form-key-1",
    "lines.0.name": "铸铁平台",
    "lines.0.quantity": "3",
    "lines.0.unit": "块",
    "budget_high": "60000",
    "visibility": "public",
    "state": "open",
}


@pytest.fixture
def stranger(api: FastAPI) -> TestClient:
    return another_client(api, headers=HTML)


def kept_rows(api: FastAPI) -> list[KeptForm]:
    with api.state.runtime.session(actor=SYSTEM, writing=False) as session:
        return list(session.exec(select(KeptForm)))


def keep(stranger: TestClient, **other: str) -> Any:
    return stranger.post("/demands/new", data=SAID | other, follow_redirects=False)


def test_what_was_typed_is_there_after_signing_in(
    api: FastAPI, stranger: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    assert "现在就可以填写" in stranger.get("/demands/new").text
    sent = keep(stranger)
    assert sent.status_code == 303
    assert sent.headers["location"] == "/sign-in?next=/demands/new"
    token = stranger.cookies["kept_form"]
    assert "httponly" in sent.headers["set-cookie"].lower()
    assert all(token not in (row.token_hash, str(row.content)) for row in kept_rows(api))

    buyer = sign_in()
    buyer.headers.update(HTML)
    assert "采购铸铁平台" not in buyer.get("/demands/new").text, "another browser has no token"
    buyer.cookies.set("kept_form", token)
    page = buyer.get("/demands/new").text
    for words in (
        "登录前填写的内容都在这里",
        "采购铸铁平台 3 块",
        "一级精度",
        'value="60000"',
        'value="kept-form-key-1"',
    ):
        assert words in page, words
    posted = buyer.post("/demands/new", data=SAID, follow_redirects=False)
    assert posted.status_code == 303
    assert not [row for row in kept_rows(api) if ["title", "采购铸铁平台 3 块"] in row.content]
    assert "采购铸铁平台" not in buyer.get("/demands/new").text


@pytest.mark.parametrize("way", ["/sign-out", "/api/v1/sign-out"])
def test_signing_out_throws_it_away(
    api: FastAPI, stranger: TestClient, sign_in: Callable[..., TestClient], way: str
) -> None:
    keep(stranger, title="退出后不留下的平台")
    buyer = sign_in()
    buyer.headers.update(HTML)
    # With its path, as the browser that keeps it would send it.
    (cookie,) = (one for one in stranger.cookies.jar if one.name == "kept_form")
    buyer.cookies.jar.set_cookie(cookie)
    assert "退出后不留下的平台" in buyer.get("/demands/new").text
    assert buyer.post(way, follow_redirects=False).status_code in (204, 303)
    assert "kept_form" not in buyer.cookies
    assert "退出后不留下的平台" not in stranger.get("/demands/new").text, "not by its token either"
    assert not [row for row in kept_rows(api) if ["title", "退出后不留下的平台"] in row.content]


def test_a_strangers_mistakes_are_said_before_signing_in(stranger: TestClient) -> None:
    refused = keep(stranger, title="", budget_high="-5")
    assert refused.status_code == 422
    assert "一级精度" in refused.text
    assert "kept_form" not in stranger.cookies


def test_what_was_kept_is_thrown_away_on_request_and_in_time(api: FastAPI, stranger: TestClient) -> None:
    keep(stranger)
    assert "采购铸铁平台" in stranger.get("/demands/new").text
    assert "采购铸铁平台" not in stranger.get("/demands/new", params={"title": "别的"}).text
    stranger.post("/demands/kept/discard")
    assert "采购铸铁平台" not in stranger.get("/demands/new").text
    keep(stranger)
    with api.state.runtime.session(actor=SYSTEM) as session:
        for row in session.exec(select(KeptForm)):
            row.expires_at = now() - timedelta(seconds=1)
    assert "采购铸铁平台" not in stranger.get("/demands/new").text


def test_a_browser_keeps_one_form_an_address_not_many_and_none_too_large(
    api: FastAPI, stranger: TestClient
) -> None:
    before = len(kept_rows(api))
    for _ in range(3):
        keep(stranger)
    assert len(kept_rows(api)) <= before + 1
    assert keep(stranger, **{f"fields.{n}": "字" * (LARGEST // 5) for n in range(6)}).status_code == 413
    answers = {keep(stranger).status_code for _ in range(PER_ADDRESS.most)}
    assert answers == {303, 429}


def test_firms_are_picked_on_the_form(
    sign_in: Callable[..., TestClient],
    client: TestClient,
    firm: Callable[[str], UUID],
    index_now: Callable[[], int],
) -> None:
    # A name of its own: one that several firms bear picks none of them.
    company = client.get(f"/api/v1/companies/{firm('沈阳点名受邀泵业有限公司')}").json()
    index_now()
    buyer = sign_in()
    found = buyer.get("/api/v1/search/suggest", params={"q": company["name"][2:6], "type": "company"}).json()
    assert company["id"] in [one["company_id"] for one in found["items"]]
    assert {one["type"] for one in found["items"]} == {"company"}

    buyer.headers.update(HTML)
    wrong = buyer.post("/demands/new", data=SAID | {"guest": "没有这家厂", "key": "g1"})
    assert wrong.status_code == 422
    assert 'id="guest-error"' in wrong.text
    for written in ({"guests": company["id"]}, {"guest": company["name"]}, {"guest": company["uscc"]}):
        sent = SAID | {"key": f"guest-{written}", "visibility": "invited", "repeat": "1"} | written
        posted = buyer.post("/demands/new", data=sent, follow_redirects=False)
        assert posted.status_code == 303, posted.text
        address = posted.headers["location"]
        edited = buyer.get(f"{address}/edit").text
        assert f'name="guests" value="{company["id"]}"' in edited
    key = address.rsplit("/", 1)[1]
    version = buyer.get(f"/api/v1/demands/{key}", headers={"accept": "application/json"}).json()["version"]
    saved = buyer.post(f"{address}/edit", data=SAID | {"visibility": "invited", "version": str(version)})
    assert saved.status_code == 200
    assert f'name="guests" value="{company["id"]}"' not in buyer.get(f"{address}/edit").text
