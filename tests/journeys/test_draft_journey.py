"""A buyer types a demand: it saves itself, says what it could not keep, waits while offline, and asks on a conflict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from conftest import TRADERS
from playwright.sync_api import expect
from watched import Watched

BUYER = next(iter(TRADERS.values()))[0]


def test_a_draft_saves_itself_and_nothing_is_lost(enter: Callable[..., Watched]) -> None:
    buyer = enter(BUYER)
    page, line = buyer.page, buyer.page.locator("#autosave")
    buyer.open("/demands/new")
    page.get_by_label("需求标题").fill("采购铸铁划线平台")
    page.get_by_text("交付、预算、期限与可见范围").click()
    page.get_by_label("预算上限（元）").fill("十万左右")
    expect(line).to_contain_text("已自动保存")
    expect(line).to_contain_text("未保存：预算上限（元）：")
    page.wait_for_url("**/demands/*/edit")
    buyer.sound()
    # The page is left in the moment of typing, before the pause after the last key is over: its timers stand still.
    address = page.url.removeprefix(buyer.site)
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(days=1))
    buyer.open(address)
    page.get_by_label("具体要求").fill("一级精度，带支架")
    page.goto(f"{buyer.site}/my/demands?state=draft")
    page.clock.resume()
    page.get_by_role("link", name="采购铸铁划线平台", exact=True).wait_for()
    page.wait_for_function(
        "async (at) => { const form = new DOMParser().parseFromString(await (await fetch(at)).text(), 'text/html');"
        " return form.querySelector('#description').value === '一级精度，带支架'; }",
        arg=address,
    )
    buyer.open(address)
    page.get_by_role("button", name="保存并发布").click()
    page.wait_for_url(lambda url: "/edit" not in url)
    expect(page.get_by_text("征集中").first).to_be_visible()


def test_a_draft_waits_while_offline_and_asks_on_a_conflict(enter: Callable[..., Watched]) -> None:
    buyer = enter(BUYER)
    page, line = buyer.page, buyer.page.locator("#autosave")
    buyer.open("/demands/new?lang=zh")
    page.get_by_label("采购单位").fill("示例机械一分厂")
    page.get_by_label("需求标题").fill("采购平口虎钳")
    page.wait_for_url("**/demands/*/edit")
    page.context.set_offline(True)
    page.get_by_label("采购单位").fill("示例机械二分厂")
    expect(line).to_have_text("离线，稍后重试")
    page.context.set_offline(False)
    expect(line).to_contain_text("已自动保存")

    at = page.url.removesuffix("/edit").replace("/demands/", "/api/v1/demands/")
    seen = page.request.get(at)
    assert seen.json()["buyer"] == "示例机械二分厂"
    changed = page.request.patch(
        at, data={"title": "别处改的标题"}, headers={"if-match": seen.headers["etag"], "origin": buyer.site}
    )
    assert changed.ok, changed.text()
    page.get_by_label("采购单位").fill("示例机械三分厂")
    expect(line).to_contain_text("在别处改过")
    assert page.request.get(at).json()["title"] == "别处改的标题"
    line.get_by_role("button", name="以这里为准").click()
    expect(line).to_contain_text("已自动保存")
    kept = page.request.get(at).json()
    assert (kept["title"], kept["buyer"]) == ("采购平口虎钳", "示例机械三分厂")
