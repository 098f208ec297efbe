"""Two firms with their people, and deals between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
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

    def do(self, side: str, action: str, status: int = 200, **said: Any) -> dict[str, Any]:
        """Make a move through the API; gives the answer."""
        answer = self.who(side).post(f"/api/v1/deals/{self.deal_id}/{action}", json=said or None)
        assert answer.status_code == status, f"{side} {action}: {answer.text}"
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


@pytest.fixture
def firm(client: TestClient, new_uscc: Callable[[], str]) -> Callable[[str], UUID]:
    """Registers a firm and gives its id."""

    def make(name: str) -> UUID:
        said = {
            "uscc": new_uscc(),
            "name": name,
            "address": "沈阳市铁西区北二路1号",
            "business_scope": "水泵制造",
        }
        answer = client.post("/api/v1/companies", json=said)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    return make


@pytest.fixture
def trade(
    api: FastAPI, firm: Callable[[str], UUID], sign_in: Callable[..., TestClient]
) -> Callable[..., Trade]:
    """Begins a deal: between firms of its own, or with the supplier given."""

    def begin(*, supplier_id: UUID | None = None, lines: list[DealLine] = LINES) -> Trade:
        buyer_id = firm("沈阳采购测试有限公司")
        supplier_id = supplier_id or firm("沈阳供货测试有限公司")
        buyer = sign_in(seats={str(buyer_id): "buyer"})
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
            sign_in(seats={str(supplier_id): "sales"}),
            sign_in(divisions=["210100"]),
        )

    return begin
