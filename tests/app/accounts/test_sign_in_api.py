"""Signing in over HTTP: codes, passwords, limits, and nothing that tells whether an account exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sign_in_helpers import wrong
from sqlalchemy import select, update
from sqlmodel import col
from starlette.testclient import TestClient

from app.accounts.attempts import CODES_PER_CONTACT, PER_ACCOUNT
from app.accounts.models import Person
from app.accounts.one_time import TRIES
from app.accounts.sign_in_models import LoginSession, OneTimeCode
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.openapi import SESSION_COOKIE
from tests.app.clients import another_client

SIGN_IN = "/api/v1/sign-in"
GOOD = "four unrelated words here"

Stranger = Callable[[], TestClient]
CodeFor = Callable[[TestClient, str], str]


def enter(browser: TestClient, contact: str, code: str) -> Any:
    return browser.post(SIGN_IN, json={"contact": contact, "code": code})


def test_the_first_code_makes_the_account_and_the_next_finds_it(
    stranger: Stranger, contact: str, code_for: CodeFor
) -> None:
    browser = stranger()
    first = enter(browser, contact, code_for(browser, contact))
    assert first.status_code == 201, first.text
    assert first.json()["contacts"] == [f"n***@{contact.split('@')[1]}"]
    assert browser.get("/api/v1/me").json()["id"] == first.json()["id"]
    other = stranger()
    assert enter(other, contact.upper(), code_for(other, contact)).json()["id"] == first.json()["id"]


def test_the_cookie_is_kept_from_scripts_and_other_sites(
    stranger: Stranger, contact: str, code_for: CodeFor, api: FastAPI
) -> None:
    browser = stranger()
    cookie = enter(browser, contact, code_for(browser, contact)).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    encrypted = another_client(api, base_url="https://testserver", client=("10.9.9.9", 1))
    assert "Secure" in enter(encrypted, contact, code_for(encrypted, contact)).headers["set-cookie"]
    token = browser.cookies[SESSION_COOKIE]
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        assert token not in {held.token_hash for held in session.scalars(select(LoginSession))}


def test_a_code_works_once(stranger: Stranger, contact: str, code_for: CodeFor) -> None:
    browser = stranger()
    code = code_for(browser, contact)
    assert enter(browser, contact, code).status_code == 201
    again = enter(stranger(), contact, code)
    assert (again.status_code, again.json()["code"]) == (401, "wrong_code")


def test_a_code_is_good_for_its_contact_only(stranger: Stranger, contact: str, code_for: CodeFor) -> None:
    browser = stranger()
    code = code_for(browser, contact)
    assert enter(browser, "other" + contact, code).status_code == 401
    assert enter(browser, contact, code).status_code == 201


def test_a_new_code_makes_the_old_one_void(stranger: Stranger, contact: str, code_for: CodeFor) -> None:
    browser = stranger()
    old, new = code_for(browser, contact), code_for(browser, contact)
    if old != new:
        assert enter(browser, contact, old).status_code == 401
    assert enter(browser, contact, new).status_code == 201


def test_a_code_survives_few_wrong_tries_and_no_more(
    stranger: Stranger, contact: str, code_for: CodeFor
) -> None:
    browser = stranger()
    code = code_for(browser, contact)
    for _ in range(TRIES):
        assert enter(browser, contact, wrong(code)).status_code == 401
    refused = enter(browser, contact, code)
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_code")


def test_a_code_expires(stranger: Stranger, contact: str, code_for: CodeFor, api: FastAPI) -> None:
    browser = stranger()
    code = code_for(browser, contact)
    with api.state.runtime.session(actor=SYSTEM) as session:
        late = now() - timedelta(seconds=1)
        session.execute(
            update(OneTimeCode).where(col(OneTimeCode.contact) == contact).values(expires_at=late)
        )
    assert enter(browser, contact, code).status_code == 401


def test_passwords_are_set_after_a_code_and_then_known(
    stranger: Stranger, contact: str, code_for: CodeFor
) -> None:
    browser, elsewhere = stranger(), stranger()
    enter(browser, contact, code_for(browser, contact))
    enter(elsewhere, contact, code_for(elsewhere, contact))
    assert browser.get("/api/v1/me").json()["has_password"] is False
    assert browser.put("/api/v1/me/password", json={"password": GOOD}).status_code == 204
    assert elsewhere.get("/api/v1/me").status_code == 401, "other devices are signed out"
    assert browser.get("/api/v1/me").json()["has_password"] is True
    by_password = stranger()
    said = {"contact": contact, "password": GOOD}
    assert by_password.post(SIGN_IN, json=said).status_code == 201
    # Not signed in by code: the present password is asked for.
    refused = by_password.put("/api/v1/me/password", json={"password": "quite another sentence"})
    assert refused.json()["errors"][0]["code"] == "wrong_password"
    changed = {"password": "quite another sentence", "current": GOOD}
    assert by_password.put("/api/v1/me/password", json=changed).status_code == 204
    assert stranger().post(SIGN_IN, json=said).json()["code"] == "wrong_password"


@pytest.mark.parametrize("ways", ["password", "code"])
def test_answers_do_not_tell_whether_an_account_exists(
    stranger: Stranger, contact: str, code_for: CodeFor, ways: str
) -> None:
    browser = stranger()
    enter(browser, contact, code_for(browser, contact))
    browser.put("/api/v1/me/password", json={"password": GOOD})
    known = stranger().post(SIGN_IN, json={"contact": contact, ways: "000000"})
    unknown = stranger().post(SIGN_IN, json={"contact": "nobody" + contact, ways: "000000"})
    assert known.status_code == unknown.status_code == 401
    assert known.json() == unknown.json()
    sent = [stranger().post(f"{SIGN_IN}/codes", json={"contact": one}) for one in (contact, "n" + contact)]
    assert sent[0].status_code == sent[1].status_code == 202
    assert sent[0].json() == sent[1].json()


def test_guessing_one_account_is_stopped_from_any_address(stranger: Stranger, contact: str) -> None:
    said = {"contact": contact, "password": "wrong wrong wrong"}
    answers = [stranger().post(SIGN_IN, json=said) for _ in range(PER_ACCOUNT.most + 1)]
    assert [answer.status_code for answer in answers] == [401] * PER_ACCOUNT.most + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert 0 < int(answers[-1].headers["retry-after"]) <= PER_ACCOUNT.window.total_seconds()


def test_guessing_many_accounts_from_one_address_is_stopped(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.accounts import sign_in
    from app.accounts.attempts import Limit

    monkeypatch.setattr(sign_in, "PER_ADDRESS", Limit("address", 3, timedelta(minutes=15)))
    browser = stranger()
    seen = [enter(browser, f"many{number}@people.test", "000000").status_code for number in range(5)]
    assert seen == [401, 401, 401, 429, 429]
    assert enter(stranger(), "many9@people.test", "000000").status_code == 401


def test_success_begins_the_count_anew(stranger: Stranger, contact: str, code_for: CodeFor) -> None:
    for _ in range(3):
        browser = stranger()
        code = code_for(browser, contact)
        for _ in range(TRIES - 1):
            assert enter(browser, contact, wrong(code)).status_code == 401
        assert enter(browser, contact, code).status_code == 201


def test_codes_to_one_contact_are_limited(stranger: Stranger, contact: str) -> None:
    asked = [
        stranger().post(f"{SIGN_IN}/codes", json={"contact": contact}).status_code
        for _ in range(CODES_PER_CONTACT.most + 1)
    ]
    assert asked == [202] * CODES_PER_CONTACT.most + [429]


def test_a_disabled_person_is_out_at_once(
    stranger: Stranger, contact: str, code_for: CodeFor, api: FastAPI
) -> None:
    browser = stranger()
    enter(browser, contact, code_for(browser, contact))
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(update(Person).where(col(Person.email) == contact).values(status="disabled"))
    assert browser.get("/api/v1/me").status_code == 401
    refused = enter(browser, contact, code_for(browser, contact))
    assert (refused.status_code, refused.json()["code"]) == (403, "account_disabled")


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"contact": "wang", "code": "1"}, "contact", "malformed_contact"),
        ({"contact": "a@b", "code": "1"}, "contact", "malformed_contact"),
        ({"contact": "12345", "code": "1"}, "contact", "malformed_contact"),
        ({"contact": "a@b.cn"}, "", "one_of"),
        ({"contact": "a@b.cn", "code": "1", "password": "x"}, "", "one_of"),
        ({"contact": "a@b.cn", "code": ""}, "code", "required"),
    ],
)
def test_what_is_wrong_is_named(stranger: Stranger, said: dict[str, str], field: str, code: str) -> None:
    answer = stranger().post(SIGN_IN, json=said)
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


def test_phones_are_one_contact_however_written(stranger: Stranger, code_for: CodeFor) -> None:
    first, second = stranger(), stranger()
    one = enter(first, "138 0013 9001", code_for(first, "13800139001")).json()
    two = enter(second, "+86-13800139001", code_for(second, "008613800139001")).json()
    assert one["id"] == two["id"]
    assert one["contacts"] == ["+86138****9001"]


def test_sessions_are_listed_and_ended(stranger: Stranger, contact: str, code_for: CodeFor) -> None:
    here, there = stranger(), stranger()
    for browser in (here, there):
        enter(browser, contact, code_for(browser, contact))
    listed = here.get("/api/v1/me/sessions").json()["items"]
    assert [one["current"] for one in listed].count(True) == 1
    (other,) = [one["id"] for one in listed if not one["current"]]
    assert here.delete(f"/api/v1/me/sessions/{other}").status_code == 204
    assert there.get("/api/v1/me").status_code == 401
    assert here.delete(f"/api/v1/me/sessions/{other}").status_code == 404
    stranger_in = stranger()
    enter(stranger_in, "x" + contact, code_for(stranger_in, "x" + contact))
    (mine,) = [one["id"] for one in listed if one["current"]]
    assert stranger_in.delete(f"/api/v1/me/sessions/{mine}").status_code == 404, "somebody else's"
    assert here.post("/api/v1/sign-out").status_code == 204
    assert SESSION_COOKIE not in here.cookies
    assert here.get("/api/v1/me").status_code == 401


def test_an_expired_session_is_nobody(sign_in: Callable[..., TestClient], api: FastAPI) -> None:
    browser = sign_in()
    mine = browser.get("/api/v1/me/sessions").json()["items"][0]["id"]
    with api.state.runtime.session(actor=SYSTEM) as session:
        held = next(one for one in session.scalars(select(LoginSession)) if str(one.id) == mine)
        held.expires_at = now() - timedelta(seconds=1)
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.get("/api/v1/companies").status_code == 200, "what is public stays so"


def test_use_is_noted_now_and_then(sign_in: Callable[..., TestClient], api: FastAPI) -> None:
    browser = sign_in()
    before = now() - timedelta(minutes=30)
    mine = browser.get("/api/v1/me/sessions").json()["items"][0]
    with api.state.runtime.session(actor=SYSTEM) as session:
        held = next(one for one in session.scalars(select(LoginSession)) if str(one.id) == mine["id"])
        held.last_seen_at = before
    browser.get("/api/v1/me")
    seen = browser.get("/api/v1/me/sessions").json()["items"][0]["last_seen_at"]
    assert seen > before.isoformat()


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://testserver"}, True),
        ({"origin": "http://evil.test"}, False),
        ({"origin": "null"}, False),
        ({}, True),
    ],
)
def test_other_sites_cannot_act_in_a_readers_name(
    sign_in: Callable[..., TestClient], headers: dict[str, str], allowed: bool
) -> None:
    browser = sign_in()
    answer = browser.post("/api/v1/demands", json={"title": "泵"}, headers=headers)
    assert answer.status_code == (201 if allowed else 403), answer.text
    if not allowed:
        assert answer.json()["code"] == "cross_site"
        assert browser.get("/api/v1/demands", headers=headers).status_code == 200
        assert (
            browser.post(SIGN_IN, json={"contact": "a@b.cn", "code": "1"}, headers=headers).status_code == 403
        )
