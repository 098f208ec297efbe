"""The whole trade in a real browser: from a posted demand to a rated deal, the first winner silent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from conftest import DESK, FIRMS, TRADERS, Server, firm_id
from playwright.sync_api import Locator, expect
from sqlmodel import col, select
from watched import Watched

from app.core.actor import SYSTEM
from app.core.clock import now
from app.matches.impressions import write_impressions
from app.matches.learning import shown_with_outcomes
from app.trade.jobs import let_awards_lapse, tell_matched_firms
from app.trade.quote_models import Award

# Four people on four devices: minutes on a busy machine.
pytestmark = pytest.mark.timeout(400)
TITLE = "采购直线导轨滑块 200 套"
BUYER, CHEAP, DEAR, BUSY = TRADERS
WORK = "推台锯、封边机用，送到沈阳铁西，不要贸易商"


def until_there(who: Watched, wanted: Locator) -> None:
    """Load the page again until a job has done its work."""
    for _ in range(100):
        if wanted.count():
            break
        who.page.wait_for_timeout(200)
        who.page.reload()
    expect(wanted.first).to_be_visible()


def offer(seller: Watched, price: str, days: str, *, button: str) -> None:
    seller.page.get_by_label("单价（元）").first.fill(price)
    seller.page.get_by_label("交期（天）").first.fill(days)
    seller.page.get_by_role("button", name=button).click()


def test_from_a_demand_to_a_rated_deal(
    enter: Callable[..., Watched], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other journeys have told the same firms of their demands today.
    monkeypatch.setattr("app.trade.inquiries.PER_DAY", 100)
    buyer = enter(TRADERS[BUYER][0], DESK)
    cheap, dear, busy = (enter(TRADERS[one][0]) for one in (CHEAP, DEAR, BUSY))

    buyer.open("/demands/new")
    buyer.page.get_by_label("需求标题").fill(TITLE)
    buyer.page.get_by_label("具体要求").fill(WORK)
    buyer.page.get_by_role("button", name="发布并查看匹配").click()
    buyer.page.wait_for_url(re.compile(r"/demands/[0-9a-f-]{36}$"))
    demand = buyer.page.url.removeprefix(server.address)
    for one in (CHEAP, DEAR, BUSY):
        expect(buyer.page.locator(".match", has_text=FIRMS[one][0])).to_be_visible()

    # Three firms are told.
    tell_matched_firms(server.runtime)
    for seller in (cheap, dear, busy):
        seller.open("/inquiries")
        invitation = seller.page.get_by_role("link", name=TITLE)
        until_there(seller, invitation)
        invitation.click()
        seller.page.wait_for_url(f"**{demand}/answer**")
        seller.sound()
    busy.page.locator("summary", has_text="谢绝，原因是").click()
    busy.page.get_by_role("button", name=re.compile("谢绝.*产能已满")).click()
    expect(busy.page.locator("#invitation")).to_contain_text("已谢绝")

    # Two quote, one of them twice.
    cheap.page.get_by_role("button", name="有意，准备报价").click()
    cheap.page.locator("summary", has_text="替代方案").click()
    for at, (what, price) in enumerate((("国产钢球", "280"), ("短滑块", "300"))):
        if at:
            cheap.page.get_by_role("button", name="再加一个替代方案").click()
        cheap.page.get_by_label("替代的型号或材质").nth(at).fill(what)
        cheap.page.get_by_label("单价（元）").nth(at + 1).fill(price)
    offer(cheap, "330", "20", button="提交报价")
    expect(cheap.page.locator("#quote")).to_contain_text("第 1 版")
    offer(dear, "360", "30", button="提交报价")
    expect(dear.page.locator("#quote")).to_contain_text("第 1 版")
    expect(cheap.page.get_by_label("单价（元）").first).to_have_value("330")
    offer(cheap, "320", "18", button="提交新版本")
    expect(cheap.page.locator("#quote")).to_contain_text("第 2 版")

    # The buyer compares them side by side, and awards the better one.
    buyer.open(demand)
    buyer.page.get_by_role("link", name="报价比较").click()
    columns = [buyer.page.get_by_role("region", name=FIRMS[one][0], exact=True) for one in (CHEAP, DEAR)]
    expect(columns[0]).to_contain_text("总价最低")
    expect(columns[0]).to_contain_text("交期最短")
    expect(columns[0]).to_contain_text("短滑块")
    left, right = (column.bounding_box() for column in columns)
    assert left
    assert right
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    buyer.sound()
    columns[0].get_by_role("button", name="授予勾选的明细").click()
    expect(buyer.page.locator(".note", has_text="待供应商确认")).to_contain_text(FIRMS[CHEAP][0])

    # It never confirms: its time runs out, and the award falls to the second.
    with server.runtime.session(actor=SYSTEM) as session:
        query = select(Award).where(col(Award.demand_id) == UUID(demand.rsplit("/")[-1]))
        session.exec(query).one().confirm_by = now() - timedelta(seconds=1)
    let_awards_lapse(server.runtime)
    until_there(buyer, buyer.page.locator(".note", has_text="逾期未确认"))
    expect(buyer.page.locator(".note", has_text="待供应商确认")).to_contain_text(FIRMS[DEAR][0])
    dear.page.reload()
    dear.page.get_by_role("button", name="确认承接").click()
    dear.page.get_by_role("link", name="查看成交").click()
    dear.sound()

    # Both sides confirm, it is delivered, accepted, and each rates the other.
    dear.page.get_by_role("button", name="以供应方确认条款").click()
    expect(dear.page.locator("h1 + .row")).to_contain_text("待采购方确认")
    buyer.page.reload()
    buyer.page.get_by_role("link", name="查看成交").click()
    buyer.page.get_by_role("button", name="以采购方确认条款").click()
    expect(buyer.page.locator("h1 + .row")).to_contain_text("履行中")
    dear.page.reload()
    dear.page.get_by_role("button", name="标记已交付").click()
    expect(dear.page.locator("h1 + .row")).to_contain_text("已交付，待验收")
    buyer.page.reload()
    buyer.page.get_by_role("button", name="验收", exact=True).click()
    expect(buyer.page.locator("h1 + .row")).to_contain_text("已验收")
    for who in (buyer, dear):
        who.page.reload()
        for question in who.page.locator("#reviews fieldset").all():
            question.get_by_label("很好", exact=True).check()
        who.page.get_by_role("button", name="提交评价").click()
        expect(who.page.get_by_role("button", name="提交评价")).to_have_count(0)
        who.sound()

    # What came of it is there to learn from, with the list the buyer saw.
    write_impressions(server.runtime)
    (learnt,) = [one for one in shown_with_outcomes(server.runtime) if demand.endswith(one.demand)]
    came = {one: learnt.outcomes[str(firm_id(one))] for one in (CHEAP, DEAR, BUSY)}
    assert came == {CHEAP: "quoted", DEAR: "won", BUSY: "declined"}
    assert {str(firm_id(one)) for one in came} <= set(learnt.keys)
