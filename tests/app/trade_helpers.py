"""A demand with two lines, its buyer, and firms that may quote for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from starlette.testclient import TestClient

LINES = [{"name": "离心泵", "quantity": 20, "unit": "台"}, {"name": "钢管", "quantity": 2, "unit": "吨"}]


@dataclass
class Supplier:
    """A firm with somebody who sells for it."""

    company_id: str
    browser: TestClient

    def post(self, path: str, status: int = 200, **said: Any) -> dict[str, Any]:
        """Send JSON, expecting a status."""
        return sent(self.browser, path, status, **said)


@dataclass
class Market:
    """One demand with everybody around it."""

    api: FastAPI
    demand: dict[str, Any]
    buyer_id: str
    buyer: TestClient
    suppliers: list[Supplier] = field(default_factory=list)

    @property
    def demand_id(self) -> str:
        """Its id."""
        return str(self.demand["id"])

    def state(self) -> str:
        """The demand's state now."""
        return str(self.buyer.get(f"/api/v1/demands/{self.demand_id}").json()["state"])

    def terms(self, *prices: str | None, **more: Any) -> dict[str, Any]:
        """A quote of these prices for the lines in order; None leaves a line out."""
        lines = [
            {"demand_line_id": line["id"], "unit_price": price, "lead_days": 30}
            for line, price in zip(self.demand["lines"], prices, strict=False)
            if price is not None
        ]
        return {"lines": lines, **more}

    def quote(self, at: int, *prices: str | None, status: int = 201, **more: Any) -> dict[str, Any]:
        """A quote of the supplier ``at``."""
        said = {"demand_id": self.demand_id, **self.terms(*prices, **more)}
        return self.suppliers[at].post("/api/v1/quotes", status, **said)

    def buys(self, path: str, status: int = 200, **said: Any) -> dict[str, Any]:
        """The buyer posts."""
        return sent(self.buyer, path, status, **said)

    def award(self, *quotes: dict[str, Any], status: int = 201, **more: Any) -> dict[str, Any]:
        """Award everything these quotes offer."""
        choices = [{"quote_id": quote["id"]} for quote in quotes]
        path = f"/api/v1/demands/{self.demand_id}/awards"
        return sent(self.buyer, path, status, **({"choices": choices} | more))

    def compare(self, **weights: int) -> dict[str, Any]:
        """The comparison."""
        answer = self.buyer.get(f"/api/v1/demands/{self.demand_id}/comparison", params=weights)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


def sent(browser: TestClient, path: str, status: int, **said: Any) -> dict[str, Any]:
    """What a POST answers, which must have this status."""
    answer = browser.post(path, json=said or None)
    assert answer.status_code == status, f"{path}: {answer.text}"
    body: dict[str, Any] = answer.json()
    return body


def make_market(
    api: FastAPI,
    firm: Callable[[str], UUID],
    sign_in: Callable[..., TestClient],
    suppliers: int = 2,
    **terms: Any,
) -> Market:
    """Post a demand and register so many suppliers."""
    buyer_id = str(firm("沈阳采购测试有限公司"))
    buyer = sign_in(seats={buyer_id: "buyer"})
    said = {"title": "采购离心泵和钢管", "city": "沈阳", "lines": LINES, **terms}
    made = Market(api, sent(buyer, "/api/v1/demands", 201, **said), buyer_id, buyer)
    for number in range(suppliers):
        company_id = str(firm(f"沈阳供货测试{number + 1}厂"))
        made.suppliers.append(Supplier(company_id, sign_in(seats={company_id: "sales"})))
    return made


def ready_for_trade(
    path: str, example: dict[str, Any], market: Market
) -> tuple[TestClient, dict[str, str], dict[str, Any]]:
    """Who may send an example to a path of trade, the ids in the path, and the example with ids that are there."""
    buyer, seller = market.buyer, market.suppliers[0]
    ids = {"demand_id": market.demand_id}
    if path.endswith(("/inquiries", "/{inquiry_id}/decline")):
        firms = {"demand_id": market.demand_id, "company_ids": [seller.company_id]}
        if path.endswith("/inquiries"):
            return buyer, ids, firms
        invited = sent(buyer, "/api/v1/inquiries", 201, **firms)["items"][0]
        return seller.browser, {"inquiry_id": invited["id"]}, example
    if "questions" in path:
        if path.endswith("/questions"):
            return seller.browser, ids, example
        asked = seller.post(f"/api/v1/demands/{market.demand_id}/questions", 201, question="何时到货？")
        return buyer, {"question_id": asked["id"]}, example
    if path.endswith("/quotes"):
        return seller.browser, ids, {**example, **ids}
    quote = market.quote(0, "3200")
    if "{quote_id}" in path:
        return buyer if path.endswith("/reject") else seller.browser, {"quote_id": quote["id"]}, example
    if path.endswith("/awards"):
        choices = [{**choice, "quote_id": quote["id"]} for choice in example["choices"]]
        return buyer, ids, {**example, "choices": choices}
    award = market.award(quote)["items"][0]
    return buyer if path.endswith("/take-back") else seller.browser, {"award_id": award["id"]}, example
