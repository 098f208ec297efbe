"""Invitations and questions: who is told by itself and by hand, how they answer, what the others read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlmodel import col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.demands.models import Demand
from app.notify.models import Notice
from app.trade import inquiries, jobs
from app.trade.jobs import announce
from app.trade.models import Inquiry
from app.trade.service import response_of
from tests.app.clients import another_client
from tests.app.trade_helpers import Market, Supplier, sent

Make = Callable[..., Market]


def invitations(who: Supplier, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = who.browser.get("/api/v1/inquiries", params=query).json()["items"]
    return items


def notices(api: FastAPI, demand_id: str, kind: str) -> int:
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        told = session.scalars(select(Notice).where(col(Notice.kind) == kind)).all()
    return sum(demand_id in one.about for one in told)


def invite(trade: Market, status: int = 201) -> dict[str, Any]:
    firms = [one.company_id for one in trade.suppliers]
    return sent(trade.buyer, "/api/v1/inquiries", status, demand_id=trade.demand_id, company_ids=firms)


def test_the_buyer_invites_and_firms_answer_in_one_tap(market: Make) -> None:
    trade = market(2)
    invited = invite(trade)
    assert [one["state"] for one in invited["items"]] == ["invited", "invited"]
    again = invite(trade)
    assert [one["because"] for one in again["skipped"]] == ["invited", "invited"]
    assert notices(trade.api, trade.demand_id, "invitation.received") == 2
    first, second = trade.suppliers
    (mine,) = invitations(first)
    assert mine["title"] == "采购离心泵和钢管"
    for _ in range(2):  # a double tap
        assert first.post(f"/api/v1/inquiries/{mine['id']}/interest")["state"] == "interested"
    assert notices(trade.api, trade.demand_id, "invitation.answered") == 1
    (theirs,) = invitations(second)
    assert first.browser.post(f"/api/v1/inquiries/{theirs['id']}/interest").status_code == 404
    declined = second.post(f"/api/v1/inquiries/{theirs['id']}/decline", reason="capacity", note="排满")
    assert (declined["state"], declined["reason"]) == ("declined", "capacity")
    assert second.post(f"/api/v1/inquiries/{theirs['id']}/decline", 422, reason="whim")["errors"]
    listed = trade.buyer.get("/api/v1/inquiries", params={"demand_id": trade.demand_id, "side": "buyer"})
    assert sorted(one["state"] for one in listed.json()["items"]) == ["declined", "interested"]
    trade.quote(1, "3200", "4000")  # changed its mind
    assert invitations(second)[0]["state"] == "quoted"


def test_only_the_buyer_invites_and_takes_back(market: Make) -> None:
    trade = market(2)
    said = {"demand_id": trade.demand_id, "company_ids": [trade.suppliers[1].company_id]}
    assert trade.suppliers[0].browser.post("/api/v1/inquiries", json=said).status_code == 403
    (one, _other) = invite(trade)["items"]
    assert trade.suppliers[0].browser.post(f"/api/v1/inquiries/{one['id']}/take-back").status_code == 403
    assert trade.buys(f"/api/v1/inquiries/{one['id']}/take-back")["state"] == "taken_back"
    assert [item["state"] for item in invite(trade)["items"]] == ["invited"]


def test_questions_are_read_by_all_invited_and_name_nobody(market: Make) -> None:
    trade = market(3)
    first, second, stranger = trade.suppliers
    said = {"demand_id": trade.demand_id, "company_ids": [first.company_id, second.company_id]}
    sent(trade.buyer, "/api/v1/inquiries", 201, **said)
    path = f"/api/v1/demands/{trade.demand_id}/questions"
    asked = first.post(path, 201, question="介质温度最高多少度？")
    assert asked["mine"]
    told = [
        one
        for one in trade.buyer.get("/api/v1/me/notices").json()["items"]
        if one["kind"] == "question.asked"
    ]
    assert len(told) == 1
    assert not any(known in str(told) for known in (first.company_id, "沈阳供货测试1厂"))
    trade.buys(f"/api/v1/questions/{asked['id']}/answer", answer="不超过 80 ℃。")
    for browser in (trade.buyer, second.browser):
        (read,) = browser.get(path).json()["items"]
        assert (read["answer"], read["mine"]) == ("不超过 80 ℃。", False)
        assert first.company_id not in str(read)
    assert stranger.browser.get(path).json()["items"] == []
    assert (
        second.browser.post(f"/api/v1/questions/{asked['id']}/answer", json={"answer": "x"}).status_code
        == 403
    )
    assert notices(trade.api, trade.demand_id, "question.answered") == 2


@pytest.fixture
def suggested(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says which firms match, in order: what a match gives is tested with matching."""

    def match(*firms: Supplier) -> None:
        found = [(UUID(one.company_id), 12.5) for one in firms]
        monkeypatch.setattr(jobs, "_matched", lambda _runtime, _demand: found)

    return match


def test_matched_firms_are_told_once_and_again_when_it_changes(
    market: Make, suggested: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = market(3)
    suggested(*trade.suppliers)
    monkeypatch.setattr(jobs, "MOST_TOLD", 2)
    runtime, demand = trade.api.state.runtime, UUID(trade.demand_id)
    assert announce(runtime, demand, 1) == 2
    assert announce(runtime, demand, 1) == 0
    (mine,) = invitations(trade.suppliers[0])
    assert (mine["origin"], mine["rank"], mine["distance_km"]) == ("matched", 1, 12.5)
    assert invitations(trade.suppliers[2]) == []
    with runtime.session(actor=SYSTEM) as session:
        session.execute(update(Demand).where(col(Demand.id) == demand).values(revision=2))
    assert announce(runtime, demand, 2) == 1
    assert notices(trade.api, trade.demand_id, "demand.changed") == 2


@pytest.mark.parametrize(("quota", "days"), [("PER_DAY", 2), ("PER_WEEK", 8)])
def test_a_firm_is_not_told_more_often_than_its_quota(
    market: Make, suggested: Callable[..., None], monkeypatch: pytest.MonkeyPatch, quota: str, days: int
) -> None:
    monkeypatch.setattr(inquiries, quota, 1)
    trade, other = market(1), market(0)
    suggested(*trade.suppliers)
    runtime = trade.api.state.runtime
    assert announce(runtime, UUID(trade.demand_id), 1) == 1
    assert announce(runtime, UUID(other.demand_id), 1) == 0
    with runtime.session(actor=SYSTEM) as session:
        session.execute(
            update(Inquiry)
            .where(col(Inquiry.company_id) == UUID(trade.suppliers[0].company_id))
            .values(told_at=now() - timedelta(days=days))
        )
        session.execute(update(Demand).where(col(Demand.id) == UUID(other.demand_id)).values(revision=2))
    assert announce(runtime, UUID(other.demand_id), 2) == 1


def test_the_job_finds_firms_by_matching(
    market: Make,
    client: TestClient,
    new_uscc: Callable[[], str],
    index_now: Callable[[], int],
    sign_in: Callable[..., TestClient],
) -> None:
    """A firm that makes just this, from the index to the inbox."""
    said = {"uscc": new_uscc(), "name": "沈阳磁悬浮粉碎机厂", "business_scope": "磁悬浮超细粉碎机制造"}
    maker = client.post("/api/v1/companies", json=said).json()["id"]
    seller = Supplier(maker, sign_in(seats={maker: "owner"}))
    index_now()
    trade = market(0, title="采购磁悬浮超细粉碎机", lines=[])
    runtime = trade.api.state.runtime
    with runtime.session(actor=SYSTEM) as session:
        others = col(Demand.id) != UUID(trade.demand_id)
        session.execute(update(Demand).where(others).values(published_at=now() - timedelta(days=30)))
    assert jobs.tell_matched_firms(runtime) >= 1
    assert [one["demand_id"] for one in invitations(seller)] == [trade.demand_id]
    assert jobs.tell_matched_firms(runtime) == 0


def test_how_a_firm_answers_is_known(market: Make) -> None:
    trade = market(1)
    invite(trade)
    firm = UUID(trade.suppliers[0].company_id)
    with trade.api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        assert response_of(session, firm) is None  # it has time yet
    trade.quote(0, "1", "1")
    with trade.api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        said = response_of(session, firm)
    assert said is not None
    assert (said.invited, said.answered_share) == (1, 1.0)


def test_the_first_answer_is_on_a_scanned_page_at_once(client: TestClient, market: Make) -> None:
    trade = market(1)
    (supplier,) = trade.suppliers
    path = client.post("/api/v1/codes", json={"company_id": supplier.company_id}).json()["path"]
    (one,) = invite(trade)["items"]
    phone = another_client(trade.api, headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert "回复邀请" not in phone.get(path).text
    supplier.post(f"/api/v1/inquiries/{one['id']}/interest")
    assert "回复邀请" in phone.get(path).text


def test_the_inbox_is_read_though_a_demand_was_withdrawn(market: Make) -> None:
    trade = market(1)
    invite(trade)
    (supplier,) = trade.suppliers
    trade.buys(f"/api/v1/demands/{trade.demand_id}/withdraw")
    assert invitations(supplier) == []
    assert supplier.browser.get("/inquiries").status_code == 200
    sent_by = {"demand_id": trade.demand_id, "side": "buyer"}
    assert len(trade.buyer.get("/api/v1/inquiries", params=sent_by).json()["items"]) == 1
