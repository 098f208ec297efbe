"""The pages of deals: what each side is offered, and a deal carried out with forms alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.app.deal_helpers import Trade

pytestmark = pytest.mark.one_database


def press(trade: Trade, side: str, action: str, status: int = 303, /, **said: str) -> str:
    answer = trade.who(side).post(
        f"/deals/{trade.deal_id}/{action}", data=said, follow_redirects=False, headers=HTML
    )
    assert answer.status_code == status, answer.text
    return answer.text


HTML = {"Accept": "text/html"}


def look(trade: Trade, side: str, language: str = "zh") -> str:
    answer = trade.who(side).get(f"/deals/{trade.deal_id}?lang={language}", headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_deal_with_forms_alone(trade: Callable[..., Trade], visitor: TestClient) -> None:
    deal = trade()
    assert "以采购方确认条款" in look(deal, "buyer")
    assert "以供应方确认条款" not in look(deal, "buyer")
    said = {
        "due_on": "2030-02-01",
        "terms": "分两批",
        "milestones": "2030-01-10 首件检验\n发货",
        "version": "1",
    }
    press(deal, "buyer", "revise", **said)
    stale = press(deal, "supplier", "confirm_as_supplier", 412, version="1")
    assert "已被他人修改" in stale
    press(deal, "buyer", "confirm_as_buyer")
    press(deal, "supplier", "confirm_as_supplier")
    page = look(deal, "supplier")
    assert "首件检验" in page
    assert "2030-01-10" in page
    press(deal, "supplier", "milestone", position="0", done="true")
    assert "将视为已验收" not in look(deal, "buyer")
    press(deal, "supplier", "deliver")
    assert all("将视为已验收" in look(deal, side) for side in ("buyer", "supplier"))
    press(deal, "buyer", "accept")
    assert "将视为已验收" not in look(deal, "buyer")
    page = press(deal, "buyer", "review", 422, side="buyer", timing="5", words="按期")
    assert "请打分" in page
    assert "按期" in page, "what was typed stays"
    marks = dict.fromkeys(("timing", "quality", "packing", "communication"), "4")
    press(deal, "buyer", "review", side="buyer", words="包装略简", **marks)
    marks = dict.fromkeys(("payment", "clarity", "communication"), "5")
    assert "包装略简" not in look(deal, "supplier")
    press(deal, "supplier", "review", side="supplier", **marks)
    page = look(deal, "supplier")
    review = re.search(r'name="review" value="([^"]+)"', page)
    assert review
    press(deal, "supplier", "answer", review=review[1], note="已改进包装")
    public = visitor.get(f"/companies/{deal.supplier_id}", headers=HTML).text
    for words in ("成交与评价", "包装略简", "已改进包装", "4.0", "100%"):
        assert words in public, words
    assert "Deals accepted" in visitor.get(f"/companies/{deal.supplier_id}?lang=en", headers=HTML).text


def test_the_list_says_what_to_do_when_empty(
    sign_in: Callable[..., TestClient], trade: Callable[..., Trade]
) -> None:
    assert "这里还没有成交" in sign_in().get("/deals", headers=HTML).text
    deal = trade()
    assert str(deal.deal_id) in deal.buyer.get("/deals?side=buyer", headers=HTML).text
    assert "With a dispute" in deal.operator.get("/deals?lang=en", headers=HTML).text


def test_a_dispute_on_the_page(trade: Callable[..., Trade]) -> None:
    deal = trade()
    press(deal, "buyer", "confirm_as_buyer")
    press(deal, "supplier", "confirm_as_supplier")
    assert "请说明原因" in press(deal, "supplier", "dispute", 422, note=" ")
    press(deal, "supplier", "dispute", note="预付款未到")
    assert "预付款未到" in look(deal, "operator")
    press(deal, "operator", "annul", note="双方同意")
    assert "已取消" in look(deal, "buyer")
    assert "不能执行" in press(deal, "buyer", "cancel", 409, note="x")
    assert "Called off" in look(deal, "buyer", "en")
