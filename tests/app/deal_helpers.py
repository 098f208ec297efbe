"""Deals between two firms, with somebody signed in on each side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.deals.schemas import DealLine
from app.deals.service import begin_deal

LINES = [
    DealLine(name="离心泵", quantity=20, unit="台", unit_price=3200, amount=64000, lead_days=30),
    DealLine(name="备件", quantity=1, unit="套", unit_price=1200, amount=1200, lead_days=10),
]


@dataclass(frozen=True)
class Trade:
    """A deal with somebody on each side and an operator."""

    deal_id: UUID
    demand_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    buyer: TestClient
    supplier: TestClient
    operator: TestClient

    def who(self, side: str) -> TestClient:
        """The signed-in browser of a side."""
        browser: TestClient = getattr(self, side)
        return browser

    def do(self, by: str, action: str, status: int = 200, /, **said: Any) -> dict[str, Any]:
        """Make a move through the API; gives the answer."""
        answer = self.who(by).post(f"/api/v1/deals/{self.deal_id}/{action}", json=said or None)
        assert answer.status_code == status, f"{by} {action}: {answer.text}"
        body: dict[str, Any] = answer.json()
        return body

    def rate(self, side: str, mark: int = 5, status: int = 201, **said: Any) -> dict[str, Any]:
        """Write a review whose every score is ``mark``."""
        criteria = ("timing", "quality", "packing", "communication")
        if side == "supplier":
            criteria = ("payment", "clarity", "communication")
        body = {"side": side, "scores": dict.fromkeys(criteria, mark), **said}
        answer = self.who(side).post(f"/api/v1/deals/{self.deal_id}/reviews", json=body)
        assert answer.status_code == status, answer.text
        review: dict[str, Any] = answer.json()
        return review


def begin_trade(
    api: FastAPI,
    firm: Callable[[str], UUID],
    sign_in: Callable[..., TestClient],
    *,
    supplier_id: UUID | None = None,
    lines: list[DealLine] = LINES,
) -> Trade:
    """A deal just begun, between firms of its own or with the supplier given."""
    buyer_id = firm("沈阳采购测试有限公司")
    supplier_id = supplier_id or firm("沈阳供货测试有限公司")
    buyer = sign_in(seats={str(buyer_id): "buyer"})
    supplier = sign_in(seats={str(supplier_id): "sales"})
    demand = buyer.post("/api/v1/demands", json={"title": "采购离心泵20台", "city": "沈阳"}).json()
    with api.state.runtime.session(actor=SYSTEM) as session:
        deal = begin_deal(
            session,
            demand_id=UUID(demand["id"]),
            quote_id=uuid4(),
            buyer_company_id=buyer_id,
            buyer_person_id=None,
            supplier_company_id=supplier_id,
            lines=lines,
        )
    return Trade(
        deal.id,
        UUID(demand["id"]),
        buyer_id,
        supplier_id,
        buyer,
        supplier,
        sign_in(divisions=["210100"]),
    )


def ready_for(path: str, trade: Trade) -> tuple[TestClient, dict[str, Any]]:
    """Bring a deal to where an operation of the API can be done; gives who does it and what to put into the path."""
    ids: dict[str, Any] = {"deal_id": trade.deal_id, "position": 0}
    action = path.removeprefix("/api/v1/deals/{deal_id}/")
    if action in ("terms", "confirm"):
        return trade.buyer, ids
    terms = {"milestones": [{"name": "首件检验"}]}
    revised = trade.buyer.put(f"/api/v1/deals/{trade.deal_id}/terms", json=terms, headers={"If-Match": "*"})
    assert revised.is_success, revised.text
    for side in ("buyer", "supplier"):
        trade.do(side, "confirm", side=side)
    if action.startswith("milestones"):
        return trade.supplier, ids
    if action in ("resume", "annul"):
        trade.do("buyer", "dispute", note="三台漏水")
        return trade.operator if action == "annul" else trade.buyer, ids
    if "reviews" in path:
        trade.do("supplier", "deliver")
        if path.endswith("/answer"):
            ids["review_id"] = trade.rate("buyer")["id"]
            trade.rate("supplier")
            return trade.supplier, ids
    return trade.buyer, ids
