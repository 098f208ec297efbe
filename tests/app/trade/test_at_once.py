"""Sent at the same moment over HTTP, on both databases: one wins and the others are told, or one thing is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.testclient import TestClient

from tests.app.clients import another_client
from tests.app.trade_helpers import Market

Make = Callable[..., Market]
Call = tuple[TestClient, str, dict[str, Any]]

AT_ONCE = 6


def at_once(trade: Market, calls: Sequence[Call], key: str = "") -> list[httpx.Response]:
    """What each POST is answered, all begun at the same moment by programs of their own; with one key, or none."""
    ready = Barrier(len(calls))
    headers = {"Idempotency-Key": key} if key else {}

    def send(call: Call) -> httpx.Response:
        known, path, said = call
        browser = another_client(trade.api)
        browser.cookies = known.cookies
        ready.wait()
        return browser.post(path, json=said, headers=headers)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls))


def statuses(answers: Sequence[httpx.Response]) -> Counter[int]:
    return Counter(one.status_code for one in answers)


def test_one_quote_awarded_many_times_at_once_is_awarded_once(market: Make) -> None:
    trade = market(1)
    quote = trade.quote(0, "3200", "4000")
    path = f"/api/v1/demands/{trade.demand_id}/awards"
    said = {"choices": [{"quote_id": quote["id"]}]}
    assert statuses(at_once(trade, [(trade.buyer, path, said)] * AT_ONCE)) == {201: 1, 409: AT_ONCE - 1}


def test_an_award_confirmed_declined_and_taken_back_at_once_ends_one_way(market: Make) -> None:
    trade = market(1)
    (award,) = trade.award(trade.quote(0, "3200", "4000"))["items"]
    path, seller = f"/api/v1/awards/{award['id']}", trade.suppliers[0].browser
    calls: list[Call] = [
        (seller, f"{path}/confirm", {}),
        (seller, f"{path}/decline", {"reason": "检修"}),
        (trade.buyer, f"{path}/take-back", {"reason": "改期"}),
    ]
    answers = at_once(trade, calls * 3)
    assert statuses(answers) == {200: 1, 409: len(answers) - 1}
    ended = next(one.json() for one in answers if one.is_success)
    held = trade.buyer.get(path).json()
    assert (held["state"], held["deal_id"]) == (ended["state"], ended["deal_id"])
    assert trade.state() == ("awarded" if ended["state"] == "confirmed" else "quoting")


def test_a_firm_that_quotes_many_times_at_once_has_one_quote(
    market: Make, sign_in: Callable[..., TestClient]
) -> None:
    trade = market(1)
    (firm,) = trade.suppliers
    colleague = sign_in(seats={firm.company_id: "manager"})
    said = {"demand_id": trade.demand_id, **trade.terms("3200", "4000")}
    people = [firm.browser, colleague] * (AT_ONCE // 2)
    answers = at_once(trade, [(one, "/api/v1/quotes", said) for one in people])
    assert statuses(answers) == {201: 1, 409: AT_ONCE - 1}
    (quote,) = firm.browser.get("/api/v1/quotes").json()["items"]
    assert quote["number"] == 1


@pytest.mark.parametrize("what", ["demands", "quotes", "awards", "leads"])
def test_one_key_at_once_makes_one_thing(market: Make, firm: Callable[[str], UUID], what: str) -> None:
    trade = market(1)
    seller = trade.suppliers[0].browser
    if what == "demands":
        who, path, said = trade.buyer, f"/api/v1/{what}", {"title": "同时发布的阀门"}
        listed = "/api/v1/me/demands"
    elif what == "quotes":
        who, path, listed = seller, f"/api/v1/{what}", f"/api/v1/{what}"
        said = {"demand_id": trade.demand_id, **trade.terms("3200", "4000")}
    elif what == "awards":
        who, path, listed = trade.buyer, f"/api/v1/demands/{trade.demand_id}/awards", "/api/v1/awards"
        said = {"choices": [{"quote_id": trade.quote(0, "3200", "4000")["id"]}]}
    else:
        who, path, listed = seller, f"/api/v1/{what}", f"/api/v1/{what}"
        said = {"company_id": str(firm("沈阳同时跟进测试有限公司"))}
    before = len(who.get(listed).json()["items"])
    answers = at_once(trade, [(who, path, said)] * AT_ONCE, key=f"at-once-{trade.demand_id}")
    assert statuses(answers) == {201: AT_ONCE}, answers[0].text
    assert len({one.text for one in answers}) == 1
    assert len(who.get(listed).json()["items"]) == before + 1
