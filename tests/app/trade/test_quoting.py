"""Quotes through the API: given, revised, withdrawn, declined, sealed, compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlmodel import col

from app.core.actor import SYSTEM, Actor
from app.core.clock import now
from app.demands.models import Demand
from app.trade.jobs import open_sealed_quotes
from app.trade.quote_models import Quote, QuoteVersion
from tests.app.trade_helpers import Market, sent

Make = Callable[..., Market]


def test_a_quote_moves_the_demand_and_keeps_its_versions(market: Make) -> None:
    trade = market()
    quote = trade.quote(0, "3200", "4000", freight="extra", freight_amount="800")
    assert (quote["state"], quote["number"], quote["terms"]["lines"][0]["unit"]) == ("submitted", 1, "台")
    assert trade.state() == "quoting"
    browser, address = trade.suppliers[0].browser, f"/api/v1/quotes/{quote['id']}"
    assert browser.put(address, json=trade.terms("3100", "4000")).status_code == 428
    revised = browser.put(address, json=trade.terms("3100", "4000"), headers={"If-Match": '"1"'})
    assert revised.json()["number"] == 2, revised.text
    stale = browser.put(address, json=trade.terms("3000", "4000"), headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    versions = trade.buyer.get(f"{address}/versions").json()["items"]
    assert [one["terms"]["lines"][0]["unit_price"] for one in versions] == ["3200", "3100"]


def test_a_firm_has_one_quote_whatever_it_sends(market: Make) -> None:
    trade = market()
    said = {"demand_id": trade.demand_id, **trade.terms("3200", "4000")}
    browser = trade.suppliers[0].browser
    first, again = (
        browser.post("/api/v1/quotes", json=said, headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert first.json() == again.json()
    assert trade.quote(0, "1", "1", status=409)["code"] == "quote_exists"


def test_withdrawn_and_declined_quotes_come_back_with_a_new_version(market: Make) -> None:
    trade = market()
    quote = trade.quote(0, "3200", "4000")
    address = f"/api/v1/quotes/{quote['id']}"
    browser = trade.suppliers[0].browser
    assert sent(browser, f"{address}/withdraw", 200)["state"] == "withdrawn"
    assert trade.compare()["quotes"] == []
    assert sent(browser, f"{address}/withdraw", 409)["code"] == "quote_state"
    browser.put(address, json=trade.terms("3000", "4000"), headers={"If-Match": "*"})
    assert trade.buys(f"{address}/reject", reason="太贵")["state"] == "rejected"
    assert browser.get(address).json()["rejected_because"] == "太贵"
    browser.put(address, json=trade.terms("2900", "4000"), headers={"If-Match": "*"})
    assert browser.get(address).json()["state"] == "submitted"


def test_the_sides_do_only_their_own(market: Make) -> None:
    trade = market()
    quote = trade.quote(0, "3200", "4000")
    other = trade.suppliers[1]
    address = f"/api/v1/quotes/{quote['id']}"
    assert other.browser.get(address).status_code == 404
    assert other.browser.get(f"/api/v1/demands/{trade.demand_id}/comparison").status_code == 403
    assert trade.suppliers[0].browser.post(f"{address}/reject", json={}).status_code == 403
    assert trade.buyer.post(f"{address}/withdraw").status_code == 403
    own = {"demand_id": trade.demand_id, "company_id": trade.buyer_id, **trade.terms("1", "1")}
    assert trade.buyer.post("/api/v1/quotes", json=own).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "lines"),
        ({"freight": "extra"}, ""),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"lines": [{"demand_line_id": "0195c5a0-7c00-7a00-8a00-000000000001", "unit_price": "1"}]}, "lines.0.demand_line_id"),
        ({"lines": [{"unit_price": "1", "tax_included": False}]}, "lines.0"),
        ({"lines": [{"unit_price": "-1"}]}, "lines.0.unit_price"),
        ({"lines": [{"unit_price": "1"}]}, "lines.0.demand_line_id"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(market: Make, change: dict[str, Any], field: str) -> None:
    trade = market(1)
    said = {"demand_id": trade.demand_id, **trade.terms("1", "1"), **change}
    answer = trade.suppliers[0].post("/api/v1/quotes", 422, **said)
    assert [one["field"] for one in answer["errors"]] == [field]


def test_sealed_quotes_are_nobodys_but_their_firms_until_the_deadline(market: Make) -> None:
    deadline = now() + timedelta(hours=1)
    trade = market(2, sealed=True, quotes_until=deadline.isoformat())
    quote = trade.quote(0, "3200", "4000")
    assert trade.buyer.get(f"/api/v1/quotes/{quote['id']}").status_code == 404
    assert trade.buyer.get(f"/api/v1/quotes/{quote['id']}/versions").status_code == 404
    assert trade.buyer.get("/api/v1/quotes", params={"demand_id": trade.demand_id}).json()["items"] == []
    compared = trade.compare()
    assert (compared["sealed"], compared["quotes"]) == (1, [])
    assert trade.award(quote, status=409)["code"] == "quotes_sealed"
    assert trade.suppliers[0].browser.get(f"/api/v1/quotes/{quote['id']}").json()["number"] == 1
    assert open_sealed_quotes(trade.api.state.runtime) == 0

    later = deadline - timedelta(hours=2)
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(update(Quote).where(col(Quote.id) == UUID(quote["id"])).values(sealed_until=later))
    # The buyer puts the deadline off: what was opened by the clock stays sealed until the new one.
    assert trade.buyer.get(f"/api/v1/quotes/{quote['id']}").status_code == 404
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(
            update(Demand).where(col(Demand.id) == UUID(trade.demand_id)).values(quotes_until=later)
        )
    assert open_sealed_quotes(trade.api.state.runtime) == 1
    assert open_sealed_quotes(trade.api.state.runtime) == 0
    assert trade.compare()["quotes"][0]["total"] == "72000.00"
    assert trade.quote(1, "1", "1", status=409)["code"] == "quotes_closed"


def test_a_sealed_quote_is_in_no_row_its_buyer_is_given(market: Make) -> None:
    """Whatever a route forgets: the rows themselves stay out of the buyer's sessions until the deadline."""
    trade = market(1, sealed=True, quotes_until=(now() + timedelta(hours=1)).isoformat())
    key = UUID(trade.quote(0, "3200", "4000")["id"])
    buyer = Actor("person", UUID(int=1), seats={UUID(trade.buyer_id): "owner"})
    runtime = trade.api.state.runtime
    for query in (
        select(Quote).where(col(Quote.id) == key),
        select(QuoteVersion).where(col(QuoteVersion.quote_id) == key),
    ):
        with runtime.session(writing=False, actor=buyer) as session:
            assert session.execute(query).all() == []
    with runtime.session(actor=SYSTEM) as session:
        session.get_one(Quote, key).sealed_until = now() - timedelta(seconds=1)
    with runtime.session(writing=False, actor=buyer) as session:
        assert session.get(Quote, key) is not None


def test_quotes_are_compared_alike(market: Make) -> None:
    """The second quotes steel by the kilogram without tax and freight extra; the first with everything."""
    trade = market(3)
    trade.quote(0, "3200", "4000")
    pump, steel = (line["id"] for line in trade.demand["lines"])
    said = {
        "demand_id": trade.demand_id,
        "freight": "extra",
        "freight_amount": "700",
        "lines": [
            {"demand_line_id": pump, "unit_price": "3000", "lead_days": 10},
            {
                "demand_line_id": steel,
                "unit_price": "4",
                "unit": "千克",
                "tax_included": False,
                "tax_rate": "13",
                "lead_days": 5,
                "min_quantity": 5,
            },
            {
                "demand_line_id": steel,
                "unit_price": "3.5",
                "unit": "千克",
                "alternative": True,
                "name": "Q235",
            },
        ],
    }
    trade.suppliers[1].post("/api/v1/quotes", 201, **said)
    trade.quote(2, "2500", None)
    first, second, third = (
        next(one for one in trade.compare()["quotes"] if one["company_id"] == firm.company_id)
        for firm in trade.suppliers
    )
    assert (first["total"], first["lead_days"]) == ("72000.00", 30)
    # 20 * 3000 + 2 t * 4 * 1.13 * 1000 + 700
    assert (second["total"], second["lead_days"], second["best"]) == (
        "69740.00",
        10,
        ["total", "lead", "score"],
    )
    lines = {one["demand_line_id"]: one for one in second["lines"]}
    assert (lines[steel]["unit_price"], lines[steel]["flags"]) == ("4520.0000", ["minimum"])
    assert lines[steel]["quoted"] == "4 +13% / 千克"
    assert (third["covered"], third["best"]) == (1, [])  # cheapest pumps, but no steel
    assert third["lines"][0]["best"]
    by_price = trade.compare(price=1, lead=0, rating=0)["quotes"]
    assert [one["company_id"] for one in by_price][-1] == trade.suppliers[2].company_id
    assert by_price[-1]["score"] == 50


def test_the_comparison_is_a_workbook(market: Make) -> None:
    trade = market()
    trade.quote(0, "3200", "4000", payment="=1+1")
    trade.quote(1, "3100", None)
    answer = trade.buyer.get(f"/api/v1/demands/{trade.demand_id}/comparison.xlsx", params={"lang": "zh"})
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "采购离心泵和钢管"
    assert rows[1][3] == "沈阳供货测试1厂"
    assert rows[3][:5] == ["离心泵", 20, "台", 3200, 64000]
    assert rows[4][7] == "—"
    assert [next(row for row in rows if row[0] == "付款条件")[at] for at in (0, 3)] == ["付款条件", "'=1+1"]
