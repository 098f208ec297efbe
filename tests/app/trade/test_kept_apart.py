"""Firms that block one another, and suspended firms: neither invited nor heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.ids import new_id
from app.demands.models import Demand
from app.fair_play.models import Block, Report
from app.trade import jobs
from app.trade.endings import end_invitations
from app.trade.jobs import announce
from tests.app.trade_helpers import Market, sent

Make = Callable[..., Market]


def block(trade: Market, who: str, whom: str) -> None:
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        session.add(Block(company_id=UUID(who), blocked_id=UUID(whom)))


@pytest.mark.parametrize("by_buyer", [True, False])
def test_blocked_firms_are_not_invited_and_do_not_quote(
    market: Make, monkeypatch: pytest.MonkeyPatch, by_buyer: bool
) -> None:
    trade = market(2)
    apart, other = trade.suppliers
    pair = (trade.buyer_id, apart.company_id)
    block(trade, *(pair if by_buyer else reversed(pair)))
    found = [(UUID(one.company_id), None) for one in trade.suppliers]
    monkeypatch.setattr(jobs, "_matched", lambda _runtime, _demand: found)
    assert announce(trade.api.state.runtime, UUID(trade.demand_id), 1) == 1
    assert apart.browser.get("/api/v1/inquiries").json()["items"] == []
    assert len(other.browser.get("/api/v1/inquiries").json()["items"]) == 1
    said = {"demand_id": trade.demand_id, "company_ids": [apart.company_id]}
    by_hand = sent(trade.buyer, "/api/v1/inquiries", 201, **said)
    assert (by_hand["items"], by_hand["skipped"][0]["because"]) == ([], "unavailable")
    uscc = trade.buyer.get(f"/api/v1/companies/{apart.company_id}").json()["uscc"]
    page = trade.buyer.post(f"/demands/{trade.demand_id}/quotes/invite", data={"uscc": uscc})
    assert (page.status_code, "目前不能邀请这家企业" in page.text) == (409, True)
    assert trade.quote(0, "3200", status=403)["code"] == "quote_not_accepted"
    trade.quote(1, "3200")


def test_a_firm_blocked_later_is_told_and_heard_no_more(market: Make) -> None:
    trade = market(1)
    (firm,) = trade.suppliers
    said = {"demand_id": trade.demand_id, "company_ids": [firm.company_id]}
    sent(trade.buyer, "/api/v1/inquiries", 201, **said)
    runtime, demand = trade.api.state.runtime, UUID(trade.demand_id)
    announce(runtime, demand, 1)
    quote = trade.quote(0, "3200")
    block(trade, trade.buyer_id, firm.company_id)
    with runtime.session(actor=SYSTEM) as session:
        session.execute(update(Demand).where(col(Demand.id) == demand).values(revision=2))
    announce(runtime, demand, 2)
    kinds = [one["kind"] for one in firm.browser.get("/api/v1/me/notices").json()["items"]]
    assert "demand.changed" not in kinds
    path = f"/api/v1/quotes/{quote['id']}"
    headers = {"If-Match": firm.browser.get(path).headers["ETag"]}
    again = firm.browser.put(path, json=trade.terms("3100"), headers=headers)
    assert (again.status_code, again.json()["code"]) == (403, "quote_not_accepted")
    firm.post(f"{path}/withdraw")


def suspend(trade: Market, firm: str) -> None:
    report = Report(
        id=new_id(),
        subject="company",
        subject_id=UUID(firm),
        title="示例",
        company_id=UUID(firm),
        reason="other",
        reporter_id=new_id(),
        state="suspended",
        suspended_until=now() + timedelta(days=7),
    )
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        session.add(report)


def test_a_suspended_firm_does_not_quote(market: Make) -> None:
    trade = market(2)
    (firm, _other) = trade.suppliers
    suspend(trade, firm.company_id)
    assert trade.quote(0, "3200", status=403)["code"] == "company_suspended"
    trade.quote(1, "3200")
    with trade.api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(update(Report).values(suspended_until=now() - timedelta(seconds=1)))
    trade.quote(0, "3200")


def test_a_suspended_firm_is_not_invited(market: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    trade = market(2)
    suspended, other = trade.suppliers
    suspend(trade, suspended.company_id)
    found = [(UUID(one.company_id), None) for one in trade.suppliers]
    monkeypatch.setattr(jobs, "_matched", lambda _runtime, _demand: found)
    assert announce(trade.api.state.runtime, UUID(trade.demand_id), 1) == 1
    assert len(other.browser.get("/api/v1/inquiries").json()["items"]) == 1
    said = {"demand_id": trade.demand_id, "company_ids": [suspended.company_id]}
    assert sent(trade.buyer, "/api/v1/inquiries", 201, **said)["skipped"][0]["because"] == "unavailable"


def test_a_suspended_buyer_invites_nobody(market: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    trade = market(1)
    suspend(trade, trade.buyer_id)
    found = [(UUID(one.company_id), None) for one in trade.suppliers]
    monkeypatch.setattr(jobs, "_matched", lambda _runtime, _demand: found)
    assert announce(trade.api.state.runtime, UUID(trade.demand_id), 1) == 0
    said = {"demand_id": trade.demand_id, "company_ids": [trade.suppliers[0].company_id]}
    assert sent(trade.buyer, "/api/v1/inquiries", 403, **said)["code"] == "company_suspended"


@pytest.mark.parametrize("by_buyer", [True, False])
def test_blocked_firms_ask_nothing_and_say_no_more_than_no(market: Make, by_buyer: bool) -> None:
    trade = market(1)
    (firm,) = trade.suppliers
    said = {"demand_id": trade.demand_id, "company_ids": [firm.company_id]}
    (invited,) = sent(trade.buyer, "/api/v1/inquiries", 201, **said)["items"]
    asked = firm.post(f"/api/v1/demands/{trade.demand_id}/questions", 201, question="何时到货？")
    pair = (trade.buyer_id, firm.company_id)
    block(trade, *(pair if by_buyer else reversed(pair)))
    refused = firm.post(f"/api/v1/demands/{trade.demand_id}/questions", 403, question="还有呢？")
    assert refused["code"] == "quote_not_accepted"
    assert firm.post(f"/api/v1/inquiries/{invited['id']}/interest", 403)["code"] == "quote_not_accepted"
    trade.buys(f"/api/v1/questions/{asked['id']}/answer", answer="下月。")
    kinds = [one["kind"] for one in firm.browser.get("/api/v1/me/notices").json()["items"]]
    assert "question.answered" not in kinds
    firm.post(f"/api/v1/inquiries/{invited['id']}/decline", reason="other")


@pytest.mark.parametrize("why", ["blocked", "suspended"])
def test_no_award_goes_to_a_firm_kept_apart(market: Make, why: str) -> None:
    trade = market(3)
    quotes = [trade.quote(at, f"{3000 + at}", "4000") for at in range(3)]
    (award,) = trade.award(quotes[0], fallback=[quotes[1]["id"], quotes[2]["id"]])["items"]
    apart = trade.suppliers[1].company_id
    if why == "blocked":
        block(trade, apart, trade.buyer_id)
    else:
        suspend(trade, apart)
    trade.suppliers[0].post(f"/api/v1/awards/{award['id']}/decline", reason="检修")
    offered = trade.buyer.get("/api/v1/awards", params={"state": "offered"}).json()["items"]
    assert [one["company_id"] for one in offered] == [trade.suppliers[2].company_id]
    trade.buys(f"/api/v1/awards/{offered[0]['id']}/take-back", reason="改期")
    assert trade.award(quotes[1], status=409)["code"] == "quote_unavailable"


def test_a_firm_kept_apart_does_not_hear_that_quotes_are_taken_again(market: Make) -> None:
    trade = market(3)
    for at in range(3):
        trade.quote(at, f"{3000 + at}", "4000")
    quotes = [one["quote_id"] for one in trade.compare()["quotes"]]
    (award,) = trade.award(choices=[{"quote_id": quotes[0]}], fallback=[])["items"]
    winner = next(one for one in trade.suppliers if one.company_id == award["company_id"])
    deal = winner.post(f"/api/v1/awards/{award['id']}/confirm")["deal_id"]
    apart, other = (one for one in trade.suppliers if one is not winner)
    block(trade, trade.buyer_id, apart.company_id)
    trade.buys(f"/api/v1/deals/{deal}/cancel", note="不做了")
    assert trade.state() == "quoting"
    heard = [
        [one["kind"] for one in firm.browser.get("/api/v1/me/notices").json()["items"]].count(
            "demand.reopened"
        )
        for firm in (apart, other)
    ]
    assert heard == [0, 1]


def test_a_firm_kept_apart_does_not_hear_that_a_demand_is_over(market: Make) -> None:
    trade = market(2)
    apart, other = trade.suppliers
    said = {"demand_id": trade.demand_id, "company_ids": [one.company_id for one in trade.suppliers]}
    sent(trade.buyer, "/api/v1/inquiries", 201, **said)
    block(trade, apart.company_id, trade.buyer_id)
    trade.buys(f"/api/v1/demands/{trade.demand_id}/close")
    end_invitations(trade.api.state.runtime)
    heard = [
        [one["kind"] for one in firm.browser.get("/api/v1/me/notices").json()["items"]].count("demand.closed")
        for firm in (apart, other)
    ]
    assert heard == [0, 1]
