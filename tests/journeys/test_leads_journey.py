"""A salesperson at a gate and in a hall without a network: one lead in the team's pipeline, whatever happens between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PHONE, browser_path
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_scan_codes import accessible, frames

SELLERS = ("王敏 · 示例", "李强 · 示例")
CUSTOMERS = ("沈阳示例阀门厂", "鞍山示例铸造有限公司", "沈阳示例机电贸易有限公司")


def sign_in(context: BrowserContext, site: str, name: str) -> Page:
    """The page of somebody who signed in by the one tap of the demo accounts."""
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{site}/sign-in")
    page.get_by_role("button", name=name).click()
    page.wait_for_url(f"{site}/")
    return page


@pytest.fixture(scope="module")
def plates(chromium: Browser, site: str) -> dict[str, dict[str, Any]]:
    """Codes of the customers by name, each with its gate plate as a picture."""
    context = chromium.new_context()
    ask = sign_in(context, site, "运营员 · 示例").request
    firms = {one["name"]: one["id"] for one in ask.get(f"{site}/api/v1/companies?limit=50").json()["items"]}
    found = {}
    for name in CUSTOMERS:
        held = ask.get(f"{site}/api/v1/codes?company_id={firms[name]}&state=active").json()["items"]
        code = held[0] if held else ask.post(f"{site}/api/v1/codes", data={"company_id": firms[name]}).json()
        printed = ask.get(f"{site}/api/v1/codes/{code['code']}/print?layout=plate&format=png")
        found[name] = {**code, "png": printed.body()}
    context.close()
    return found


@pytest.fixture
def camera(
    chromium: Browser, plates: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser whose camera sees the first customer's gate plate."""
    film = tmp_path_factory.mktemp("gate") / "gate.mjpeg"
    film.write_bytes(b"".join(frames(plates[CUSTOMERS[0]]["png"])))
    browser = chromium.browser_type.launch(
        executable_path=browser_path(),
        args=[
            "--no-sandbox",
            "--disable-background-networking",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    yield browser
    browser.close()


def leads(page: Page, site: str, name: str) -> list[dict[str, Any]]:
    """The team's leads of a customer."""
    found: list[dict[str, Any]] = page.request.get(f"{site}/api/v1/leads?q={name}").json()["items"]
    return found


def test_one_lead_from_a_gate(camera: Browser, chromium: Browser, site: str) -> None:
    page = sign_in(camera.new_context(locale="zh-CN", viewport=PHONE), site, SELLERS[0])
    page.goto(f"{site}/scan")
    page.get_by_label("场合").fill("2026 沈阳制博会")
    page.get_by_label("地点").fill("2 号馆")
    page.get_by_role("button", name="打开摄像头").click()
    page.wait_for_url(re.compile(r"/c/\w+\?s="), timeout=60_000)
    expect(page.get_by_text("已是您负责的线索")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="打开线索").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CUSTOMERS[0])
    (lead,) = leads(page, site, CUSTOMERS[0])
    assert (lead["owner"], lead["scans"], lead["occasion"]) == (SELLERS[0], 1, "2026 沈阳制博会")
    accessible(page)
    page.get_by_label("要做什么").fill("寄样品")
    page.get_by_role("button", name="保存").first.click()
    page.goto(f"{site}/leads")
    expect(page.get_by_role("link", name=re.compile(f"{CUSTOMERS[0]}.*寄样品"))).to_have_count(1)
    accessible(page)
    # A colleague at the same gate sees who has it, and there is still one.
    other = chromium.new_context(locale="zh-CN", viewport=PHONE)
    colleague = sign_in(other, site, SELLERS[1])
    colleague.goto(f"{site}/scan")
    colleague.get_by_label("企业码").fill(lead_code(colleague, site, lead))
    colleague.get_by_label("企业码").press("Enter")
    colleague.get_by_role("button", name="记入").click()
    expect(colleague.get_by_text(f"同事{SELLERS[0]}正在负责这家企业")).to_be_visible()
    assert len(leads(colleague, site, CUSTOMERS[0])) == 1
    other.close()


def lead_code(page: Page, site: str, lead: dict[str, Any]) -> str:
    lines = page.request.get(f"{site}/api/v1/leads/{lead['id']}/timeline").json()["items"]
    return str(next(line["data"]["code"] for line in lines if line["kind"] == "scan"))


def test_scans_wait_for_a_network(
    chromium: Browser, site: str, plates: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    context = chromium.new_context(locale="zh-CN", viewport=PHONE)
    page = sign_in(context, site, SELLERS[1])
    page.goto(f"{site}/scan")
    page.wait_for_selector("html[data-offline=ready]", state="attached")
    context.set_offline(True)
    # The page opens though there is no network, and scans are kept.
    page.goto(f"{site}/scan")
    for number, name in enumerate(CUSTOMERS[1:], 1):
        picture = tmp_path / f"{number}.png"
        picture.write_bytes(plates[name]["png"])
        page.locator("#scan-file").set_input_files(picture)
        expect(page.locator("#scan-queue-said")).to_contain_text(f"{number} 次扫码待同步")
    # The phone's own camera opens the code's address: kept as well, as the same visit.
    page.goto(site + plates[CUSTOMERS[1]]["path"])
    expect(page.locator("#scan-queue-said")).to_contain_text("3 次扫码待同步")
    accessible(page)
    context.set_offline(False)
    expect(page.locator("#scan-queue-said")).to_contain_text("已同步 3 次扫码")
    page.goto(f"{site}/leads")
    expect(page.locator("#scan-queue")).to_be_hidden()
    for name in CUSTOMERS[1:]:
        (lead,) = leads(page, site, name)
        assert (lead["owner"], lead["scans"]) == (SELLERS[1], 1)
    # Who comes after on this device is not shown the pages of the one before.
    page.goto(f"{site}/account")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(lambda url: "/account" not in url)
    for _ in range(200):
        if not page.evaluate("caches.has('pages')"):
            break
        page.wait_for_timeout(100)
    assert not page.evaluate("caches.has('pages')")
    context.close()


def test_a_team_from_list_to_board(chromium: Browser, site: str) -> None:
    context = chromium.new_context(locale="zh-CN", viewport=PHONE)
    page = sign_in(context, site, "赵经理 · 示例")
    for address in ("/leads", "/leads/board", "/leads?lang=en", "/leads/board?lang=zh"):
        page.goto(site + address)
        accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
    context.close()
