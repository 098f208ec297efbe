"""A page under watch: what goes wrong on it, and whether it is fit for a phone."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page


@dataclass
class Watched:
    """A page and everything that went wrong on it."""

    page: Page
    site: str
    wrong: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Go there, and see that it is sound."""
        self.page.goto(self.site + address)
        self.sound()

    def sound(self) -> None:
        """No horizontal scroll, nothing too small to tap, no console error, no failed or foreign request."""
        self.page.wait_for_load_state("networkidle")
        assert not self.wrong, self.wrong
        wider = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{self.page.url} is {wider} px wider than the screen"
        small = self.page.evaluate(_SMALL_TARGETS)
        assert not small, f"{self.page.url}: below 44 px: {small}"


_SMALL_TARGETS = """() => [...document.querySelectorAll('a.btn, button, input, select, summary, nav a')]
  .filter(e => e.type !== 'hidden' && e.type !== 'radio' && e.type !== 'checkbox' && e.offsetParent)
  .filter(e => e.getBoundingClientRect().height < 44)
  .map(e => e.outerHTML.slice(0, 80))"""
