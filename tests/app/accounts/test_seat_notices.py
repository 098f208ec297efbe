"""Whoever sits in a company is told of its seats: joined, changed, gone, handed over; once, and as they wish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.accounts.models import Person
from app.core.actor import SYSTEM

SignIn = Callable[..., TestClient]


def my_id(browser: TestClient) -> str:
    found: str = browser.get("/api/v1/me").json()["id"]
    return found


def told(browser: TestClient, language: str = "zh") -> list[tuple[str, str, str]]:
    """Kind, title and text of one's notices, the oldest first."""
    items = browser.get("/api/v1/me/notices", headers={"Accept-Language": language}).json()["items"]
    return [(one["kind"], one["title"], one["text"]) for one in reversed(items)]


@pytest.fixture
def seats(company: dict[str, Any]) -> str:
    return f"/api/v1/companies/{company['id']}"


@pytest.fixture
def owner(sign_in: SignIn, company: dict[str, Any]) -> TestClient:
    return sign_in(seats={company["id"]: "owner"}, name="老板")


def join(api: FastAPI, owner: TestClient, newcomer: TestClient, seats: str, **said: Any) -> None:
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        contact = session.get_one(Person, UUID(my_id(newcomer))).email
    made = owner.post(f"{seats}/invitations", json={"contact": contact, "role": "sales", **said}).json()
    assert newcomer.post(f"/api/v1/me/invitations/{made['id']}/accept").status_code == 200


def test_joined_changed_and_gone(
    api: FastAPI, sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str
) -> None:
    manager = sign_in(seats={company["id"]: "manager"})
    viewer = sign_in(seats={company["id"]: "viewer"})
    newcomer = sign_in(name="小李")
    name = company["name"]
    join(api, owner, newcomer, seats)
    taken = ("seat.taken", f"小李 加入了 {name}", "角色：销售员。")
    assert told(owner) == told(manager) == [taken]
    assert [kind for kind, *_ in told(newcomer)] == ["seat.offered"], "whoever took it knows"
    where = f"{seats}/seats/{my_id(newcomer)}"
    owner.put(where, json={"role": "buyer"})
    owner.put(where, json={"role": "buyer"})
    changed = ("seat.changed", "席位有调整：小李", f"{name}：由销售员改为采购员。")
    assert told(newcomer)[1:] == told(manager)[1:] == [changed], "once, though it was sent twice"
    assert told(owner) == [taken], "whoever did it knows"
    assert told(newcomer, "en")[-1][2] == f"{name}: from Sales to Buyer."
    owner.delete(where)
    assert told(newcomer)[-1] == ("seat.removed", "席位已取消：小李", f"{name}：原为采购员。")
    assert told(viewer) == []


def test_whoever_leaves_is_missed(
    sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str
) -> None:
    leaving = sign_in(seats={company["id"]: "sales"}, name="小王")
    leaving.delete(f"{seats}/seats/{my_id(leaving)}")
    assert [kind for kind, *_ in told(owner)] == ["seat.removed"]
    assert told(leaving) == []


def test_handed_over_every_owner_and_manager_learns_of_it(
    api: FastAPI, sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str
) -> None:
    manager, heir = sign_in(seats={company["id"]: "manager"}), sign_in(name="继任")
    join(api, owner, heir, seats, hands_over=True, role="owner")
    said = (
        "company.handed_over",
        f"企业负责人有变更：{company['name']}",
        "现由 继任 负责。如有疑问，请联系平台运营员。",
    )
    assert told(owner) == told(manager) == [said]
    assert [kind for kind, *_ in told(heir)] == ["seat.offered"]


@pytest.mark.parametrize("replaces", [True, False])
def test_an_operator_s_decision_is_told_to_who_was_there(
    sign_in: SignIn, owner: TestClient, seats: str, replaces: bool
) -> None:
    claimant, operator = sign_in(name="新主"), sign_in(divisions=["210100"])
    made = claimant.post(f"{seats}/claims", json={"method": "review", "statement": "本人是法定代表人"}).json()
    said = {"replaces_owners": replaces, "decision": "属实"}
    assert operator.post(f"/api/v1/claims/{made['id']}/approve", json=said).status_code == 200
    assert [kind for kind, *_ in told(claimant)] == ["claim.approved"]
    last = "company.handed_over" if replaces else "seat.taken"
    assert [kind for kind, *_ in told(owner)] == ["company.claimed", last]


def test_as_one_wishes(api: FastAPI, sign_in: SignIn, owner: TestClient, seats: str) -> None:
    wishes = owner.get("/api/v1/me/notice-preferences")
    change = {"channels": {"seat.taken": "none"}}
    etag = {"If-Match": wishes.headers["etag"]}
    assert owner.patch("/api/v1/me/notice-preferences", json=change, headers=etag).status_code == 200
    join(api, owner, sign_in(), seats)
    assert told(owner) == []


def test_owners_and_managers_hear_that_somebody_claims_the_company(
    sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str
) -> None:
    manager, seller = (sign_in(seats={company["id"]: role}) for role in ("manager", "sales"))
    rival = sign_in(name="外人")
    assert rival.post(f"{seats}/claims", json={"method": "review", "statement": "我的"}).status_code == 201
    for leader in (owner, manager):
        ((kind, title, text),) = told(leader)
        assert (kind, title) == ("company.claimed", f"有人申请认领：{company['name']}")
        assert text.startswith("外人 申请认领")
    assert told(seller) == told(rival) == []
