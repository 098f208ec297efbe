"""The whole trade through the API alone: from a posted demand to a rated deal, the first winner silent."""

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
from app.matches.models import Outcome
from app.trade import jobs
from app.trade.endings import end_invitations
from app.trade.jobs import announce, let_awards_lapse
from app.trade.models import Inquiry
from app.trade.policy import HEARD
from app.trade.quote_models import Award
from tests.app.trade_helpers import Market

MARKS: dict[str, dict[str, Any]] = {
    "buyer": {"side": "buyer", "scores": {"timing": 5, "quality": 4, "packing": 4, "communication": 5}},
    "supplier": {"side": "supplier", "scores": {"payment": 5, "clarity": 4, "communication": 5}},
}


def test_from_a_demand_to_a_rated_deal(
    market: Callable[..., Market], monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = market(4)
    first, second, third, silent = trade.suppliers
    runtime = trade.api.state.runtime
    found = [(UUID(one.company_id), 10.0) for one in trade.suppliers]
    monkeypatch.setattr(jobs, "_matched", lambda _runtime, _demand: found)

    assert announce(runtime, UUID(trade.demand_id), 1) == 4
    with runtime.session(actor=SYSTEM) as session:
        told = col(Inquiry.company_id) == UUID(silent.company_id)
        session.execute(update(Inquiry).where(told).values(told_at=now() - HEARD))
    for one in trade.suppliers:
        (invited,) = one.browser.get("/api/v1/inquiries").json()["items"]
        told = one.browser.get("/api/v1/me/notices").json()["items"]
        assert "invitation.received" in [notice["kind"] for notice in told]
        if one is third:
            one.post(f"/api/v1/inquiries/{invited['id']}/decline", reason="capacity")

    cheap, dear = trade.quote(0, "3200", "4000"), trade.quote(1, "3500", "4100")
    revised = first.browser.put(
        f"/api/v1/quotes/{cheap['id']}", json=trade.terms("3000", "4000"), headers={"If-Match": "*"}
    )
    assert revised.json()["number"] == 2
    assert [one["quote_id"] for one in trade.compare()["quotes"]] == [cheap["id"], dear["id"]]

    (award,) = trade.award(cheap, confirm_hours=1)["items"]
    with runtime.session(actor=SYSTEM) as session:
        session.get_one(Award, UUID(award["id"])).confirm_by = now() - timedelta(seconds=1)
    assert let_awards_lapse(runtime) == 1
    (again,) = second.browser.get("/api/v1/awards").json()["items"]
    assert (again["after_id"], again["state"]) == (award["id"], "offered")
    deal_id = second.post(f"/api/v1/awards/{again['id']}/confirm")["deal_id"]

    deal = f"/api/v1/deals/{deal_id}"
    trade.buys(f"{deal}/confirm", side="buyer")
    second.post(f"{deal}/confirm", side="supplier")
    second.post(f"{deal}/deliver")
    assert trade.buys(f"{deal}/accept")["state"] == "accepted"
    trade.buys(f"{deal}/reviews", 201, **MARKS["buyer"])
    second.post(f"{deal}/reviews", 201, **MARKS["supplier"])

    end_invitations(runtime)
    (over,) = [
        one
        for one in silent.browser.get("/api/v1/me/notices").json()["items"]
        if one["kind"] == "demand.closed"
    ]
    assert trade.demand_id in over["about"]

    with runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(Outcome).where(col(Outcome.demand_id) == UUID(trade.demand_id))
        outcomes = {(str(one.company_id), one.outcome) for one in session.scalars(query)}
    assert outcomes == {
        (first.company_id, "quoted"),
        (second.company_id, "quoted"),
        (second.company_id, "won"),
        (third.company_id, "declined"),
        (silent.company_id, "ignored"),
    }
