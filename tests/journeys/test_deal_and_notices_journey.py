"""A deal with milestones and a dispute, its notices live in the page, and the same told to a firm's own program."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID, uuid4

import pytest
from conftest import DESK, TRADERS, Server, firm_id
from playwright.sync_api import expect
from watched import Watched

from app.core.actor import SYSTEM
from app.deals.schemas import DealLine
from app.deals.service import begin_deal
from tests.services.receiver import receiver

# Three people on three devices: minutes on a busy machine.
pytestmark = pytest.mark.timeout(300)
BUYER, SELLER = list(TRADERS)[:2]
LINES = [DealLine(name="直线导轨", quantity=200, unit="套", unit_price=96, amount=19200, lead_days=20)]


def state_of(who: Watched, words: str) -> None:
    """The deal's page, loaded anew, says where it is."""
    who.page.reload()
    expect(who.page.locator("h1 + .row")).to_contain_text(words)


def speak(who: Watched, action: str, words: str) -> None:
    """A move that needs words: open it, write, send."""
    part = who.page.locator("details.spoken", has_text=action)
    part.locator("summary").click()
    part.get_by_label("原因与说明").fill(words)
    part.get_by_role("button", name=action).click()


def test_milestones_and_a_dispute_with_notices_as_they_come(
    enter: Callable[..., Watched], server: Server
) -> None:
    buyer, inbox, seller = enter(TRADERS[BUYER][0], DESK), enter(TRADERS[BUYER][0]), enter(TRADERS[SELLER][0])
    made = buyer.page.request.post(
        server.address + "/api/v1/demands",
        data={"title": "直线导轨两百套，分两批交", "city": "沈阳"},
        headers={"origin": server.address},
    )
    assert made.status == 201, made.text()
    with server.runtime.session(actor=SYSTEM) as session:
        deal = begin_deal(
            session, demand_id=UUID(made.json()["id"]), quote_id=uuid4(), buyer_company_id=firm_id(BUYER),
            buyer_person_id=None, supplier_company_id=firm_id(SELLER), lines=LINES,
        )  # fmt: skip
        address = f"/deals/{deal.id}"
    inbox.open("/notices/preferences")
    inbox.page.goto(server.address + "/notices")
    expect(inbox.page.locator("#bell [data-count]")).to_be_visible()
    expect(inbox.page.locator("[data-fresh]")).to_be_hidden()
    before = int(inbox.page.locator("#bell [data-count]").inner_text())

    # The supplier proposes terms; the inbox that lies open says so without being asked.
    seller.open(address)
    seller.page.locator("summary", has_text="修改条款").click()
    seller.page.get_by_label("节点").fill("2027-01-10 首件检验\n第一批 100 套")
    seller.page.get_by_role("button", name="保存条款").click()
    expect(seller.page.locator("li", has_text="首件检验")).to_be_visible()
    seller.page.get_by_role("button", name="以供应方确认条款").click()
    expect(inbox.page.locator("[data-fresh]")).to_be_visible()
    assert int(inbox.page.locator("#bell [data-count]").inner_text()) > before
    inbox.page.locator("[data-fresh] a").click()
    inbox.page.locator("[data-notice] a", has_text="直线导轨两百套").first.click()
    inbox.page.wait_for_url(f"**{address}")
    buyer.open(address)
    buyer.page.get_by_role("button", name="以采购方确认条款").click()

    # A milestone is done, and taken back, and done.
    state_of(seller, "履行中")
    step = seller.page.locator("li", has_text="首件检验")
    for label in ("标记完成", "撤回", "标记完成"):
        step.get_by_role("button", name=label).click()
    state_of(buyer, "履行中")
    expect(buyer.page.locator("li", has_text="首件检验")).to_contain_text("完成于")
    buyer.sound()

    # What is delivered is not what was agreed; an operator hears both and lets it go on.
    seller.page.get_by_role("button", name="标记已交付").click()
    state_of(buyer, "已交付，待验收")
    speak(buyer, "提出争议", "有 12 套滑块有锈点")
    state_of(seller, "争议")
    expect(seller.page.get_by_text("有 12 套滑块有锈点")).to_be_visible()
    seller.sound()
    operator = enter("运营员 · 示例")
    operator.open(address)
    speak(operator, "结束争议，继续履行", "更换 12 套后重新交付")
    state_of(buyer, "履行中")
    expect(buyer.page.get_by_text("更换 12 套后重新交付")).to_be_visible()
    state_of(seller, "履行中")
    seller.page.get_by_role("button", name="标记已交付").click()
    state_of(buyer, "已交付，待验收")
    buyer.page.get_by_role("button", name="验收", exact=True).click()
    expect(buyer.page.locator("h1 + .row")).to_contain_text("已验收")
    buyer.sound()


def test_a_firm_registers_its_program_and_sends_again(
    enter: Callable[..., Watched], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.runtime.settings, "webhook_private", True)
    owner = enter(TRADERS[SELLER][0])
    page = owner.page
    with receiver() as program:
        owner.open(f"/companies/{firm_id(SELLER)}/webhooks")
        page.get_by_role("textbox", name="地址").fill(program.url)
        page.get_by_role("textbox", name="名称").fill("ERP 测试")
        page.get_by_role("button", name="登记").click()
        expect(page.locator("section.note")).to_contain_text("密钥只显示这一次")
        page.get_by_role("button", name="发送测试").click()

        def until(words: str) -> None:
            """Load the list again until the job has sent."""
            for _ in range(100):
                if words in cast("str", page.locator("section", has=page.locator("#sent")).inner_text()):
                    return
                page.wait_for_timeout(200)
                page.get_by_role("link", name="刷新").click()
            expect(page.locator("section", has=page.locator("#sent"))).to_contain_text(words)

        until("200")
        first = page.locator("li", has=page.get_by_role("button", name="重发")).first
        expect(first).to_contain_text("已送达")
        owner.sound()
        first.get_by_role("button", name="重发").click()
        for _ in range(100):
            if len(program.got) > 1:
                break
            page.wait_for_timeout(200)
        assert [one.id for one in program.got] == [program.got[0].id] * 2, "sent again under the same id"
        assert all("webhook-signature" in one.headers for one in program.got)

        program.status = 500
        page.get_by_role("button", name="发送测试").click()
        until("500")
        page.get_by_role("button", name="暂停").click()
        expect(page.locator(".tag", has_text="已暂停")).to_be_visible()
        page.locator("summary", has_text="删除推送地址").click()
        page.get_by_role("button", name="确认删除").click()
        expect(page.get_by_text("还没有推送地址")).to_be_visible()
        owner.sound()
