"""Which leads became deals, as the deals themselves say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI

from app.core.actor import SYSTEM
from app.core.ids import new_id
from app.deals.models import Deal
from app.deals.service import begin_deal
from tests.app.leads.conftest import Team


def test_conversion_is_taken_from_deals_that_stand(
    api: FastAPI,
    team: Team,
    make_company: Callable[..., dict[str, Any]],
    code_of: Callable[[dict[str, Any]], dict[str, Any]],
    sign_in: Any,
) -> None:
    firms = [make_company(f"沈阳成交测试{n}厂") for n in range(4)]
    for firm in firms[:3]:
        scan = {"id": str(uuid4()), "address": code_of(firm)["code"]}
        assert team.wang.post("/api/v1/scans/batch", json={"items": [scan]}).is_success
    team.li.post("/api/v1/leads", json={"company_id": firms[3]["id"]})
    buyer = sign_in(seats={firms[0]["id"]: "buyer"})
    demand = buyer.post("/api/v1/demands", json={"title": "采购离心泵成交测试"}).json()

    def deal(bought_by: str, supplied_by: str) -> UUID:
        with api.state.runtime.session(actor=SYSTEM) as session:
            return begin_deal(
                session,
                demand_id=UUID(demand["id"]),
                quote_id=new_id(),
                buyer_company_id=UUID(bought_by),
                buyer_person_id=None,
                supplier_company_id=UUID(supplied_by),
                lines=[],
            ).id

    sold = deal(firms[0]["id"], team.id)
    deal(firms[3]["id"], team.id)
    # What the team buys from a firm it scanned is no sale.
    deal(team.id, firms[1]["id"])
    told = team.boss.get("/api/v1/lead-board").json()
    whole = told["whole"]
    assert (whole["scanned"], whole["deals"], whole["scanned_deals"]) == (3, 2, 1)
    assert whole["scan_conversion"] == 0.3333
    people = {one["name"]: one["scanned_deals"] for one in told["people"]}
    assert people == {"王敏": 1, "李强": 0}
    assert {one["key"]: one["deals"] for one in told["sources"]} == {"scan": 1, "manual": 1}
    assert "1 / 3" in team.boss.get("/leads/board").text
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.get_one(Deal, sold).state = "cancelled"
    assert team.boss.get("/api/v1/lead-board").json()["whole"]["scanned_deals"] == 0
