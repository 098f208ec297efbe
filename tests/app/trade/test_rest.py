"""Lines that nobody has are opened to quotes again, while the others are delivered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.actor import SYSTEM
from app.core.clock import now
from app.demands.expiry import expire_demands
from app.demands.service import get_demand
from tests.app.trade_helpers import Market, Supplier

Make = Callable[..., Market]


def told(who: Supplier, kind: str) -> int:
    notices = who.browser.get("/api/v1/me/notices").json()["items"]
    return sum(one["kind"] == kind for one in notices)


def split(trade: Market) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Pumps to the first, steel to the second; the quote of the second and both awards."""
    quotes = [trade.quote(0, "3200", None), trade.quote(1, None, "4100")]
    lines = [line["id"] for line in trade.demand["lines"]]
    choices = [
        {"quote_id": quote["id"], "lines": [{"demand_line_id": line}]}
        for quote, line in zip(quotes, lines, strict=True)
    ]
    path = f"/api/v1/demands/{trade.demand_id}/awards"
    return quotes[1], trade.buys(path, 201, choices=choices, fallback=[])["items"]


def deliver(trade: Market, at: int, deal: str) -> None:
    supplier = trade.suppliers[at]
    trade.buys(f"/api/v1/deals/{deal}/confirm", side="buyer")
    supplier.post(f"/api/v1/deals/{deal}/confirm", side="supplier")
    supplier.post(f"/api/v1/deals/{deal}/deliver")
    trade.buys(f"/api/v1/deals/{deal}/accept")


def test_who_dropped_out_quotes_again_for_what_is_left(market: Make) -> None:
    trade = market(3)
    dropped, awards = split(trade)
    rest = f"/api/v1/demands/{trade.demand_id}/reopen-rest"
    assert trade.buys(rest, 409)["code"] == "award_awaited"
    deal = trade.suppliers[0].post(f"/api/v1/awards/{awards[0]['id']}/confirm")["deal_id"]
    trade.suppliers[1].post(f"/api/v1/awards/{awards[1]['id']}/decline", reason="设备检修")
    again = f"/api/v1/quotes/{dropped['id']}"
    better = {"json": trade.terms(None, "4000"), "headers": {"If-Match": "*"}}
    assert trade.suppliers[1].browser.put(again, **better).json()["code"] == "demand_state"
    assert trade.suppliers[1].post(rest, 403)["code"] == "seat_required"
    assert trade.buys(rest)["state"] == "quoting"
    assert [told(one, "demand.reopened") for one in trade.suppliers] == [0, 1, 0]
    assert trade.suppliers[1].browser.put(again, **better).json()["state"] == "submitted"
    other = trade.quote(2, None, "3900")
    deliver(trade, 0, deal)
    assert trade.state() == "quoting", "a line is still to be had"
    (award,) = trade.award(other)["items"]
    last = trade.suppliers[2].post(f"/api/v1/awards/{award['id']}/confirm")["deal_id"]
    assert trade.buys(rest, 409)["code"] == "nothing_left"
    deliver(trade, 2, last)
    assert trade.state() == "fulfilled"
    assert trade.buys(rest, 409)["code"] == "demand_state"


def test_a_deadline_gone_by_keeps_nobody_from_what_is_left(market: Make) -> None:
    trade = market(3, quotes_until="2030-01-01T00:00:00Z")
    _dropped, awards = split(trade)
    trade.suppliers[0].post(f"/api/v1/awards/{awards[0]['id']}/confirm")
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        get_demand(session, UUID(trade.demand_id)).quotes_until = now() - timedelta(hours=1)
    trade.suppliers[1].post(f"/api/v1/awards/{awards[1]['id']}/decline", reason="设备检修")
    assert trade.buys(f"/api/v1/demands/{trade.demand_id}/reopen-rest")["quotes_until"] is None
    trade.quote(2, None, "3900")


def test_what_is_held_is_not_given_twice(market: Make) -> None:
    trade = market(3)
    _dropped, awards = split(trade)
    trade.suppliers[0].post(f"/api/v1/awards/{awards[0]['id']}/confirm")
    trade.suppliers[1].post(f"/api/v1/awards/{awards[1]['id']}/decline", reason="设备检修")
    trade.buys(f"/api/v1/demands/{trade.demand_id}/reopen-rest")
    everything = trade.quote(2, "3000", "3900")
    (award,) = trade.award(everything)["items"]
    assert [line["name"] for line in award["lines"]] == ["钢管"]


def reopened(trade: Market) -> str:
    """Pumps given away, steel opened to quotes again; the deal of the pumps."""
    _dropped, awards = split(trade)
    deal = trade.suppliers[0].post(f"/api/v1/awards/{awards[0]['id']}/confirm")["deal_id"]
    trade.suppliers[1].post(f"/api/v1/awards/{awards[1]['id']}/decline", reason="设备检修")
    trade.buys(f"/api/v1/demands/{trade.demand_id}/reopen-rest")
    return str(deal)


def let_it_expire(trade: Market) -> None:
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        get_demand(session, UUID(trade.demand_id)).valid_until = now() - timedelta(seconds=1)
    expire_demands(trade.api.state.runtime)


def listed(trade: Market) -> tuple[str, bool, str]:
    """State, whether in part, and the next step, as the buyer's own list has them."""
    (one,) = trade.buyer.get("/api/v1/me/demands").json()["items"]
    return one["demand"]["state"], one["in_part"], one["next_step"]


@pytest.mark.parametrize("delivered_before", [True, False])
def test_a_rest_that_expires_leaves_what_was_delivered_fulfilled(
    market: Make, delivered_before: bool
) -> None:
    trade = market(2)
    deal = reopened(trade)
    assert listed(trade) == ("quoting", False, "choose")
    if delivered_before:
        deliver(trade, 0, deal)
        let_it_expire(trade)
    else:
        let_it_expire(trade)
        assert listed(trade) == ("expired", True, "follow")
        assert "部分已定标，其余已过期" in trade.buyer.get("/my/demands").text
        deliver(trade, 0, deal)
    assert listed(trade) == ("fulfilled", True, "rate")
    assert "部分完成" in trade.buyer.get("/my/demands").text


def test_a_rest_that_expires_after_its_deal_was_called_off_is_expired(market: Make) -> None:
    trade = market(2)
    deal = reopened(trade)
    let_it_expire(trade)
    trade.buys(f"/api/v1/deals/{deal}/cancel", note="不做了")
    assert listed(trade) == ("expired", False, "reopen")


def test_the_quote_form_says_what_is_left(market: Make) -> None:
    trade = market(2)
    pumps, steel = trade.demand["lines"]
    quote = trade.quote(0, "3200", "4100")
    part = [{"demand_line_id": pumps["id"], "quantity": 5}, {"demand_line_id": steel["id"]}]
    choices = [{"quote_id": quote["id"], "lines": part}]
    path = f"/api/v1/demands/{trade.demand_id}"
    (award,) = trade.buys(f"{path}/awards", 201, choices=choices, fallback=[])["items"]
    trade.suppliers[0].post(f"/api/v1/awards/{award['id']}/confirm")
    trade.buys(f"{path}/reopen-rest")
    page = trade.suppliers[1].browser.get(
        f"/demands/{trade.demand_id}/answer", headers={"Accept": "text/html"}
    )
    assert re.findall(r"还剩 <span class=\"num\">([^<]+)", page.text) == [
        f"{pumps['quantity'] - 5:g} {pumps['unit']}"
    ]
    assert page.text.count("已授出，不必再报") == 1
    assert f'id="{pumps["id"]}.unit_price"' in page.text
    assert f"{steel['id']}." not in page.text, "nothing to fill in for what is given away"
    held = trade.suppliers[0].browser.get(
        f"/demands/{trade.demand_id}/answer", headers={"Accept": "text/html"}
    )
    assert held.status_code == 200
    shown = trade.suppliers[1].browser.get(f"/demands/{trade.demand_id}", headers={"Accept": "text/html"})
    assert "报价中" in shown.text


def test_an_earlier_offer_for_what_is_given_away_is_there_to_see_and_to_mend(market: Make) -> None:
    trade = market(2)
    pumps, steel = (line["id"] for line in trade.demand["lines"])
    won, other = trade.quote(0, "3200", "4100"), trade.quote(1, "3300", "4200")
    part = [{"demand_line_id": pumps, "quantity": 5}, {"demand_line_id": steel}]
    path = f"/api/v1/demands/{trade.demand_id}"
    choices = [{"quote_id": won["id"], "lines": part}]
    (award,) = trade.buys(f"{path}/awards", 201, choices=choices, fallback=[])["items"]
    trade.suppliers[0].post(f"/api/v1/awards/{award['id']}/confirm")
    trade.buys(f"{path}/reopen-rest")
    seller, answer, html = (
        trade.suppliers[1].browser,
        f"/demands/{trade.demand_id}/answer",
        {"Accept": "text/html"},
    )

    def earlier(page: str, *, opened: bool) -> list[str]:
        start = "<details open>" if opened else "<details>"
        parts = re.findall(rf"{start}<summary>原先的报价</summary>(.*?)</details>", page, re.DOTALL)
        return re.findall(rf'id="{steel}\.unit_price" name="[^"]+"[^>]* value="([^"]*)"', "".join(parts))

    page = seller.get(answer, headers=html).text
    assert earlier(page, opened=False) == ["4200"]
    assert not re.search(rf'type="hidden" name="{steel}', page)
    version = seller.get(f"/api/v1/quotes/{other['id']}").json()["version"]
    said = {"about": other["id"], "version": str(version), f"{pumps}.unit_price": "3100"}
    wrong = seller.post(f"{answer}/quote", data=said | {f"{steel}.unit_price": "四千"}, headers=html)
    assert wrong.status_code == 422
    assert earlier(wrong.text, opened=True) == ["四千"]
    assert f'id="{steel}.unit_price-error"' in wrong.text
    sent = seller.post(
        f"{answer}/quote", data=said | {f"{steel}.unit_price": "4200"}, headers=html, follow_redirects=False
    )
    assert sent.status_code == 303, sent.text
    lines = seller.get(f"/api/v1/quotes/{other['id']}").json()["terms"]["lines"]
    assert {one["demand_line_id"] for one in lines} == {pumps, steel}, "it stays offered, should it come back"


def test_the_public_page_says_that_the_rest_expired_or_was_not_delivered(market: Make) -> None:
    trade = market(2)
    _dropped, awards = split(trade)

    def state(language: str = "zh") -> str:
        page = trade.suppliers[1].browser.get(
            f"/demands/{trade.demand_id}", params={"lang": language}, headers={"Accept": "text/html"}
        )
        return re.findall(r'<span class="tag[^"]*">([^<]+)', page.text)[0]

    deal = trade.suppliers[0].post(f"/api/v1/awards/{awards[0]['id']}/confirm")["deal_id"]
    assert state() == "已定标"
    trade.suppliers[1].post(f"/api/v1/awards/{awards[1]['id']}/decline", reason="设备检修")
    assert state() == "部分已定标"
    trade.buys(f"/api/v1/demands/{trade.demand_id}/reopen-rest")
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        get_demand(session, UUID(trade.demand_id)).valid_until = now() - timedelta(minutes=1)
    expire_demands(trade.api.state.runtime)
    assert state() == "部分已定标，其余已过期"
    deliver(trade, 0, deal)
    assert state() == "部分完成"
    assert state("en") == "Fulfilled in part"
