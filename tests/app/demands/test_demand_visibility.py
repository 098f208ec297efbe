"""Before whom a demand stands: everybody, the firms invited, everybody but without the buyer's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.actor import SYSTEM, Actor
from app.core.errors import Conflict, Forbidden
from app.demands import service
from app.demands.policy import Action

DEMANDS = "/api/v1/demands"
Browser = Callable[..., TestClient]


@pytest.fixture
def firms(client: TestClient, new_uscc: Callable[[], str]) -> list[str]:
    """Ids of a buyer and two suppliers."""
    names = ("采购方", "供应商甲", "供应商乙")
    said = [{"uscc": new_uscc(), "name": f"沈阳可见性{name}有限公司"} for name in names]
    return [client.post("/api/v1/companies", json=one).json()["id"] for one in said]


def read(browser: TestClient, key: str) -> Any:
    answer = browser.get(f"{DEMANDS}/{key}")
    listed = {item["id"] for item in browser.get(DEMANDS, params={"limit": 100}).json()["items"]}
    page = browser.get(f"/demands/{key}")
    assert (answer.status_code == 200) == (key in listed) == (page.status_code == 200)
    return answer.json() if answer.status_code == 200 else None


def test_an_invited_demand_is_seen_by_its_guests(
    visitor: TestClient, sign_in: Browser, firms: list[str]
) -> None:
    buyer, invited, other = (sign_in(seats={firm: "owner"}) for firm in firms)
    said = {"title": "定向水泵", "visibility": "invited", "guests": [firms[1]]}
    key = buyer.post(DEMANDS, json=said).json()["id"]
    assert read(buyer, key)
    assert read(invited, key)
    assert read(other, key) is None
    assert read(visitor, key) is None
    buyer.patch(f"{DEMANDS}/{key}", json={"guests": [firms[2]]}, headers={"If-Match": "*"})
    assert read(other, key)
    assert read(invited, key) is None


def test_whoever_is_let_in_later_sees_it(api: FastAPI, sign_in: Browser, firms: list[str]) -> None:
    buyer, invited = sign_in(seats={firms[0]: "owner"}), sign_in(seats={firms[1]: "sales"})
    key = buyer.post(DEMANDS, json={"title": "定向水泵", "visibility": "invited"}).json()["id"]
    for _ in range(2):
        with api.state.runtime.session(actor=SYSTEM) as session:
            service.let_in(session, UUID(key), [UUID(firms[1])])
    assert read(invited, key)
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        assert service.guests_of(session, UUID(key)) == [UUID(firms[1])]


def test_an_anonymous_buyer_is_named_to_nobody_else(
    visitor: TestClient, sign_in: Browser, firms: list[str]
) -> None:
    buyer, colleague = sign_in(seats={firms[0]: "owner"}), sign_in(seats={firms[0]: "viewer"})
    supplier = sign_in(seats={firms[1]: "owner"})
    key = buyer.post(DEMANDS, json={"title": "匿名水泵", "visibility": "anonymous"}).json()["id"]
    for one in (buyer, colleague):
        assert read(one, key)["buyer"] == "沈阳可见性采购方有限公司"
    for one in (supplier, visitor):
        seen = read(one, key)
        assert (seen["buyer"], seen["buyer_company_id"]) == ("", None)
        assert "可见性采购方" not in one.get(f"/demands/{key}").text
        assert firms[0] not in one.get(f"/demands/{key}").text


def test_a_sealed_budget_is_the_buyers_own(visitor: TestClient, sign_in: Browser, firms: list[str]) -> None:
    buyer = sign_in(seats={firms[0]: "owner"})
    said = {"title": "水泵", "budget_low": 1, "budget_high": 2, "budget_sealed": True}
    key = buyer.post(DEMANDS, json=said).json()["id"]
    assert read(buyer, key)["budget_high"] == 2
    seen = read(visitor, key)
    assert (seen["budget_low"], seen["budget_high"], seen["budget_sealed"]) == (None, None, True)


def test_what_is_taken_back_is_the_buyers_own_again(
    visitor: TestClient, sign_in: Browser, firms: list[str]
) -> None:
    buyer = sign_in(seats={firms[0]: "owner"})
    key = buyer.post(DEMANDS, json={"title": "水泵"}).json()["id"]
    assert buyer.post(f"{DEMANDS}/{key}/withdraw").json()["state"] == "withdrawn"
    assert read(visitor, key) is None
    assert buyer.post(f"{DEMANDS}/{key}/reopen").json()["state"] == "draft"


def test_moves_that_follow_from_something_else_ask_for_no_right_of_their_own(
    api: FastAPI, sign_in: Browser, firms: list[str], visitor: TestClient
) -> None:
    buyer = sign_in(seats={firms[0]: "owner"})
    posted = buyer.post(DEMANDS, json={"title": "水泵"}).json()
    supplier = Actor("person", uuid4(), seats={UUID(firms[1]): "sales"})
    key = UUID(posted["id"])

    def move(action: Action, actor: Actor = supplier) -> tuple[str, int]:
        with api.state.runtime.session(actor=actor) as session:
            demand = service.move_demand(session, key, action=action)
            return demand.state, demand.version

    assert move("quote") == ("quoting", 2)
    assert move("quote") == ("quoting", 2)  # no news to whoever is editing
    with pytest.raises(Forbidden):
        move("award")
    assert move("award", SYSTEM) == ("awarded", 3)
    with pytest.raises(Conflict):
        move("award", SYSTEM)
    assert move("fall_back") == ("quoting", 4)
    for action in ("quote", "award", "expire", "submit", "fulfil"):
        assert buyer.post(f"{DEMANDS}/{key}/{action}").status_code == 404
        assert buyer.post(f"/demands/{key}/{action}").status_code == 404
    assert visitor.post(f"{DEMANDS}/{key}/withdraw").status_code == 401
