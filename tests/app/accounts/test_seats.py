"""Seats over HTTP: offered, taken, changed, left, handed over; a company that has seats keeps an owner."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlmodel import col
from starlette.testclient import TestClient

from app.accounts.models import Invitation, Person, Seat
from app.accounts.seats import change_role, remove_member
from app.core.actor import SEAT_ROLES, SYSTEM, Actor
from app.core.clock import now
from app.core.errors import LianqiaoError

SignIn = Callable[..., TestClient]


def my_id(browser: TestClient) -> str:
    found: str = browser.get("/api/v1/me").json()["id"]
    return found


def contact_of(api: FastAPI, browser: TestClient) -> str:
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        found: str = session.get_one(Person, UUID(my_id(browser))).email
    return found


@pytest.fixture
def seats(company: dict[str, Any]) -> str:
    return f"/api/v1/companies/{company['id']}/seats"


@pytest.fixture
def invitations(company: dict[str, Any]) -> str:
    return f"/api/v1/companies/{company['id']}/invitations"


@pytest.fixture
def owner(sign_in: SignIn, company: dict[str, Any]) -> TestClient:
    return sign_in(seats={company["id"]: "owner"}, name="老板")


def test_invited_by_contact_and_accepted(
    api: FastAPI,
    sign_in: SignIn,
    owner: TestClient,
    seats: str,
    invitations: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    newcomer = sign_in(name="小李")
    contact = contact_of(api, newcomer)
    offered = owner.post(invitations, json={"contact": contact.upper(), "role": "sales"})
    assert offered.status_code == 201, offered.text
    assert offered.json()["contact"].startswith("t***@")
    told = [one.getMessage() for one in caplog.records if one.name == "app.core.senders"]
    assert len(told) == 1
    assert contact in told[0]
    (mine,) = newcomer.get("/api/v1/me/invitations").json()["items"]
    assert newcomer.post(f"/api/v1/me/invitations/{mine['id']}/accept").json()["role"] == "sales"
    assert newcomer.post(f"/api/v1/me/invitations/{mine['id']}/accept").status_code == 404, "once"
    listed = newcomer.get(seats).json()["items"]
    assert [(one["name"], one["role"]) for one in listed] == [("老板", "owner"), ("小李", "sales")]
    assert owner.get(invitations).json()["items"] == []
    again = owner.post(invitations, json={"contact": contact, "role": "viewer"})
    assert (again.status_code, again.json()["code"]) == (409, "seat_exists")


def test_an_offer_is_declined_withdrawn_or_over(
    api: FastAPI, sign_in: SignIn, owner: TestClient, invitations: str
) -> None:
    newcomer, other = sign_in(), sign_in()
    contact = contact_of(api, newcomer)

    def offer() -> str:
        made: str = owner.post(invitations, json={"contact": contact, "role": "buyer"}).json()["id"]
        return made

    first = offer()
    assert other.post(f"/api/v1/me/invitations/{first}/accept").status_code == 404, "somebody else's"
    assert newcomer.post(f"/api/v1/me/invitations/{first}/decline").status_code == 204
    second = offer()
    assert owner.delete(f"{invitations}/{second}").status_code == 204
    assert newcomer.post(f"/api/v1/me/invitations/{second}/accept").status_code == 404
    replaced, last = offer(), offer()
    assert newcomer.post(f"/api/v1/me/invitations/{replaced}/accept").status_code == 404
    with api.state.runtime.session(actor=SYSTEM) as session:
        late = update(Invitation).where(col(Invitation.id) == UUID(last))
        session.execute(late.values(expires_at=now() - timedelta(seconds=1)))
    assert newcomer.post(f"/api/v1/me/invitations/{last}/accept").status_code == 404
    assert newcomer.get("/api/v1/me/invitations").json()["items"] == []


def test_an_offer_dies_with_the_role_of_who_made_it(
    api: FastAPI, sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str, invitations: str
) -> None:
    manager, newcomer = sign_in(seats={company["id"]: "manager"}), sign_in()
    made = manager.post(invitations, json={"contact": contact_of(api, newcomer), "role": "sales"}).json()
    owner.put(f"{seats}/{my_id(manager)}", json={"role": "viewer"})
    refused = newcomer.post(f"/api/v1/me/invitations/{made['id']}/accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "invitation_void")


def test_managers_deal_with_seats_below_their_own(
    sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str, invitations: str
) -> None:
    manager = sign_in(seats={company["id"]: "manager"})
    sales = sign_in(seats={company["id"]: "sales"})
    for role in ("owner", "manager"):
        answer = manager.post(invitations, json={"contact": "a@b.cn", "role": role})
        assert (answer.status_code, answer.json()["code"]) == (403, "owner_required")
        assert manager.put(f"{seats}/{my_id(sales)}", json={"role": role}).status_code == 403
    assert manager.put(f"{seats}/{my_id(owner)}", json={"role": "viewer"}).status_code == 403
    assert manager.delete(f"{seats}/{my_id(owner)}").status_code == 403
    assert manager.put(f"{seats}/{my_id(sales)}", json={"role": "buyer"}).status_code == 200
    assert manager.delete(f"{seats}/{my_id(sales)}").status_code == 204
    assert sales.get(seats).status_code == 403, "gone at once"


def test_others_neither_see_nor_touch(
    sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str
) -> None:
    for outsider in (sign_in(), sign_in(divisions=["100000"])):
        assert outsider.get(seats).status_code == 403
        assert outsider.delete(f"{seats}/{my_id(owner)}").status_code == 403
    viewer = sign_in(seats={company["id"]: "viewer"})
    assert viewer.get(seats).status_code == 200
    assert viewer.delete(f"{seats}/{my_id(owner)}").status_code == 403
    assert viewer.delete(f"{seats}/{my_id(viewer)}").status_code == 204, "anybody may leave"


def test_the_last_owner_cannot_leave_or_step_down(owner: TestClient, seats: str) -> None:
    for answer in (
        owner.delete(f"{seats}/{my_id(owner)}"),
        owner.put(f"{seats}/{my_id(owner)}", json={"role": "manager"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")


def test_handing_over(
    api: FastAPI, sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str, invitations: str
) -> None:
    heir = sign_in(seats={company["id"]: "sales"}, name="继任")
    said = {"contact": contact_of(api, heir), "role": "owner", "hands_over": True}
    assert heir.post(invitations, json=said).status_code == 403, "only an owner hands over"
    made = owner.post(invitations, json=said).json()
    assert heir.post(f"/api/v1/me/invitations/{made['id']}/accept").status_code == 200
    roles = {one["person_id"]: one["role"] for one in heir.get(seats).json()["items"]}
    assert roles == {my_id(owner): "manager", my_id(heir): "owner"}
    assert owner.delete(f"{seats}/{my_id(owner)}").status_code == 204


def test_the_same_key_invites_once(
    owner: TestClient, invitations: str, caplog: pytest.LogCaptureFixture
) -> None:
    said, headers = {"contact": "once@people.test", "role": "sales"}, {"Idempotency-Key": "invite-once"}
    first = owner.post(invitations, json=said, headers=headers)
    second = owner.post(invitations, json=said, headers=headers)
    assert first.json() == second.json()
    assert len([one for one in caplog.records if one.name == "app.core.senders"]) == 1


def test_two_owners_leaving_at_once_leave_one(
    sign_in: SignIn, owner: TestClient, company: dict[str, Any], seats: str
) -> None:
    other = sign_in(seats={company["id"]: "owner"})
    addresses = [(one, f"{seats}/{my_id(one)}") for one in (owner, other)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: pair[0].delete(pair[1]).status_code, addresses))
    assert sorted(answers) == [204, 409]


def test_whatever_is_done_an_owner_remains(api: FastAPI, company: dict[str, Any], sign_in: SignIn) -> None:
    """A seeded walk over changes and removals by everybody on everybody."""
    key = UUID(company["id"])
    people = [UUID(my_id(sign_in(seats={company["id"]: role}))) for role in SEAT_ROLES]
    chance = random.Random(7)

    def held() -> dict[UUID, Any]:
        with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
            return {
                seat.person_id: seat.role
                for seat in session.scalars(select(Seat).where(col(Seat.company_id) == key))
            }

    answers = []
    for _ in range(120):
        roles = held()
        who, whom = chance.choice(people), chance.choice(people)
        seat = {key: roles[who]} if who in roles else {}
        try:
            with api.state.runtime.session(actor=Actor("person", who, seats=seat)) as session:
                if chance.random() < 0.2:
                    remove_member(session, company_id=key, person_id=whom)
                else:
                    change_role(session, company_id=key, person_id=whom, role=chance.choice(SEAT_ROLES))
            answers.append(200)
        except LianqiaoError as refused:
            answers.append(refused.status)
        assert "owner" in held().values()
    assert answers.count(200) > 5
    assert set(answers) <= {200, 403, 404, 409}


def test_who_has_an_account_reads_of_the_offer_in_the_inbox(
    api: FastAPI, sign_in: SignIn, owner: TestClient, invitations: str
) -> None:
    colleague = sign_in()
    said = {"contact": contact_of(api, colleague), "role": "sales"}
    assert owner.post(invitations, json=said).status_code == 201
    (told,) = colleague.get("/api/v1/me/notices").json()["items"]
    assert (told["kind"], told["about"]) == ("seat.offered", "/account")
