"""The main pages under axe-core in a real browser, and by keyboard alone: WCAG 2.2 AA, headings in order, a focus that shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from conftest import DESK, TRADERS, firm_id
from playwright.sync_api import expect
from watched import Watched

# A dozen pages under some ninety rules: minutes on a busy machine.
pytestmark = pytest.mark.timeout(400)
BUYER, SELLER = list(TRADERS)[:2]
FIRM = f"/companies/{firm_id(SELLER)}"
OPERATOR = "运营员 · 示例"
PAGES: dict[str, tuple[str, ...]] = {
    TRADERS[BUYER][0]: (
        "/", "/search?q=直线导轨", "/match?text=采购直线导轨滑块，送到沈阳铁西", "/demands", "/demands/new",
        "/demands/new?form=machining", "/my/demands", "/my/templates", "/deals", "/notices", "/notices/preferences", "/account",
    ),
    TRADERS[SELLER][0]: (
        FIRM, f"{FIRM}/demands", f"{FIRM}/team", f"{FIRM}/webhooks", f"{FIRM}/fair-play", "/inquiries", "/leads",
        "/leads/board", "/scan",
    ),
    OPERATOR: ("/reports", "/claims", "/words", "/kinds", "/demands?state=in_review"),
}  # fmt: skip
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules });
  return { passes: found.passes.length, wrong: found.violations.map((one) => [
    one.id, one.help, ...one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120))]) };
}"""
# What shows where the focus is: an outline, or a ring drawn by the label or the box around it.
_SHOWS = """() => {
  const active = document.activeElement;
  return [active, active.nextElementSibling, active.closest(".finder")]
    .some((e) => e && getComputedStyle(e).outlineStyle !== "none" && parseFloat(getComputedStyle(e).outlineWidth) >= 2);
}"""


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(enter: Callable[..., Watched], name: str) -> None:
    who = enter(name, DESK)
    wrong = {}
    for address in PAGES[name]:
        who.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        who.page.goto(who.site + address)
        who.page.evaluate(AXE)
        found = who.page.evaluate(_RUN, RULES)
        assert found["passes"] > 10, "axe did not look"
        # By night only the colours are others.
        who.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found["wrong"] += who.page.evaluate(_RUN, ["color-contrast"])["wrong"]
        if found["wrong"]:
            wrong[address] = found["wrong"]
    assert not wrong, wrong


def test_every_stop_of_the_tab_key_shows(enter: Callable[..., Watched]) -> None:
    who = enter(TRADERS[BUYER][0], DESK)
    for address in ("/", "/demands/new", "/search?q=直线导轨", "/notices", "/account"):
        who.page.goto(who.site + address)
        who.page.evaluate("document.activeElement.blur()")
        seen: list[str] = []
        for _ in range(200):
            who.page.keyboard.press("Tab")
            stop = who.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
            if stop.startswith("<body"):
                break
            seen.append(stop)
            assert who.page.evaluate(_SHOWS), f"{address}: no focus shows on {stop}"
        assert len(seen) > 8, f"{address}: {seen}"


def test_the_skip_link_comes_first_and_leads_to_the_content(enter: Callable[..., Watched]) -> None:
    who = enter(TRADERS[BUYER][0], DESK)
    who.page.goto(who.site + "/demands")
    who.page.keyboard.press("Tab")
    expect(who.page.get_by_role("link", name="跳到正文")).to_be_focused()
    expect(who.page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    who.page.keyboard.press("Enter")
    assert who.page.evaluate("document.activeElement.id") == "main"
    who.page.keyboard.press("Tab")
    assert who.page.evaluate("document.querySelector('main').contains(document.activeElement)")
