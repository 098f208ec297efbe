"""Awards through the API: whole, in part, split; confirmed, declined, lapsed, and the next in line."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.trade.jobs import let_awards_lapse
from app.trade.quote_models import Award
from tests.app.clients import another_client
from tests.app.trade_helpers import Market, sent

Make = Callable[..., Market]


def confirm(trade: Market, at: int, award: dict[str, Any], status: int = 200) -> dict[str, Any]:
    return trade.suppliers[at].post(f"/api/v1/awards/{award['id']}/confirm", status)


def let_time_pass(trade: Market, award: dict[str, Any]) -> None:
    """The time to confirm is over."""
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        over = now() - timedelta(seconds=1)
        session.execute(update(Award).where(col(Award.id) == UUID(award["id"])).values(confirm_by=over))


def test_the_winner_confirms_and_the_deal_begins(market: Make) -> None:
    trade = market()
    first = trade.quote(0, "3200", "4000", freight="extra", freight_amount="800")
    second = trade.quote(1, "3300", "4100")
    (award,) = trade.award(first)["items"]
    assert trade.state() == "awarded"
    assert [line["amount"] for line in award["lines"]] == ["64000.00", "8000.00"]
    browser = trade.suppliers[0].browser
    terms = trade.terms("1", "1")
    bound = browser.put(f"/api/v1/quotes/{first['id']}", json=terms, headers={"If-Match": "*"})
    assert bound.status_code == 409
    assert trade.suppliers[1].browser.post(f"/api/v1/awards/{award['id']}/confirm").status_code == 404
    confirmed = confirm(trade, 0, award)
    deal = browser.get(f"/api/v1/deals/{confirmed['deal_id']}").json()
    assert deal["total"] == "72800.00"
    assert [line["name"] for line in deal["lines"]] == ["离心泵", "钢管", "运费 Freight"]
    assert confirm(trade, 0, award, 409)["code"] == "award_state"
    lost = trade.suppliers[1].browser.get(f"/api/v1/quotes/{second['id']}").json()
    assert lost["state"] == "lost"


def test_lines_go_to_different_quotes_and_one_line_is_split(market: Make) -> None:
    trade = market()
    quotes = [trade.quote(0, "3200", "4000"), trade.quote(1, "3300", "3900")]
    pump, steel = (line["id"] for line in trade.demand["lines"])
    path = f"/api/v1/demands/{trade.demand_id}/awards"
    only = {"quote_id": quotes[0]["id"], "lines": [{"demand_line_id": pump, "quantity": 12}]}
    too_much = {"quote_id": quotes[1]["id"], "lines": [{"demand_line_id": pump, "quantity": 9}]}
    assert trade.buys(path, 409, choices=[only, too_much])["code"] == "too_much"
    assert trade.state() == "quoting"  # all are made or none
    rest = {
        "quote_id": quotes[1]["id"],
        "lines": [{"demand_line_id": pump, "quantity": 8}, {"demand_line_id": steel}],
    }
    one, two = trade.buys(path, 201, choices=[only, rest])["items"]
    assert [line["amount"] for line in one["lines"]] == ["38400.00"]
    assert sorted(line["amount"] for line in two["lines"]) == ["26400.00", "7800.00"]
    assert all(line["awarded"] for line in trade.compare()["lines"])
    assert trade.buys(path, 409, choices=[{"quote_id": quotes[0]["id"]}])["code"] in (
        "line_awarded",
        "quote_state",
    )
    for at, award in enumerate((one, two)):
        confirm(trade, at, award)


def test_what_is_left_may_be_awarded_later(market: Make) -> None:
    trade = market()
    quotes = [trade.quote(0, "3200", "4000"), trade.quote(1, "3300", "3900")]
    pump, steel = (line["id"] for line in trade.demand["lines"])
    path = f"/api/v1/demands/{trade.demand_id}/awards"
    (first,) = trade.buys(
        path, 201, choices=[{"quote_id": quotes[0]["id"], "lines": [{"demand_line_id": pump}]}]
    )["items"]
    confirm(trade, 0, first)
    (second,) = trade.buys(path, 201, choices=[{"quote_id": quotes[0]["id"]}])["items"]
    assert [line["demand_line_id"] for line in second["lines"]] == [steel]


def test_a_silent_winner_is_followed_by_the_next_in_line(market: Make) -> None:
    trade = market(3)
    quotes = [trade.quote(at, f"{3000 + at}", "4000") for at in range(3)]
    order = [quotes[1]["id"], quotes[2]["id"]]
    (award,) = trade.award(quotes[0], fallback=order)["items"]
    sent(trade.suppliers[1].browser, f"/api/v1/quotes/{quotes[1]['id']}/withdraw", 200)
    assert let_awards_lapse(trade.api.state.runtime) == 0
    let_time_pass(trade, award)
    assert confirm(trade, 0, award, 409)["code"] == "award_overdue"
    assert let_awards_lapse(trade.api.state.runtime) == 1
    assert let_awards_lapse(trade.api.state.runtime) == 0
    awards = trade.buyer.get("/api/v1/awards", params={"demand_id": trade.demand_id}).json()["items"]
    assert [(one["state"], one["company_id"]) for one in awards] == [
        ("offered", trade.suppliers[2].company_id),
        ("lapsed", trade.suppliers[0].company_id),
    ]
    assert awards[0]["after_id"] == award["id"]
    assert trade.state() == "awarded"
    confirm(trade, 2, awards[0])


def test_with_nobody_left_the_demand_falls_back(market: Make) -> None:
    trade = market()
    quotes = [trade.quote(0, "3200", "4000"), trade.quote(1, "3300", None)]
    (award,) = trade.award(quotes[0])["items"]
    declined = trade.suppliers[0].post(f"/api/v1/awards/{award['id']}/decline", reason="设备检修")
    assert (declined["state"], trade.state()) == ("declined", "quoting")
    (again,) = trade.award(quotes[1])["items"]
    taken = trade.buys(f"/api/v1/awards/{again['id']}/take-back", reason="改期")
    assert (taken["state"], trade.state()) == ("taken_back", "quoting")
    assert trade.compare()["quotes"][0]["state"] == "submitted"


def test_of_two_awards_at_once_one_wins(market: Make) -> None:
    trade = market(4)
    quotes = [trade.quote(at, "3200", "4000") for at in range(4)]
    path = f"/api/v1/demands/{trade.demand_id}/awards"
    browsers = [another_client(trade.api) for _ in quotes]
    for browser in browsers:
        browser.cookies = trade.buyer.cookies

    def award(at: int) -> int:
        said = {"choices": [{"quote_id": quotes[at]["id"]}]}
        return browsers[at].post(path, json=said).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(award, range(4))) == [201, 409, 409, 409]
    offered = trade.buyer.get("/api/v1/awards", params={"demand_id": trade.demand_id}).json()["items"]
    assert len(offered) == 1


def test_an_award_sent_twice_with_one_key_is_one(market: Make) -> None:
    trade = market(1)
    quote = trade.quote(0, "3200", "4000")
    path = f"/api/v1/demands/{trade.demand_id}/awards"
    said = {"choices": [{"quote_id": quote["id"], "number": 1}]}
    first, again = (trade.buyer.post(path, json=said, headers={"Idempotency-Key": "award"}) for _ in range(2))
    assert first.status_code == 201, first.text
    assert first.json() == again.json()


def test_a_quote_that_changed_meanwhile_is_not_awarded(market: Make) -> None:
    trade = market(1)
    quote = trade.quote(0, "3200", "4000")
    address = f"/api/v1/quotes/{quote['id']}"
    trade.suppliers[0].browser.put(address, json=trade.terms("9999", "4000"), headers={"If-Match": "*"})
    said = [{"quote_id": quote["id"], "number": 1}]
    assert trade.award(status=409, choices=said)["code"] == "quote_changed"
