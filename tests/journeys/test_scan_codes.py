"""Scanning in a real browser: a gate plate through a camera, a picture, by hand; and the page a phone gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from conftest import browser_path
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from watched import Watched

FRAME = (1280, 720)


@pytest.fixture(scope="module")
def operator_page(chromium: Browser, site: str) -> Iterator[Page]:
    """A browser in which an operator has signed in."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/sign-in")
    page.get_by_role("button", name="运营员 · 示例").click()
    page.wait_for_url(f"{site}/")
    yield page
    context.close()


@pytest.fixture(scope="module")
def plate(operator_page: Page, site: str) -> dict[str, Any]:
    """The signed path of the first firm's code, and its gate plate as a picture."""
    ask = operator_page.request
    (firm,) = [
        one
        for one in ask.get(f"{site}/api/v1/companies?limit=50").json()["items"]
        if one["name"] == "沈阳示例泵业有限公司"
    ]
    where = f"{site}/api/v1/companies/{firm['id']}"
    change = {"contact_name": "陈工", "phone": "024-88888888", "email": "chen@example.com"}
    assert ask.patch(where, data=change, headers={"If-Match": "*"}).ok
    issued = ask.post(f"{site}/api/v1/codes", data={"company_id": firm["id"]})
    assert issued.ok, issued.text()
    code: dict[str, Any] = issued.json()
    printed = ask.get(f"{site}/api/v1/codes/{code['code']}/print?layout=plate&format=png")
    return {**code, "firm": firm["name"], "png": printed.body()}


@pytest.fixture(scope="module")
def camera(
    chromium: Browser, plate: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser whose camera sees the gate plate from a little to one side."""
    film = tmp_path_factory.mktemp("camera") / "gate.mjpeg"
    film.write_bytes(b"".join(frames(plate["png"])))
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


def frames(png: bytes) -> Iterator[bytes]:
    """A second of film: the plate on a grey wall, turned by a few degrees, kept as JPEG."""
    sign = (
        Image.open(BytesIO(png))
        .convert("RGB")
        .resize((1000, 600))
        .rotate(4, expand=True, fillcolor=(120, 120, 115))
    )
    for step in range(10):
        wall = Image.new("RGB", FRAME, (120, 120, 115))
        wall.paste(sign, (90 + step * 4, 30))
        kept = BytesIO()
        wall.save(kept, "JPEG", quality=80)
        yield kept.getvalue()


def test_a_gate_plate_through_a_camera(camera: Browser, site: str, plate: dict[str, Any]) -> None:
    page = camera.new_context(locale="zh-CN").new_page()
    page.goto(f"{site}/scan")
    page.get_by_role("button", name="打开摄像头").click()
    page.wait_for_url(re.compile(f"/c/{plate['code']}\\?s="), timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_have_text(plate["firm"])
    page.get_by_text("核验依据").click()
    expect(page.get_by_text("二维码签名有效")).to_be_visible()


def test_a_picture_and_by_hand(phone: Watched, plate: dict[str, Any], tmp_path: Path) -> None:
    page = phone.page
    picture, wall = tmp_path / "plate.png", tmp_path / "wall.png"
    picture.write_bytes(plate["png"])
    Image.new("RGB", (300, 300), "grey").save(wall)
    phone.open("/scan")
    page.locator("#scan-file").set_input_files(wall)
    expect(page.locator("#scan-said")).to_contain_text("没有找到企业码")
    page.locator("#scan-file").set_input_files(picture)
    page.wait_for_url(re.compile(f"/c/{plate['code']}\\?s="))
    phone.sound()
    phone.open("/scan")
    page.get_by_label("企业码").fill(plate["code"][:-1])
    page.get_by_label("企业码").press("Enter")
    expect(page.locator("#code-error")).to_contain_text("应为 10 位")
    page.get_by_label("企业码").fill(plate["printed"].lower())
    page.get_by_label("企业码").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(plate["firm"])
    phone.sound()


def test_the_page_a_phone_gets(phone: Watched, plate: dict[str, Any]) -> None:
    page = phone.page
    received: list[int] = []
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda got: received.append(got["encodedDataLength"]))
    phone.open(plate["path"])
    assert 0 < sum(received) < 60_000, f"{sum(received)} bytes over the wire"
    for name in ("询价", "导航", "存通讯录"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(page.get_by_role("button", name="分享")).to_be_visible()
    expect(page.get_by_text("024****8888")).to_be_visible()
    expect(page.get_by_role("link", name="拨打")).to_have_count(0)
    accessible(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="存通讯录").click()
    assert saved.value.suggested_filename == "contact.vcf"
    page.get_by_role("link", name="询价").click()
    page.wait_for_url(re.compile("/demands/new\\?.*title="))
    expect(page.get_by_label("需求标题")).to_have_value(re.compile("示例"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_legible_in_both_schemes(phone: Watched, plate: dict[str, Any], scheme: Any) -> None:
    phone.page.emulate_media(color_scheme=scheme)
    for address in (plate["path"], f"/c/{plate['code']}?lang=en", "/scan?lang=zh"):
        phone.open(address)
        accessible(phone.page)


def test_each_wrong_code_gets_its_page(
    phone: Watched, operator_page: Page, site: str, plate: dict[str, Any]
) -> None:
    ask = operator_page.request
    firm = next(
        one for one in ask.get(f"{site}/api/v1/companies?limit=50").json()["items"] if "铸造" in one["name"]
    )
    held = ask.get(f"{site}/api/v1/codes?company_id={firm['id']}&state=active").json()["items"]
    old = held[0] if held else ask.post(f"{site}/api/v1/codes", data={"company_id": firm["id"]}).json()
    fresh = ask.post(f"{site}/api/v1/codes/{old['code']}/replace", data={"reason": "磨损"}).json()
    phone.open(old["path"])
    assert f"/c/{fresh['code']}" in phone.page.url
    assert ask.post(f"{site}/api/v1/codes/{fresh['code']}/revoke", data={"reason": "被盗"}).ok
    before, signature = plate["path"].rsplit(".", 1)
    for address, status, words in (
        (fresh["path"], 410, "已被吊销"),
        (f"{before}.{signature[::-1]}", 403, "假码"),
        (f"/c/{plate['code'][:-1]}", 400, "抄错"),
    ):
        answer = phone.page.goto(site + address)
        assert answer is not None
        assert answer.status == status
        expect(phone.page.get_by_role("heading", level=1)).to_contain_text(words)
        assert firm["name"] not in phone.page.content()
        accessible(phone.page)


def accessible(page: Page) -> None:
    """What Lighthouse looks at: language, one heading of the first level, names of controls, contrast of text."""
    found = page.evaluate(_CHECKS)
    assert not found, found


_CHECKS = r"""() => {
  const wrong = [];
  if (!/^(zh-CN|en)$/.test(document.documentElement.lang)) wrong.push("lang");
  if (!document.querySelector('meta[name=viewport]')) wrong.push("viewport");
  if (!document.title.trim()) wrong.push("title");
  if (document.querySelectorAll("h1").length !== 1) wrong.push("h1");
  let level = 1;
  for (const h of document.querySelectorAll("h1,h2,h3,h4")) {
    const now = +h.tagName[1];
    if (now > level + 1) wrong.push("heading skipped: " + h.textContent);
    level = now;
  }
  for (const e of document.querySelectorAll("a,button,input,select,textarea")) {
    if (!e.checkVisibility() || e.type === "hidden") continue;
    const name = e.getAttribute("aria-label") || e.innerText || (e.labels && e.labels[0] && e.labels[0].innerText) || e.title;
    if (!name || !name.trim()) wrong.push("no name: " + e.outerHTML.slice(0, 80));
  }
  for (const i of document.images) if (!i.hasAttribute("alt")) wrong.push("no alt: " + i.src);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push("id twice: " + id);
  const parse = (c) => (c.match(/[\d.]+/g) || []).map(Number);
  const channel = (v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c.slice(0, 3);
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [14, 20, 19] : [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !e.checkVisibility() || e.closest(".visually-hidden, .skip")) continue;
    const style = getComputedStyle(e);
    const [a, b] = [luminance(parse(style.color)), luminance(behind(e))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && +style.fontWeight >= 700);
    const ratio = (a + .05) / (b + .05);
    if (ratio < (large ? 3 : 4.5)) wrong.push(`contrast ${ratio.toFixed(2)}: ${e.textContent.slice(0, 30)}`);
  }
  return wrong;
}"""
