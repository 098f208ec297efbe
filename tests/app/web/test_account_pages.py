"""Pages of accounts as a browser gets them: signing in, the account, the team, claims, posting for one of several firms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from seed_data.people import PEOPLE
from tests.app.clients import another_client
from tests.app.web.conftest import HTML, page

pytestmark = pytest.mark.one_database

SignIn = Callable[..., TestClient]


@pytest.fixture
def stranger(api: FastAPI) -> TestClient:
    return another_client(api, headers=HTML, client=("10.2.0.1", 1))


@pytest.fixture
def owner(sign_in: SignIn, company: dict[str, Any]) -> TestClient:
    browser = sign_in(seats={company["id"]: "owner"}, name="老板")
    browser.headers.update(HTML)
    return browser


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_answers_in_both_languages(
    owner: TestClient, stranger: TestClient, company: dict[str, Any], language: str, sign_in: SignIn
) -> None:
    newcomer = sign_in()
    newcomer.headers.update(HTML)
    for browser, addresses in (
        (stranger, ("/sign-in", "/sign-in?next=/demands")),
        (
            owner,
            (
                "/account",
                "/account?done=password",
                f"/companies/{company['id']}/team",
                "/claims?state=rejected",
            ),
        ),
        (newcomer, (f"/claims/new?company={company['id']}", "/account")),
    ):
        browser.cookies.set("lang", language)
        for address in addresses:
            assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page(browser.get(address))
    page(stranger.post("/sign-in/desktop"))
    page(stranger.post("/sign-in/code", data={"contact": f"pages-{language}@people.test"}))


@pytest.mark.parametrize("typed", ["", "wang\u0007", "1" * 300, "two\nlines@people.test"])
def test_what_is_no_contact_is_said_beside_the_field(stranger: TestClient, typed: str) -> None:
    for address, said in (("/sign-in", {"code": "123456"}), ("/sign-in/code", {})):
        shown = page(stranger.post(address, data={"contact": typed, **said}), 422)
        assert "请填写手机号" in shown


@pytest.mark.parametrize("address", ["/account", "/my/demands", "/claims", "/claims?state=approved"])
def test_who_has_to_sign_in_is_taken_there_and_back(stranger: TestClient, address: str) -> None:
    sent = stranger.get(address, follow_redirects=False)
    assert sent.status_code == 303
    assert stranger.get(sent.headers["location"]).text.count(f'name="next" value="{address}"') >= 2
    part = stranger.get(
        address, headers={"hx-request": "true", "hx-current-url": f"http://testserver{address}"}
    )
    assert (part.status_code, part.headers["hx-redirect"][:13]) == (401, "/sign-in?next")


@pytest.mark.parametrize("address", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:x", ""])
def test_signing_in_leads_nowhere_else(stranger: TestClient, address: str, api: FastAPI) -> None:
    from app.accounts.contacts import read_contact
    from app.accounts.one_time import new_code

    with api.state.runtime.session(actor=SYSTEM) as session:
        code = new_code(session, read_contact("open-redirect@people.test"))
    said = {"contact": "open-redirect@people.test", "code": code, "next": address}
    assert stranger.post("/sign-in", data=said, follow_redirects=False).headers["location"] == "/"


def test_a_wrong_code_is_said_in_place(stranger: TestClient) -> None:
    text = page(stranger.post("/sign-in", data={"contact": "a@people.test", "code": "1"}), 401)
    assert "验证码不对或已失效" in text
    assert "账号或密码不对" in page(
        stranger.post("/sign-in", data={"contact": "a@people.test", "password": "x"}), 401
    )
    assert "手机号" in page(stranger.post("/sign-in/code", data={"contact": "?"}), 422)


def test_a_form_sent_by_nobody_says_how_to_keep_it(stranger: TestClient) -> None:
    text = page(
        stranger.post(
            "/account/name", data={"name": "王厂长"}, headers={"referer": "http://testserver/account"}
        ),
        401,
    )
    assert 'href="/sign-in?next=%2Faccount"' in text
    assert "不会丢" in text


def test_a_name_and_a_password_are_set(owner: TestClient) -> None:
    assert "姓名已保存" in page(owner.post("/account/name", data={"name": "王厂长"}))
    assert "王厂长" in page(owner.get("/account"))
    assert "请填写姓名" in page(owner.post("/account/name", data={"name": " "}), 422)
    assert "太容易被猜到" in page(owner.post("/account/password", data={"password": "password123"}), 422)
    assert "密码已设置" in page(owner.post("/account/password", data={"password": "four unrelated words"}))


def test_a_team_is_kept_on_its_page(owner: TestClient, company: dict[str, Any], stranger: TestClient) -> None:
    team = f"/companies/{company['id']}/team"
    assert "n***@people.test" in page(
        owner.post(f"{team}/invite", data={"contact": "neu@people.test", "role": "sales"})
    )
    assert "请填写手机号" in page(owner.post(f"{team}/invite", data={"contact": "?", "role": "sales"}), 422)
    assert "请选择角色" in page(
        owner.post(f"{team}/invite", data={"contact": "b@people.test", "role": "king"}), 422
    )
    me = owner.get("/api/v1/me").json()["id"]
    assert "至少要有一位负责人" in page(owner.post(f"{team}/{me}/remove"), 409)
    made = page(
        owner.post(f"/companies/{company['id']}/keys", data={"name": "ERP", "scope": ["listings:write"]})
    )
    token = re.search(r"lq_[\w-]{40,}", made)
    assert token
    assert token[0] not in page(owner.get(team)), "shown once"
    assert stranger.get(team, follow_redirects=False).status_code == 303


def test_posting_for_one_of_several_firms(
    sign_in: SignIn, client: TestClient, company: dict[str, Any], new_uscc: Callable[[], str]
) -> None:
    other = client.post("/api/v1/companies", json={"uscc": new_uscc(), "name": "沈阳另一厂"}).json()
    buyer = sign_in(seats={company["id"]: "buyer", other["id"]: "owner"})
    buyer.headers.update(HTML)
    assert "以哪家企业的名义" in page(buyer.get("/demands/new"))
    refused = page(buyer.post("/demands/new", data={"title": "泵", "state": "open"}), 422)
    assert "请选择以哪一家的名义发布" in refused
    posted = buyer.post(
        "/demands/new", data={"title": "泵", "state": "open", "buyer_company_id": other["id"]}
    )
    assert "沈阳另一厂" in page(posted)


def test_demo_accounts_are_entered_with_one_tap_and_no_others(
    stranger: TestClient, api: FastAPI, sign_in: SignIn
) -> None:
    from app.accounts.models import Person

    said = PEOPLE[-1]
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.add(Person(id=said.id, name=said.name, email="tap@demo.invalid", demo=True))
    try:
        assert said.name in page(stranger.get("/sign-in"))
        real = sign_in().get("/api/v1/me").json()["id"]
        page(stranger.post("/sign-in/demo", data={"person": real}), 404)
        assert said.name in page(stranger.post("/sign-in/demo", data={"person": str(said.id)}))
        assert "演示账号不能设置密码" in page(
            stranger.post("/account/password", data={"password": "four unrelated words"}), 403
        )
    finally:
        with api.state.runtime.session(actor=SYSTEM) as session:
            session.get_one(Person, said.id).demo = False
