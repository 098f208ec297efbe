"""Every page of a buyer, a seller and an operator at 360 px, in both languages: nothing sticks out, every control has a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import TRADERS, firm_id
from playwright.sync_api import ViewportSize
from watched import Watched

NARROW: ViewportSize = {"width": 360, "height": 740}
BUYER, SELLER = list(TRADERS)[:2]
FIRM = f"/companies/{firm_id(SELLER)}"
OPERATORS = "运营员 · 示例"
PAGES: dict[str, tuple[str, ...]] = {
    TRADERS[BUYER][0]: ("/", "/demands", "/demands/new", "/deals", "/notices", "/notices/preferences", "/account"),
    TRADERS[SELLER][0]: (
        "/inquiries", "/leads", "/leads/board", "/scan", FIRM, f"{FIRM}/demands", f"{FIRM}/team", f"{FIRM}/webhooks",
        f"{FIRM}/fair-play",
    ),
    OPERATORS: ("/reports", "/claims", "/words", "/kinds", "/search", "/match?text=直线导轨"),
}  # fmt: skip
_UNNAMED = """() => [...document.querySelectorAll('input, select, textarea, button, a[href]')]
  .filter(e => e.type !== 'hidden' && e.offsetParent)
  .filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')
    && !(/^(A|BUTTON)$/.test(e.tagName) && e.textContent.trim()))
  .map(e => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_and_everything_has_a_name(enter: Callable[..., Watched], name: str) -> None:
    who = enter(name)
    who.page.set_viewport_size(NARROW)
    for address in PAGES[name]:
        for language in ("zh", "en"):
            who.page.goto(f"{who.site}{address}{'&' if '?' in address else '?'}lang={language}")
            assert not who.wrong, who.wrong
            wider = who.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wider <= 0, f"{address} in {language} is {wider} px wider than the screen"
            unnamed = who.page.evaluate(_UNNAMED)
            assert not unnamed, f"{address} in {language}: {unnamed}"
