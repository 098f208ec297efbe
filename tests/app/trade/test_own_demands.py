"""A buyer's own demands: only theirs, page by page, each with what came in and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.trade.own_schemas import NEXT_STEPS
from app.web.own_demand_pages import NEXT
from tests.app.trade_helpers import Market, sent

MINE = "/api/v1/me/demands"
Make = Callable[..., Market]


def mine(browser: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = browser.get(MINE, params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def step(trade: Market) -> str:
    (one,) = [one for one in mine(trade.buyer) if one["demand"]["id"] == trade.demand_id]
    return str(one["next_step"])


def test_one_demand_step_by_step(market: Make) -> None:
    trade = market(2)
    where = f"/api/v1/demands/{trade.demand_id}"
    assert step(trade) == "await_quotes"
    asked = trade.suppliers[0].post(f"{where}/questions", 201, question="何时到货？")
    assert step(trade) == "answer"
    sent(trade.buyer, f"/api/v1/questions/{asked['id']}/answer", 200, answer="月底")
    quote = trade.quote(0, "3200", None)
    trade.quote(1, "3300", "4100")
    assert step(trade) == "choose"
    (award,) = trade.award(quote)["items"]
    assert step(trade) == "await_confirmation"
    deal = trade.suppliers[0].post(f"/api/v1/awards/{award['id']}/confirm")["deal_id"]
    assert step(trade) == "award_rest"
    for side, browser in (("buyer", trade.buyer), ("supplier", trade.suppliers[0].browser)):
        sent(browser, f"/api/v1/deals/{deal}/confirm", 200, side=side)
    trade.suppliers[0].post(f"/api/v1/deals/{deal}/deliver")
    trade.buys(f"/api/v1/deals/{deal}/accept")
    assert (trade.state(), step(trade)) == ("fulfilled", "rate")
    scores = {"timing": 5, "quality": 5, "packing": 5, "communication": 5}
    sent(trade.buyer, f"/api/v1/deals/{deal}/reviews", 201, side="buyer", scores=scores)
    assert step(trade) == "repeat"


def test_sealed_quotes_are_counted_and_awaited(market: Make) -> None:
    trade = market(1, sealed=True, quotes_until="2030-01-01T00:00:00Z")
    trade.quote(0, "3200", "4000")
    (one,) = mine(trade.buyer)
    assert (one["quotes"], one["next_step"]) == (1, "await_opening")


def test_by_state_and_page_by_page(sign_in: Callable[..., TestClient], company: dict[str, Any]) -> None:
    buyer, colleague, stranger = (
        sign_in(seats={company["id"]: "buyer"}), sign_in(seats={company["id"]: "manager"}), sign_in(),
    )  # fmt: skip
    said = [{"title": f"采购第{at}种阀门", "state": "draft"} for at in range(3)]
    keys = [sent(buyer, "/api/v1/demands", 201, **one)["id"] for one in said]
    sent(buyer, f"/api/v1/demands/{keys[0]}/open", 200)
    sent(stranger, "/api/v1/demands", 201, title="别人的需求", state="draft")
    assert [one["demand"]["id"] for one in mine(colleague)] == keys[::-1]
    assert [one["next_step"] for one in mine(colleague, state="draft")] == ["finish", "finish"]
    assert len(mine(colleague, state=["draft", "open"])) == 3
    first = colleague.get(MINE, params={"limit": 2}).json()
    rest = colleague.get(MINE, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["demand"]["id"] for one in (*first["items"], *rest["items"])] == keys[::-1]
    assert rest["next_cursor"] is None
    counts = colleague.get("/api/v1/me/demand-counts").json()["counts"]
    assert {state: count for state, count in counts.items() if count} == {"draft": 2, "open": 1}
    assert len(mine(stranger)) == 1, "one's own where one buys for no firm"


def test_nobody_known_has_none(visitor: TestClient) -> None:
    assert visitor.get(MINE).status_code == 401


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page(market: Make, language: str) -> None:
    trade = market(1)
    trade.quote(0, "3200", "4000")
    page = trade.buyer.get("/my/demands", params={"lang": language}, headers={"accept": "text/html"})
    assert page.status_code == 200
    assert f"/demands/{trade.demand_id}/quotes" in page.text
    assert ("比较并选定" if language == "zh" else "Compare and choose") in page.text
    assert set(NEXT) == set(NEXT_STEPS)
    empty = trade.buyer.get("/my/demands?state=closed", headers={"accept": "text/html"}).text
    assert "/demands/new" in empty
