"""Every page of a buyer, a seller and an operator at 360 px, in both languages: nothing sticks out, every control has a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from conftest import DESK, TRADERS, Server, firm_id
from playwright.sync_api import ViewportSize
from watched import Watched

from app.core.actor import SYSTEM
from app.deals.schemas import DealLine
from app.deals.service import begin_deal

NARROW: ViewportSize = {"width": 360, "height": 740}
BUYER, SELLER = list(TRADERS)[:2]
FIRM = f"/companies/{firm_id(SELLER)}"
OPERATORS = "运营员 · 示例"
PAGES: dict[str, tuple[str, ...]] = {
    TRADERS[BUYER][0]: ("/", "/demands", "/demands/new", "/my/demands", "/my/templates", "/deals", "/notices", "/notices/preferences", "/account"),
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

_OUT_OF_CARD = """() => [...document.querySelectorAll('.card')].flatMap(card => [...card.querySelectorAll('*')]
  .filter(e => e.offsetParent && e.getBoundingClientRect().right > card.getBoundingClientRect().right + 1)
  .map(e => e.outerHTML.slice(0, 100)))"""


@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_and_everything_has_a_name(enter: Callable[..., Watched], name: str) -> None:
    who = enter(name)
    fits(who, *PAGES[name])


def test_single_demands_quotes_answers_and_deals_fit_a_narrow_screen(
    enter: Callable[..., Watched], server: Server
) -> None:
    buyer, seller = enter(TRADERS[BUYER][0]), enter(TRADERS[SELLER][0])

    def send(who: Watched, address: str, **said: Any) -> Any:
        answer = who.page.request.post(
            f"{who.site}/api/v1/{address}", data=said or None, headers={"origin": who.site}
        )
        assert answer.ok, answer.text()
        return answer.json()

    title = "数控龙门加工中心用高精度重载直线导轨副及滑块组件（含防尘、配轨、切长、试装）"
    lines = [
        {
            "name": "直线导轨副 HGR45R-3000L-H 级",
            "quantity": 1234567,
            "unit": "套",
            "specs": {"精度": "H 级"},
        },
        {"name": "滑块", "quantity": 8, "unit": "件"},
    ]
    demand = send(buyer, "demands", title=title, description="送到沈阳铁西，分三批", lines=lines)["id"]
    held = buyer.page.request.get(f"{buyer.site}/api/v1/demands/{demand}").json()["lines"]
    offers = [{"demand_line_id": one["id"], "unit_price": "12345.6789", "lead_days": 45} for one in held]
    firm = {"company_id": str(firm_id(SELLER))}
    quote = send(seller, "quotes", demand_id=demand, **firm, lines=offers, note="含税" * 60)
    send(seller, f"demands/{demand}/questions", question="端盖要不要带刮油片？" * 8, **firm)
    fits(buyer, f"/demands/{demand}", f"/demands/{demand}/quotes", f"/demands/{demand}/edit")
    fits(seller, f"/demands/{demand}/answer", f"/reports/new?subject=quote&of={quote['id']}")
    with server.runtime.session(actor=SYSTEM) as session:
        deal = begin_deal(
            session, demand_id=UUID(demand), quote_id=UUID(quote["id"]), buyer_company_id=firm_id(BUYER),
            buyer_person_id=None, supplier_company_id=firm_id(SELLER),
            lines=[DealLine(name=lines[0]["name"], quantity=1234567, unit="套", unit_price=96, amount=118518432)],
        )  # fmt: skip
    fits(buyer, f"/deals/{deal.id}", "/inquiries", "/demands")
    fits(seller, f"/deals/{deal.id}", "/inquiries")


def fits(who: Watched, *addresses: str) -> None:
    """Nothing sticks out at 360 px, and every control has a name, in both languages."""
    who.page.set_viewport_size(NARROW)
    for address in addresses:
        for language in ("zh", "en"):
            who.page.goto(f"{who.site}{address}{'&' if '?' in address else '?'}lang={language}")
            assert not who.wrong, who.wrong
            wider = who.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wider <= 0, f"{address} in {language} is {wider} px wider than the screen"
            unnamed = who.page.evaluate(_UNNAMED)
            assert not unnamed, f"{address} in {language}: {unnamed}"


@pytest.mark.parametrize("form", ["machining", "logistics", "construction"])
def test_the_fields_of_a_form_stay_in_their_card_on_a_desk(enter: Callable[..., Watched], form: str) -> None:
    buyer = enter(TRADERS[BUYER][0], DESK)
    buyer.open(f"/demands/new?form={form}")
    assert buyer.page.evaluate(_OUT_OF_CARD) == []
