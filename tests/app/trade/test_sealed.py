"""Sealed quotes, looked for wherever anybody but their firm might come upon them before the deadline."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

from sqlalchemy import select
from sqlmodel import col
from starlette.testclient import TestClient

from app.accounts.keys import make_key
from app.accounts.policy import SCOPES
from app.core.actor import SYSTEM
from app.core.ids import new_id
from app.core.runtime import Runtime
from app.notify.models import Notice
from app.notify.webhook_models import Webhook, WebhookDelivery
from tests.app.clients import another_client
from tests.app.trade_helpers import Market, sent

Make = Callable[..., Market]

PRICES = ("31847.19", "52963.28")
SHOWN = ("847.19", "963.28")
"""How they end however thousands are set apart; the point is in no id."""
LATER = "2099-01-01T00:00:00Z"


def sealed_market(market: Make) -> tuple[Market, dict[str, Any]]:
    """A sealed demand, one firm invited and one that came by itself, both with a quote; the quote of the first."""
    trade = market(2, sealed=True, quotes_until=LATER)
    invited = {"demand_id": trade.demand_id, "company_ids": [trade.suppliers[0].company_id]}
    sent(trade.buyer, "/api/v1/inquiries", 201, **invited)
    first = trade.quote(0, PRICES[0], "4000")
    trade.quote(1, PRICES[1], "4000")
    return trade, first


def read(who: TestClient, path: str, **headers: str) -> str:
    """What a page or an answer says; a workbook unpacked."""
    answer = who.get(path, headers=headers)
    if answer.content.startswith(b"PK"):
        with ZipFile(BytesIO(answer.content)) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return answer.text


def test_no_price_is_told_to_buyer_operator_competitor_or_key(
    market: Make, sign_in: Callable[..., TestClient]
) -> None:
    trade, quote = sealed_market(market)
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        token = make_key(session, name="采购系统", scopes=SCOPES, company_id=UUID(trade.buyer_id)).token
    program = another_client(trade.api, headers={"Authorization": f"Bearer {token}"})
    demand, one = f"/api/v1/demands/{trade.demand_id}", f"/api/v1/quotes/{quote['id']}"
    paths = (
        one, f"{one}/versions", f"/api/v1/quotes?demand_id={trade.demand_id}", f"{demand}/comparison",
        f"{demand}/comparison.xlsx", demand, f"/api/v1/inquiries?demand_id={trade.demand_id}",
        "/api/v1/me/demands", "/api/v1/me/notices", "/api/v1/awards",
    )  # fmt: skip
    pages = (f"/demands/{trade.demand_id}/quotes", f"/demands/{trade.demand_id}", "/my/demands", "/notices")
    readers = {
        "buyer": trade.buyer,
        "operator": sign_in(divisions=["100000"]),
        "competitor": trade.suppliers[1].browser,
        "key": program,
    }
    assert SHOWN[0] in read(trade.suppliers[0].browser, one), "its own firm reads it"
    for name, who in readers.items():
        said = {path: read(who, path) for path in paths}
        said |= {path: read(who, path, accept="text/html") for path in pages}
        for path, words in said.items():
            others = SHOWN[:1] if name == "competitor" else SHOWN
            assert not [price for price in others if price in words], f"{name}: {path}"


def test_who_quoted_is_not_told_either(market: Make) -> None:
    trade = market(2, sealed=True, quotes_until=LATER)
    runtime: Runtime = trade.api.state.runtime
    with runtime.session(actor=SYSTEM) as session:
        hook = Webhook(id=new_id(), company_id=UUID(trade.buyer_id), url="https://a.example/")
        session.add(hook)
    invited = {"demand_id": trade.demand_id, "company_ids": [one.company_id for one in trade.suppliers]}
    sent(trade.buyer, "/api/v1/inquiries", 201, **invited)
    trade.quote(0, PRICES[0], "4000")
    with runtime.session(writing=False, actor=SYSTEM) as session:
        told = session.scalars(select(Notice).where(col(Notice.company_id) == UUID(trade.buyer_id))).all()
        sent_on = session.scalars(
            select(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == hook.id)
        ).all()
    assert [one.data["company"] for one in told if one.kind == "quote.received"] == ["***"]
    assert ["沈阳供货测试1厂" in one.body for one in sent_on if one.kind == "quote.received"] == [False]

    def states(who: TestClient, **query: str) -> list[tuple[str, str]]:
        found = who.get("/api/v1/inquiries", params={"demand_id": trade.demand_id, **query}).json()["items"]
        return sorted((one["company"], one["state"]) for one in found)

    first, second = "沈阳供货测试1厂", "沈阳供货测试2厂"
    assert states(trade.buyer) == [(first, "interested"), (second, "invited")]
    assert states(trade.buyer, state="quoted") == []
    assert states(trade.buyer, state="interested") == [(first, "interested")]
    assert states(trade.suppliers[0].browser, state="quoted") == [(first, "quoted")]
    assert "已报价" not in trade.buyer.get(f"/demands/{trade.demand_id}/quotes").text
