"""A deal through the API: from the award to its reviews, and everything that may go wrong between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.ids import new_id
from app.core.outbox import OutboxEntry
from app.deals.models import Deal, DealReview
from app.deals.schemas import DealLine
from app.deals.shown import count_shown
from app.demands.service import move_demand
from app.notify.models import Notice
from tests.app.deal_helpers import Trade

Begin = Callable[..., Trade]


def agreed(begin: Begin, **said: Any) -> Trade:
    """A deal both sides have confirmed."""
    trade = begin(**said)
    trade.do("buyer", "confirm", side="buyer")
    assert trade.do("supplier", "confirm", side="supplier")["state"] == "active"
    return trade


def delivered(begin: Begin, **said: Any) -> Trade:
    """A deal delivered and not yet accepted."""
    trade = agreed(begin, **said)
    assert trade.do("supplier", "deliver")["state"] == "delivered"
    return trade


def notices(api: FastAPI, trade: Trade, side: str) -> list[str]:
    person = UUID(trade.who(side).get("/api/v1/me").json()["id"])
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(Notice).where(col(Notice.person_id) == person).order_by(col(Notice.id))
        return [one.kind for one in session.scalars(query) if one.kind.startswith("deal.")]


def test_a_deal_from_award_to_acceptance(trade: Begin, api: FastAPI) -> None:
    deal = trade()
    shown = deal.buyer.get(f"/api/v1/deals/{deal.deal_id}")
    begun = shown.json()
    assert shown.headers["etag"] == '"1"'
    assert (begun["state"], begun["total"], begun["sides"]) == ("begun", "65200.00", ["buyer"])
    assert begun["actions"] == ["revise", "confirm_as_buyer", "cancel"]
    assert begun["due_on"], "counted from the longest lead time"
    deal.do("supplier", "confirm", side="supplier")
    active = deal.do("buyer", "confirm", side="buyer")
    assert active["confirmed_at"]
    assert active["actions"] == ["dispute", "cancel"]
    deal.do("supplier", "deliver")
    assert deal.do("supplier", "retract")["delivered_at"] is None
    deal.do("supplier", "deliver")
    accepted = deal.do("buyer", "accept")
    assert (accepted["state"], accepted["actions"]) == ("accepted", [])
    assert deal.do("buyer", "cancel", 409, note="后悔了")["code"] == "deal_state"
    assert notices(api, deal, "buyer") == ["deal.begun", "deal.terms", "deal.delivered", "deal.delivered"]
    assert notices(api, deal, "supplier") == ["deal.begun", "deal.terms", "deal.accepted"]


def test_only_its_sides_see_a_deal(
    trade: Begin, sign_in: Callable[..., TestClient], visitor: TestClient
) -> None:
    deal, other = trade(), trade()
    path = f"/api/v1/deals/{deal.deal_id}"
    assert other.buyer.get(path).status_code == 404
    assert deal.operator.get(path).status_code == 404, "no operator before there is a dispute"
    assert visitor.get(path).status_code == 401
    assert visitor.get("/api/v1/deals").status_code == 401
    assert [one["id"] for one in deal.buyer.get("/api/v1/deals?side=buyer").json()["items"]] == [
        str(deal.deal_id)
    ]
    assert deal.buyer.get("/api/v1/deals?side=supplier").json()["items"] == []
    looker = sign_in(seats={str(deal.buyer_id): "viewer"})
    assert looker.get(path).json()["actions"] == []
    assert looker.post(f"{path}/confirm", json={"side": "buyer"}).json()["code"] == "seat_required"


def test_each_side_makes_its_own_moves(trade: Begin) -> None:
    deal = trade()
    assert deal.do("buyer", "confirm", 403, side="supplier")["code"] == "seat_required"
    deal = agreed(trade)
    assert deal.do("buyer", "deliver", 403)["code"] == "seat_required"
    deal.do("supplier", "deliver")
    assert deal.do("supplier", "accept", 403)["code"] == "seat_required"


def test_new_terms_take_confirmations_back(trade: Begin) -> None:
    deal = trade()
    deal.do("buyer", "confirm", side="buyer")
    path = f"/api/v1/deals/{deal.deal_id}"
    said = {
        "due_on": "2030-01-31",
        "milestones": [{"name": "首件检验", "due_on": "2030-01-10"}, {"name": "发货"}],
    }
    assert deal.supplier.put(f"{path}/terms", json=said).status_code == 428
    assert deal.supplier.put(f"{path}/terms", json=said, headers={"If-Match": '"1"'}).status_code == 412
    revised = deal.supplier.put(f"{path}/terms", json=said, headers={"If-Match": '"2"'}).json()
    assert (revised["state"], revised["due_on"], len(revised["milestones"])) == ("begun", "2030-01-31", 2)
    twice = {"milestones": [{"name": "发货"}, {"name": "发货"}]}
    refused = deal.supplier.put(f"{path}/terms", json=twice, headers={"If-Match": "*"})
    assert refused.json()["errors"][0]["field"] == "milestones"
    mark = f"{path}/milestones/0"
    assert deal.supplier.put(mark, json={"done": True}).json()["code"] == "deal_state"
    deal.do("buyer", "confirm", side="buyer")
    deal.do("supplier", "confirm", side="supplier")
    assert deal.buyer.put(mark, json={"done": True}).status_code == 403
    assert deal.supplier.put(mark, json={"done": True}).json()["milestones"][0]["done_at"]
    assert deal.supplier.put(mark, json={"done": False}).json()["milestones"][0]["done_at"] is None
    assert (
        deal.supplier.put(f"{path}/milestones/2", json={"done": True}).json()["code"] == "milestone_not_found"
    )


def test_a_dispute_is_ended_by_who_raised_it_or_an_operator(trade: Begin, api: FastAPI) -> None:
    deal = delivered(trade)
    assert deal.do("buyer", "dispute", 422, note=" ")["errors"][0]["field"] == "note"
    deal.do("buyer", "dispute", note="三台漏水")
    assert "deal.dispute" in notices(api, deal, "operator")
    assert deal.operator.get(f"/api/v1/deals/{deal.deal_id}").json()["actions"] == ["resume", "annul"]
    assert str(deal.deal_id) in [
        one["id"] for one in deal.operator.get("/api/v1/deals?side=dispute").json()["items"]
    ]
    assert deal.do("supplier", "resume", 403, decision="")["code"] == "wrong_side"
    resumed = deal.do("buyer", "resume", decision="已更换")
    assert (resumed["state"], resumed["delivered_at"]) == ("active", None)
    deal.do("supplier", "dispute", note="迟迟不收货")
    assert deal.do("operator", "resume", 422, decision="")["errors"][0]["field"] == "decision"
    deal.do("operator", "resume", decision="三日内收货")
    deal.do("buyer", "dispute", note="仍未修好")
    assert deal.do("buyer", "annul", 403, decision="x")["code"] == "operator_required"
    annulled = deal.do("operator", "annul", decision="双方同意解除")
    assert (annulled["state"], annulled["cancelled_by"]) == ("cancelled", "operator")
    deal.rate("buyer", status=409)


def test_reviews_are_blind_until_both_have_rated(trade: Begin, client: TestClient) -> None:
    deal = agreed(trade)
    assert deal.rate("buyer", status=409)["code"] == "review_too_early"
    deal.do("supplier", "deliver")
    deal.do("buyer", "accept")
    path = f"/api/v1/deals/{deal.deal_id}/reviews"
    public = f"/api/v1/companies/{deal.supplier_id}"
    first = deal.rate("buyer", 4, words="包装略简")
    assert deal.rate("buyer", status=409)["code"] == "review_exists"
    assert deal.supplier.get(path).json()["items"] == [], "blind"
    assert client.get(f"{public}/reviews").json()["items"] == []
    assert client.get(f"{public}/standing").json()["mean"] is None
    assert (
        deal.supplier.post(f"/api/v1/reviews/{first['id']}/answer", json={"answer": "谢"}).status_code == 404
    )
    assert deal.buyer.post(f"/api/v1/reviews/{first['id']}/answer", json={"answer": "谢"}).status_code == 403
    before = client.get(public).json()["version"]
    deal.rate("supplier", 5)
    assert len(deal.supplier.get(path).json()["items"]) == 2
    assert [one["words"] for one in client.get(f"{public}/reviews").json()["items"]] == ["包装略简"]
    assert client.get(public).json()["version"] == before + 1, "indexed anew"
    figures = client.get(f"{public}/standing").json()
    assert (figures["deals"], figures["rated"], figures["mean"], figures["on_time_share"]) == (1, 1, 4.0, 1.0)
    assert figures["criteria"] == {"timing": 4.0, "quality": 4.0, "packing": 4.0, "communication": 4.0}
    bought = client.get(f"/api/v1/companies/{deal.buyer_id}/standing").json()
    assert (bought["bought"], bought["criteria_as_buyer"]["payment"], bought["deals"]) == (1, 5.0, 0)
    answered = deal.supplier.post(f"/api/v1/reviews/{first['id']}/answer", json={"answer": "已改进包装"})
    assert answered.json()["answer"] == "已改进包装"
    again = deal.supplier.post(f"/api/v1/reviews/{first['id']}/answer", json={"answer": "又及"})
    assert again.json()["code"] == "review_answered"


def test_a_review_is_shown_after_fourteen_days(trade: Begin, client: TestClient, api: FastAPI) -> None:
    deal = delivered(trade)
    review = deal.rate("buyer", 3)
    runtime = api.state.runtime
    count_shown(runtime)
    with runtime.session(actor=SYSTEM) as session:
        row = session.get_one(DealReview, UUID(review["id"]))
        assert timedelta(days=13) < row.shown_at - now() <= timedelta(days=14)
        row.shown_at = now() - timedelta(seconds=1)
        session.add(row)
    assert client.get(f"/api/v1/companies/{deal.supplier_id}/standing").json()["mean"] == 3.0
    assert count_shown(runtime) == 1
    assert count_shown(runtime) == 0
    with runtime.session(writing=False, actor=SYSTEM) as session:
        entries = session.scalars(
            select(OutboxEntry).where(col(OutboxEntry.key) == str(deal.supplier_id))
        ).all()
    assert entries, "the firm is indexed anew"


def test_scores_are_checked(trade: Begin) -> None:
    deal = delivered(trade)
    path = f"/api/v1/deals/{deal.deal_id}/reviews"
    missing = deal.buyer.post(path, json={"side": "buyer", "scores": {"timing": 5}})
    assert {one["field"] for one in missing.json()["errors"]} == {
        "scores.quality",
        "scores.packing",
        "scores.communication",
    }
    wrong = {"timing": 5, "quality": 5, "packing": 5, "communication": 5, "price": 1}
    assert (
        deal.buyer.post(path, json={"side": "buyer", "scores": wrong}).json()["errors"][0]["field"]
        == "scores"
    )
    for mark in (0, 6, True, "5"):
        assert deal.buyer.post(path, json={"side": "buyer", "scores": {"timing": mark}}).status_code == 422
    assert deal.rate("supplier", status=201)["side"] == "supplier"
    assert deal.buyer.post(path, json={"side": "supplier", "scores": wrong}).status_code == 403


def test_figures_are_of_the_last_ten_orders(trade: Begin, client: TestClient, api: FastAPI) -> None:
    deal = delivered(trade)
    old = {"timing": 1, "quality": 1, "packing": 1, "communication": 1}
    new = {"timing": 5, "quality": 4, "packing": 5, "communication": 5}
    with api.state.runtime.session(actor=SYSTEM) as session:
        for at in range(12):
            order = session.get_one(Deal, deal.deal_id).model_dump() | {"id": new_id(), "state": "accepted"}
            session.add(Deal(**order))
            session.flush()
            said = {"of_company_id": deal.supplier_id, "scores": old if at < 2 else new}
            review = DealReview(
                id=new_id(), deal_id=order["id"], side="buyer", shown_at=now(), counted=True, **said
            )
            session.add(review)
    figures = client.get(f"/api/v1/companies/{deal.supplier_id}/standing").json()
    assert (figures["deals"], figures["rated"], figures["mean"]) == (12, 10, 4.75)
    assert figures["criteria"] == {"timing": 5.0, "quality": 4.0, "packing": 5.0, "communication": 5.0}
    assert (figures["on_time_share"], figures["on_time_of"]) == (1.0, 10)


def award(api: FastAPI, trade: Trade) -> None:
    """As when quotes came in and one was chosen."""
    with api.state.runtime.session(actor=SYSTEM) as session:
        for action in ("quote", "award"):
            move_demand(session, trade.demand_id, action=action)


def begin_another(api: FastAPI, trade: Trade) -> UUID:
    """A second deal of the same demand: a split award."""
    with api.state.runtime.session(actor=SYSTEM) as session:
        held = session.get_one(Deal, trade.deal_id)
        session.add(other := Deal(**held.model_dump() | {"id": new_id()}))
    return other.id


def state_of_demand(trade: Trade) -> str:
    state: str = trade.buyer.get(f"/api/v1/demands/{trade.demand_id}").json()["state"]
    return state


def test_a_demand_is_fulfilled_when_all_its_deals_are_accepted(trade: Begin, api: FastAPI) -> None:
    deal = trade()
    award(api, deal)
    other = replace(deal, deal_id=begin_another(api, deal))
    for one in (deal, other):
        assert state_of_demand(deal) == "awarded"
        one.do("buyer", "confirm", side="buyer")
        one.do("supplier", "confirm", side="supplier")
        one.do("supplier", "deliver")
        one.do("buyer", "accept")
    assert state_of_demand(deal) == "fulfilled"


def test_a_demand_takes_quotes_again_when_nothing_is_left_of_its_award(trade: Begin, api: FastAPI) -> None:
    deal = trade()
    award(api, deal)
    other = replace(deal, deal_id=begin_another(api, deal))
    deal.do("supplier", "cancel", note="设备故障")
    assert state_of_demand(deal) == "awarded"
    other.do("buyer", "cancel", note="一并取消")
    assert state_of_demand(deal) == "quoting"


def test_a_line_without_a_price_leaves_the_total_open(trade: Begin) -> None:
    deal = trade(lines=[DealLine(name="安装", quantity=1, unit="次")])
    shown = deal.buyer.get(f"/api/v1/deals/{deal.deal_id}").json()
    assert (shown["total"], shown["due_on"], shown["lines"][0]["amount"]) == (None, None, None)
