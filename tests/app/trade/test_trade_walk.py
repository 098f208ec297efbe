"""Trade walked at random by several at once: no row moves as its table forbids, nothing is given away twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session, col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.deals.models import Deal
from app.demands.models import Demand
from app.trade.jobs import let_awards_lapse
from app.trade.models import Inquiry
from app.trade.policy import AWARD_STATES, HOLDING, INQUIRY_STATES, QUOTE_STATES
from app.trade.quote_models import Award, AwardLine, Quote, QuoteVersion
from tests.app.clients import another_client
from tests.app.trade_helpers import Market

Make = Callable[..., Market]
EXPECTED = {200, 201, 403, 404, 409, 412}
STEPS = 40
WALKERS = 3


def walk(trade: Market, seed: int) -> set[int]:
    """One walker's random moves, as any of the sides; gives the statuses it saw."""
    rng = random.Random(seed)
    people = []
    for known in (trade.buyer, *(one.browser for one in trade.suppliers)):
        browser = another_client(trade.api)
        browser.cookies = known.cookies
        people.append(browser)
    seen = set()
    for _ in range(STEPS):
        seen.add(_step(trade, rng, people))
    return seen


def _step(trade: Market, rng: random.Random, people: list[TestClient]) -> int:
    at = rng.randrange(len(trade.suppliers))
    buyer, seller = people[0], people[at + 1]
    query = {"demand_id": trade.demand_id, "limit": 100}
    quotes = seller.get("/api/v1/quotes", params=query).json()["items"]
    awards = seller.get("/api/v1/awards", params=query).json()["items"]
    move = rng.choice(
        (
            "quote",
            "quote",
            "revise",
            "withdraw",
            "reject",
            "award",
            "award",
            "confirm",
            "decline",
            "take-back",
            "lapse",
            "cancel",
        )
    )
    terms = trade.terms(str(rng.randint(1000, 5000)), rng.choice((None, "4000")))
    if move == "quote":
        return int(seller.post("/api/v1/quotes", json={"demand_id": trade.demand_id, **terms}).status_code)
    if move in ("revise", "withdraw", "reject", "award") and quotes:
        address = f"/api/v1/quotes/{quotes[0]['id']}"
        if move == "revise":
            said = {"If-Match": f'"{quotes[0]["version"]}"'}
            return int(seller.put(address, json=terms, headers=said).status_code)
        if move == "award":
            chosen = [
                {"demand_line_id": rng.choice(trade.demand["lines"])["id"], "quantity": rng.choice((None, 1))}
            ]
            choice = {"quote_id": quotes[0]["id"], "lines": rng.choice(([], chosen))}
            path = f"/api/v1/demands/{trade.demand_id}/awards"
            status = int(buyer.post(path, json={"choices": [choice]}).status_code)
            return 409 if status == 422 else status  # a line this quote does not offer
        who = buyer if move == "reject" else seller
        return int(who.post(f"{address}/{move}", json={}).status_code)
    if move in ("confirm", "decline", "take-back") and awards:
        who = buyer if move == "take-back" else seller
        said = None if move == "confirm" else {}
        return int(who.post(f"/api/v1/awards/{rng.choice(awards)['id']}/{move}", json=said).status_code)
    begun = [one["deal_id"] for one in awards if one["deal_id"]]
    if move == "cancel" and begun:
        path = f"/api/v1/deals/{rng.choice(begun)}/cancel"
        return int(rng.choice((buyer, seller)).post(path, json={"note": "不做了"}).status_code)
    if move == "lapse" and awards:
        _let_time_pass(trade, UUID(awards[0]["id"]))
        let_awards_lapse(trade.api.state.runtime)
    return 200


def _let_time_pass(trade: Market, key: UUID) -> None:
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        award = session.get_one(Award, key, with_for_update=True)
        award.confirm_by = now()


def check(session: Session, trade: Market) -> None:
    """What holds whatever happened."""
    key = UUID(trade.demand_id)
    demand = session.get_one(Demand, key)
    quotes = session.scalars(select(Quote).where(col(Quote.demand_id) == key)).all()
    awards = session.scalars(select(Award).where(col(Award.demand_id) == key)).all()
    held = [one for one in awards if one.state in HOLDING]
    assert {one.state for one in quotes} <= set(QUOTE_STATES)
    assert {one.state for one in awards} <= set(AWARD_STATES)
    assert demand.state == ("awarded" if held else "quoting" if quotes else "open")
    assert len({one.company_id for one in quotes}) == len(quotes)
    for quote in quotes:
        offered = [one for one in awards if one.quote_id == quote.id and one.state == "offered"]
        assert len(offered) == (quote.state == "awarded")
        if quote.state == "won":
            assert any(one.quote_id == quote.id and one.state == "confirmed" for one in awards)
        numbers = select(col(QuoteVersion.number)).where(col(QuoteVersion.quote_id) == quote.id)
        assert sorted(session.scalars(numbers)) == list(range(1, quote.number + 1))
    for line in trade.demand["lines"]:
        query = select(AwardLine).where(
            col(AwardLine.demand_line_id) == UUID(line["id"]),
            col(AwardLine.award_id).in_([one.id for one in held]),
        )
        assert sum(one.quantity or 0 for one in session.scalars(query)) <= line["quantity"]
    deals = session.scalars(select(col(Deal.id)).where(col(Deal.demand_id) == key)).all()
    assert set(deals) == {one.deal_id for one in awards if one.deal_id}
    assert {one.deal_id is not None for one in awards if one.state == "confirmed"} <= {True}
    for inquiry in session.scalars(select(Inquiry).where(col(Inquiry.demand_id) == key)):
        assert inquiry.state in INQUIRY_STATES
        quoted = [one for one in quotes if one.company_id == inquiry.company_id and one.state != "withdrawn"]
        assert (inquiry.state == "quoted") == bool(quoted)


@pytest.mark.parametrize("seed", [1, 2])
def test_walked_at_random_by_several_at_once(market: Make, seed: int) -> None:
    trade = market(3)
    with ThreadPoolExecutor(WALKERS) as pool:
        seen = set().union(*pool.map(lambda walker: walk(trade, seed * 100 + walker), range(WALKERS)))
    assert seen <= EXPECTED
    assert {200, 201, 409} <= seen
    with trade.api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        check(session, trade)
