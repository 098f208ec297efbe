"""Deliveries nobody speaks of: the buyer is reminded, then they count as accepted; a dispute stops the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.deals.models import Deal
from app.deals.policy import ACCEPTED_AFTER, REMINDED_AFTER
from app.deals.silence import end_silence
from tests.app.deal_helpers import Trade

Begin = Callable[..., Trade]
LATER = timedelta(minutes=1)


@pytest.fixture
def delivered(trade: Begin) -> Trade:
    """A deal delivered a moment ago."""
    made = trade()
    for side in ("buyer", "supplier"):
        made.do(side, "confirm", side=side)
    made.do("supplier", "deliver")
    return made


def set_back(api: FastAPI, deal: Trade, **moments: datetime) -> None:
    """Say that it happened earlier."""
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(update(Deal).where(col(Deal.id) == deal.deal_id).values(**moments))


def shown(deal: Trade) -> dict[str, Any]:
    body: dict[str, Any] = deal.buyer.get(f"/api/v1/deals/{deal.deal_id}").json()
    return body


def told(deal: Trade, side: str) -> list[str]:
    notices = deal.who(side).get("/api/v1/me/notices").json()["items"]
    return [one["kind"] for one in notices if str(deal.deal_id) in one["about"]]


def test_a_silent_buyer_accepts_after_being_reminded(delivered: Trade, api: FastAPI) -> None:
    runtime = api.state.runtime
    assert shown(delivered)["accepts_at"] is not None
    set_back(api, delivered, delivered_at=now() - REMINDED_AFTER + LATER)
    end_silence(runtime)
    assert "deal.unaccepted" not in told(delivered, "buyer"), "there is time yet"

    set_back(api, delivered, delivered_at=now() - REMINDED_AFTER - ACCEPTED_AFTER - LATER)
    for _ in range(2):  # however long nothing ran, nobody accepts who was not reminded before
        end_silence(runtime)
    assert shown(delivered)["state"] == "delivered"
    assert told(delivered, "buyer").count("deal.unaccepted") == 1

    set_back(api, delivered, reminded_at=now() - ACCEPTED_AFTER - LATER)
    for _ in range(2):
        end_silence(runtime)
    accepted = shown(delivered)
    assert (accepted["state"], accepted["accepted_by"], accepted["accepts_at"]) == ("accepted", "time", None)
    for side in ("buyer", "supplier"):
        assert told(delivered, side).count("deal.accepted_by_time") == 1
    delivered.rate("supplier")


def test_a_dispute_stops_the_clock_and_a_new_delivery_starts_it_anew(delivered: Trade, api: FastAPI) -> None:
    runtime, long_ago = api.state.runtime, now() - timedelta(days=30)
    set_back(api, delivered, delivered_at=long_ago, reminded_at=long_ago)
    delivered.do("buyer", "dispute", note="三台漏水")
    end_silence(runtime)
    assert shown(delivered)["state"] == "disputed"
    delivered.do("buyer", "resume", decision="已更换")
    delivered.do("supplier", "deliver")
    end_silence(runtime)
    assert shown(delivered)["state"] == "delivered"
    assert "deal.unaccepted" not in told(delivered, "buyer"), (
        "the reminder of the first delivery is forgotten"
    )


def test_a_buyer_who_accepts_is_named(delivered: Trade) -> None:
    assert delivered.do("buyer", "accept")["accepted_by"] == "buyer"
