"""The pages of trade: a demand invited, asked about, quoted for, compared, awarded and confirmed with forms alone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tests.app.trade_helpers import Market

pytestmark = pytest.mark.one_database

HTML = {"Accept": "text/html"}
Make = Callable[..., Market]


def press(browser: TestClient, path: str, status: int = 303, **said: str | list[str]) -> str:
    answer = browser.post(path, data=said, follow_redirects=False, headers=HTML)
    assert answer.status_code == status, answer.text
    return answer.text


def look(browser: TestClient, path: str, language: str = "zh") -> str:
    answer = browser.get(path, headers=HTML, params={"lang": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def offered(trade: Market, *prices: str) -> dict[str, str]:
    return {
        f"{line['id']}.unit_price": price for line, price in zip(trade.demand["lines"], prices, strict=False)
    }


def hidden(page: str, name: str) -> str:
    """What a form's hidden field holds."""
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


def test_a_demand_answered_and_awarded_with_forms_alone(market: Make) -> None:
    trade = market(1)
    seller = trade.suppliers[0]
    uscc = trade.buyer.get(f"/api/v1/companies/{seller.company_id}").json()["uscc"]
    quotes, answer = f"/demands/{trade.demand_id}/quotes", f"/demands/{trade.demand_id}/answer"
    assert "还没有报价" in look(trade.buyer, quotes)
    press(trade.buyer, f"{quotes}/invite", uscc=uscc)
    assert "待回复" in look(seller.browser, "/inquiries")
    page = look(seller.browser, answer)
    press(seller.browser, f"{answer}/interest", about=hidden(page, "about"))
    press(seller.browser, f"{answer}/ask", question="介质温度最高多少度？", key="q")
    press(
        trade.buyer, f"{quotes}/reply", about=hidden(look(trade.buyer, quotes), "about"), answer="不超过80℃"
    )
    assert "不超过80℃" in look(seller.browser, answer)
    said = {**offered(trade, "3200", "4000"), "freight": "extra", "freight_amount": "800", "key": "one"}
    for _ in range(2):  # pressed twice
        press(seller.browser, f"{answer}/quote", **said)
    page = look(seller.browser, answer)
    assert "第 1 版" in page
    assert 'value="3200"' in page
    known = {"about": hidden(look(seller.browser, answer).split('id="quote"')[1], "about"), "version": "1"}
    press(seller.browser, f"{answer}/quote", **{**said, **known, **offered(trade, "3100", "4000")})
    page = look(trade.buyer, quotes)
    assert "7.08 万元" in page
    lines = [line["id"] for line in trade.demand["lines"]]
    award = {"about": hidden(page, "about"), "number": "2", "confirm_hours": "24", "key": hidden(page, "key")}
    for _ in range(2):
        press(trade.buyer, f"{quotes}/award", **award, line=lines)
    assert "待供应商确认" in look(trade.buyer, quotes)
    page = look(seller.browser, answer)
    assert "贵企业中选" in page
    press(seller.browser, f"{answer}/confirm", about=hidden(page, "about"))
    assert "/deals/" in look(trade.buyer, quotes)
    sheet = trade.buyer.get(f"{quotes}.xlsx", headers=HTML)
    assert load_workbook(BytesIO(sheet.content)).worksheets[0]["A1"].value == "采购离心泵和钢管"


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(market: Make) -> None:
    trade = market(1)
    seller, answer = trade.suppliers[0].browser, f"/demands/{trade.demand_id}/answer"
    pump = trade.demand["lines"][0]["id"]
    said = {**offered(trade, "三千"), "freight": "included", "payment": "月结", "key": "x"}
    page = press(seller, f"{answer}/quote", 422, **said)
    assert f'id="{pump}.unit_price-error"' in page
    assert 'value="三千"' in page
    assert 'value="月结"' in page
    page = press(seller, f"{answer}/quote", 422, freight="extra", key="y")
    assert "note bad" in page
    press(trade.buyer, f"/demands/{trade.demand_id}/quotes/award", 422, about=pump, key="z")
    press(trade.buyer, f"/demands/{trade.demand_id}/quotes/nothing", 404)


def test_the_pages_are_in_english_too_and_only_for_their_side(market: Make, visitor: TestClient) -> None:
    trade = market(1)
    trade.quote(0, "3200", "4000")
    trade.suppliers[0].post(f"/api/v1/demands/{trade.demand_id}/questions", 201, question="ok?")
    chinese = re.compile("[\u4e00-\u9fff]+")
    for browser, path in (
        (trade.buyer, f"/demands/{trade.demand_id}/quotes"),
        (trade.suppliers[0].browser, f"/demands/{trade.demand_id}/answer"),
        (trade.suppliers[0].browser, "/inquiries"),
    ):
        page = re.sub('<a class="lang.*?</a>', "", look(browser, path, "en"), flags=re.S)
        known = "采购离心泵和钢管|沈阳\\w+|离心泵|钢管|测试员|中文|台|吨|链桥"
        assert not chinese.findall(re.sub(known, "", page)), path
    answer = visitor.get(f"/demands/{trade.demand_id}/quotes", headers=HTML, follow_redirects=False)
    assert answer.status_code in (303, 401)
    seller = trade.suppliers[0].browser
    assert seller.get(f"/demands/{trade.demand_id}/quotes", headers=HTML).status_code == 403


def test_alternatives_and_limits_are_kept_over_a_revision(market: Make) -> None:
    trade = market(1)
    seller, answer = trade.suppliers[0].browser, f"/demands/{trade.demand_id}/answer"
    pump = trade.demand["lines"][0]["id"]
    other = {
        f"{pump}.alt.1.name": "铸铁泵体",
        f"{pump}.alt.1.unit_price": "2600",
        f"{pump}.alt.1.quantity": "8",
    }
    limits = {f"{pump}.name": "IHG50-160", f"{pump}.quantity": "1234567"}
    page = press(seller, f"{answer}/quote", 422, **{f"{pump}.alt.0.note": "带底座"}, key="wrong")
    assert f'id="{pump}.alt.0.name-error"' in page
    assert f'id="{pump}.alt.0.unit_price-error"' in page
    assert 'value="带底座"' in page
    press(seller, f"{answer}/quote", **offered(trade, "3200"), **limits, **other, key="one")

    (quote,) = seller.get("/api/v1/quotes").json()["items"]
    page = look(seller, answer)
    sent = {
        name: html.unescape(value) for name, value in re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page)
    }
    assert sent[f"{pump}.alt.0.name"] == "铸铁泵体"
    assert sent[f"{pump}.quantity"] == "1234567"
    sent |= {"about": quote["id"], "version": "1", f"{pump}.unit_price": "3100"}
    press(seller, f"{answer}/quote", **sent)
    (again,) = seller.get("/api/v1/quotes").json()["items"]
    assert again["number"] == 2
    assert again["terms"]["lines"][0] == quote["terms"]["lines"][0] | {"unit_price": "3100"}
    assert again["terms"]["lines"][1:] == quote["terms"]["lines"][1:]
    shown = look(trade.buyer, f"/demands/{trade.demand_id}/quotes")
    assert "替代方案" in shown
    assert "铸铁泵体" in shown
