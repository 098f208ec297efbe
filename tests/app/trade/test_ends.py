"""Demands that are over, and deals that are called off: who is told, what is free again, who is asked next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.demands.expiry import expire_demands
from app.demands.models import Demand
from app.fair_play.models import Block
from app.matches.models import Outcome
from app.trade.endings import end_invitations
from app.trade.models import Inquiry
from app.trade.policy import HEARD
from app.trade.quote_models import Award
from tests.app.trade_helpers import Market, Supplier, sent

Make = Callable[..., Market]


def invite(trade: Market) -> list[dict[str, Any]]:
    firms = [one.company_id for one in trade.suppliers]
    said = {"demand_id": trade.demand_id, "company_ids": firms}
    items: list[dict[str, Any]] = sent(trade.buyer, "/api/v1/inquiries", 201, **said)["items"]
    return items


def let_time_pass(trade: Market, how_long: timedelta = HEARD) -> None:
    """They were told so long ago."""
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        mine = col(Inquiry.demand_id) == UUID(trade.demand_id)
        session.execute(update(Inquiry).where(mine).values(told_at=now() - how_long))


def ended(trade: Market) -> int:
    """Runs the job twice: the second time there is nothing left to do for this demand."""
    runtime = trade.api.state.runtime
    first = end_invitations(runtime)
    end_invitations(runtime)
    return first


def told(who: Supplier, kind: str) -> int:
    notices = who.browser.get("/api/v1/me/notices").json()["items"]
    return sum(one["kind"] == kind for one in notices)


def ignored(trade: Market) -> set[str]:
    with trade.api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(col(Outcome.company_id)).where(
            col(Outcome.demand_id) == UUID(trade.demand_id), col(Outcome.outcome) == "ignored"
        )
        return {str(one) for one in session.scalars(query)}


def expire(trade: Market) -> None:
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        over = now() - timedelta(seconds=1)
        mine = col(Demand.id) == UUID(trade.demand_id)
        session.execute(update(Demand).where(mine).values(valid_until=over))
    expire_demands(trade.api.state.runtime)


def close(trade: Market) -> None:
    trade.buys(f"/api/v1/demands/{trade.demand_id}/close")


def withdraw(trade: Market) -> None:
    trade.buys(f"/api/v1/demands/{trade.demand_id}/withdraw")


@pytest.mark.parametrize("end", [close, withdraw, expire])
def test_whoever_waits_is_told_once_when_a_demand_ends(market: Make, end: Callable[[Market], None]) -> None:
    trade = market(4)
    silent, interested, declined, quoted = trade.suppliers
    _first, second, third, _fourth = invite(trade)
    interested.post(f"/api/v1/inquiries/{second['id']}/interest")
    declined.post(f"/api/v1/inquiries/{third['id']}/decline", reason="scope")
    trade.quote(3, "3200", "4000")
    let_time_pass(trade)
    ended(trade)
    assert [told(one, "demand.closed") for one in trade.suppliers] == [0, 0, 0, 0]
    end(trade)
    ended(trade)
    assert [told(one, "demand.closed") for one in trade.suppliers] == [1, 1, 0, 1]
    assert ignored(trade) == {silent.company_id}
    assert (
        declined.browser.get("/inquiries").status_code == quoted.browser.get("/inquiries").status_code == 200
    )


def test_who_had_no_time_to_answer_ignored_nothing(market: Make) -> None:
    trade = market(1)
    invite(trade)
    let_time_pass(trade, HEARD - timedelta(minutes=5))
    close(trade)
    ended(trade)
    assert told(trade.suppliers[0], "demand.closed") == 1
    assert ignored(trade) == set()


def test_an_award_is_told_once_nobodys_word_is_awaited(market: Make) -> None:
    trade = market(3)
    silent, winner, loser = trade.suppliers
    invite(trade)
    let_time_pass(trade)
    quote = trade.quote(1, "3200", "4000")
    trade.quote(2, "3300", "4100")
    (award,) = trade.award(quote)["items"]
    ended(trade)
    assert told(silent, "demand.closed") == 0, "the winner may decline yet"
    winner.post(f"/api/v1/awards/{award['id']}/confirm")
    ended(trade)
    assert [told(one, "demand.closed") for one in trade.suppliers] == [1, 0, 0]
    assert told(loser, "award.lost") == 1
    assert ignored(trade) == {silent.company_id}


def test_a_demand_that_takes_quotes_anew_is_told_too(market: Make) -> None:
    trade = market(1)
    (firm,) = trade.suppliers
    invite(trade)
    close(trade)
    ended(trade)
    trade.buys(f"/api/v1/demands/{trade.demand_id}/reopen")
    ended(trade)
    assert told(firm, "demand.reopened") == 1
    trade.quote(0, "3200", "4000")
    close(trade)
    ended(trade)
    assert told(firm, "demand.closed") == 2


def begun(trade: Market, at: int, award: dict[str, Any]) -> str:
    """The id of the deal that a confirmed award begins."""
    return str(trade.suppliers[at].post(f"/api/v1/awards/{award['id']}/confirm")["deal_id"])


def awards(trade: Market) -> list[tuple[str, str]]:
    found = trade.buyer.get("/api/v1/awards", params={"demand_id": trade.demand_id}).json()["items"]
    return [(one["state"], one["company_id"]) for one in found]


def test_a_deal_the_buyer_calls_off_frees_its_award(market: Make) -> None:
    trade = market(2)
    first, second = trade.quote(0, "3200", "4000"), trade.quote(1, "3300", "4100")
    (award,) = trade.award(first)["items"]
    deal = begun(trade, 0, award)
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        mine = col(Demand.id) == UUID(trade.demand_id)
        session.execute(update(Demand).where(mine).values(valid_until=now() - timedelta(days=1)))
    trade.buys(f"/api/v1/deals/{deal}/cancel", note="改期")
    assert awards(trade) == [("called_off", trade.suppliers[0].company_id)]
    expire_demands(trade.api.state.runtime)
    assert trade.state() == "quoting", "it ran out while the award stood, and has a new end"
    states = {one["company_id"]: one["state"] for one in trade.compare()["quotes"]}
    assert list(states.values()) == ["submitted", "lost"]
    assert told(trade.suppliers[1], "demand.reopened") == 1
    (again,) = trade.award(second)["items"]
    begun(trade, 1, again)


def test_a_supplier_who_gives_up_is_followed_by_the_next(market: Make) -> None:
    trade = market(3)
    quotes = [trade.quote(at, f"{3000 + at}", "4000") for at in range(3)]
    (award,) = trade.award(quotes[0], fallback=[quotes[1]["id"], quotes[2]["id"]])["items"]
    deal = begun(trade, 0, award)
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        session.add(Block(company_id=UUID(trade.buyer_id), blocked_id=UUID(trade.suppliers[1].company_id)))
    trade.suppliers[0].post(f"/api/v1/deals/{deal}/cancel", note="设备故障")
    assert awards(trade) == [
        ("offered", trade.suppliers[2].company_id),
        ("called_off", trade.suppliers[0].company_id),
    ]
    assert trade.state() == "awarded"
    assert trade.suppliers[0].browser.get(f"/api/v1/quotes/{quotes[0]['id']}").json()["state"] == "dropped"
    told_buyer = trade.buyer.get("/api/v1/me/notices").json()["items"]
    assert "award.passed_on" in [one["kind"] for one in told_buyer]


def test_lines_called_off_are_awarded_again_before_the_demand_is_fulfilled(market: Make) -> None:
    trade = market(2)
    quotes = [trade.quote(0, "3200", None), trade.quote(1, "3300", "4100")]
    pump, steel = (line["id"] for line in trade.demand["lines"])
    path = f"/api/v1/demands/{trade.demand_id}/awards"
    choices = [
        {"quote_id": quotes[0]["id"], "lines": [{"demand_line_id": pump}]},
        {"quote_id": quotes[1]["id"], "lines": [{"demand_line_id": steel}]},
    ]
    made = trade.buys(path, 201, choices=choices, fallback=[])["items"]
    first = begun(trade, 0, made[0])
    finish(trade, 0, first)
    assert trade.state() == "awarded", "the second winner's word is awaited"
    second = begun(trade, 1, made[1])
    trade.suppliers[1].post(f"/api/v1/deals/{second}/cancel", note="缺货")
    assert trade.state() == "awarded", "the steel is free again"
    sent_again = {"If-Match": "*"}
    quote = trade.suppliers[1].browser.get(f"/api/v1/quotes/{quotes[1]['id']}").json()
    assert quote["state"] == "dropped"
    revised = trade.suppliers[1].browser.put(
        f"/api/v1/quotes/{quotes[1]['id']}", json=trade.terms(None, "4300"), headers=sent_again
    )
    assert revised.status_code == 409, "no new quotes while a part of it is being delivered"
    trade.buys(f"/api/v1/demands/{trade.demand_id}/close")


def finish(trade: Market, at: int, deal: str) -> None:
    """Confirmed by both, delivered, accepted."""
    trade.buys(f"/api/v1/deals/{deal}/confirm", side="buyer")
    trade.suppliers[at].post(f"/api/v1/deals/{deal}/confirm", side="supplier")
    trade.suppliers[at].post(f"/api/v1/deals/{deal}/deliver")
    trade.buys(f"/api/v1/deals/{deal}/accept")


def test_a_winner_declining_after_others_delivered_leaves_the_rest_to_be_awarded(market: Make) -> None:
    trade = market(2)
    quotes = [trade.quote(0, "3200", "4000"), trade.quote(1, "3300", "4100")]
    pump, steel = (line["id"] for line in trade.demand["lines"])
    path = f"/api/v1/demands/{trade.demand_id}/awards"
    choices = [
        {"quote_id": quotes[0]["id"], "lines": [{"demand_line_id": pump}]},
        {"quote_id": quotes[1]["id"], "lines": [{"demand_line_id": steel}]},
    ]
    made = trade.buys(path, 201, choices=choices, fallback=[])["items"]
    finish(trade, 0, begun(trade, 0, made[0]))
    trade.suppliers[1].post(f"/api/v1/awards/{made[1]['id']}/decline", reason="缺货")
    assert trade.state() == "awarded"
    rest = [{"quote_id": quotes[0]["id"], "lines": [{"demand_line_id": steel}]}]
    (again,) = trade.buys(path, 201, choices=rest)["items"]
    finish(trade, 0, begun(trade, 0, again))
    assert trade.state() == "fulfilled"


def test_awards_lead_to_no_deal_twice(market: Make) -> None:
    """A called-off award is not confirmed again."""
    trade = market(1)
    (award,) = trade.award(trade.quote(0, "3200", "4000"))["items"]
    deal = begun(trade, 0, award)
    trade.buys(f"/api/v1/deals/{deal}/cancel", note="改期")
    refused = trade.suppliers[0].post(f"/api/v1/awards/{award['id']}/confirm", 409)
    assert refused["code"] == "award_state"
    with trade.api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get_one(Award, UUID(award["id"])).reason == "改期"


def test_a_deal_goes_its_way_though_its_demand_was_taken_back(market: Make) -> None:
    trade = market(1)
    where = f"/api/v1/demands/{trade.demand_id}"
    deal = begun(trade, 0, trade.award(trade.quote(0, "3200", "4000"))["items"][0])
    for action in ("close", "reopen", "withdraw"):
        trade.buys(f"{where}/{action}")
    assert trade.suppliers[0].browser.get(where).status_code == 404
    trade.suppliers[0].post(f"/api/v1/deals/{deal}/cancel", note="设备故障")
    assert [state for state, _firm in awards(trade)] == ["called_off"]
    assert trade.state() == "withdrawn"
