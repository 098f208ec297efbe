"""How many statements a request costs: a fixed number, whatever it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from tests.app.trade_helpers import Market, Supplier, make_market, sent

FIRMS = 12
MANY = 4

LISTS = [
    "/api/v1/companies?limit={limit}",
    "/api/v1/companies?limit={limit}&division=210000&status=active",
    "/api/v1/listings?limit={limit}",
    "/api/v1/listings?limit={limit}&kind=product",
    "/api/v1/companies/{company}/listings?limit={limit}",
    "/api/v1/demands?limit={limit}",
    "/api/v1/demands?limit={limit}&state=open",
    "/api/v1/search?q=水泵&limit={limit}",
    "/api/v1/demands/{demand}/matches?limit={limit}",
    "/search?q=水泵&limit={limit}",
    "/demands?limit={limit}",
]
OF_TRADE = [
    "/api/v1/inquiries?limit={limit}",
    "/api/v1/quotes?limit={limit}",
    "/api/v1/awards?limit={limit}",
    "/api/v1/deals?limit={limit}",
    "/api/v1/me/notices?limit={limit}",
    "/inquiries?limit={limit}",
    "/deals?limit={limit}",
]
SINGLE = {
    "/api/v1/companies/{company}": 1,
    "/api/v1/demands/{demand}": 1,
    "/companies/{company}": 4,
    "/demands/{demand}": 2,
    "/": 4,
}
"""Statements at most, besides those that find out who asks."""
WHO_ASKS = 3
WRITES = {
    ("/api/v1/companies", "company"): 12,
    ("/api/v1/demands", "demand"): 13,
}
"""PostgreSQL needs one more than SQLite for every name that is locked."""


@pytest.fixture(scope="module")
def world(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> dict[str, str]:
    """Firms with listings, demands, all of them indexed; ids to put into addresses."""
    for number in range(FIRMS):
        scope = "水泵、阀门、轴承、齿轮、锅炉、管件、法兰、紧固件制造、销售。"
        said = {"uscc": new_uscc(), "name": f"沈阳计数{number}号泵业有限公司", "business_scope": scope}
        said |= {"address": "沈阳市铁西区北二路1号"}
        company = client.post("/api/v1/companies", json=said).json()
        demand = client.post("/api/v1/demands", json={"title": f"采购水泵{number}台", "city": "沈阳"}).json()
    api.state.runtime.index_pending()
    return {"company": company["id"], "demand": demand["id"]}


@contextmanager
def counted(api: FastAPI) -> Iterator[list[str]]:
    """The statements of a block."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            said.append(statement)

    engine = api.state.runtime.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_the_same_however_long(
    client: TestClient, api: FastAPI, world: dict[str, str], address: str
) -> None:
    costs: dict[int, list[list[str]]] = {2: [], FIRMS: []}
    for limit in (2, FIRMS, 2, FIRMS):
        with counted(api) as said:
            answer = client.get(address.format(limit=limit, **world))
        assert answer.status_code == 200, answer.text
        costs[limit].append(said)
    # Once in a while a request also notes that the key was used: the cheaper of two does not.
    few, many = (min(costs[limit], key=len) for limit in (2, FIRMS))
    assert len(few) == len(many) <= 5 + WHO_ASKS, (few, many)


@pytest.mark.parametrize("address", SINGLE)
def test_one_thing_costs_few_statements(
    client: TestClient, api: FastAPI, world: dict[str, str], address: str
) -> None:
    with counted(api) as said:
        assert client.get(address.format(**world)).status_code == 200
    assert len(said) <= SINGLE[address] + WHO_ASKS, said


@pytest.mark.parametrize("path", WRITES)
def test_writing_one_thing_costs_few_statements(
    client: TestClient, api: FastAPI, new_uscc: Callable[[], str], path: tuple[str, str]
) -> None:
    said_of: dict[str, Any] = {
        "company": {"uscc": new_uscc(), "name": "沈阳计数厂", "business_scope": "水泵、阀门、轴承制造。"},
        "demand": {"title": "采购水泵20台"},
    }
    with counted(api) as said:
        answer = client.post(path[0], json=said_of[path[1]], headers={"Idempotency-Key": new_uscc()})
    assert answer.status_code == 201, answer.text
    assert len(said) <= WRITES[path] + WHO_ASKS, said


@pytest.fixture
def traded(
    api: FastAPI, firm: Callable[[str], UUID], sign_in: Callable[..., TestClient]
) -> tuple[TestClient, TestClient]:
    """A buyer and a seller with demands, invitations, quotes, awards and deals of several firms each."""
    trade = make_market(api, firm, sign_in, 1)
    (seller,) = trade.suppliers
    for number in range(MANY):
        other = str(firm(f"沈阳计数供货{number}厂"))
        own = Supplier(other, sign_in(seats={other: "sales"}))
        said = {"title": f"采购第{number}批水泵", "lines": [{"name": "水泵", "quantity": 2, "unit": "台"}]}
        posted = sent(trade.buyer, "/api/v1/demands?repeat=true", 201, **said)
        one = Market(api, posted, trade.buyer_id, trade.buyer, [own, seller])
        firms = [own.company_id, seller.company_id]
        sent(trade.buyer, "/api/v1/inquiries", 201, demand_id=one.demand_id, company_ids=firms)
        quotes = [one.quote(at, "3200") for at in range(2)]
        winner = number % 2
        (award,) = one.award(quotes[winner])["items"]
        one.suppliers[winner].post(f"/api/v1/awards/{award['id']}/confirm")
    return trade.buyer, seller.browser


def test_what_both_sides_of_trade_list_costs_the_same_however_long(
    api: FastAPI, traded: tuple[TestClient, TestClient]
) -> None:
    for who in traded:
        for address in OF_TRADE:
            costs: dict[int, list[list[str]]] = {1: [], MANY: []}
            for limit in (1, MANY, 1, MANY):
                with counted(api) as said:
                    answer = who.get(address.format(limit=limit))
                assert answer.status_code == 200, answer.text
                costs[limit].append(said)
            few, many = (min(costs[limit], key=len) for limit in (1, MANY))
            assert len(few) == len(many) <= 5 + WHO_ASKS, (address, few, many)


def test_a_comparison_costs_the_same_however_many_quote(
    api: FastAPI, firm: Callable[[str], UUID], sign_in: Callable[..., TestClient]
) -> None:
    trade = make_market(api, firm, sign_in, MANY)
    spent = []
    for at in range(MANY):
        trade.quote(at, f"{3000 + at}", "4000")
        costs = []
        for _ in range(2):
            with counted(api) as said:
                assert len(trade.compare()["quotes"]) == at + 1
            costs.append(len(said))
        spent.append(min(costs))
    assert len(set(spent)) == 1, spent
