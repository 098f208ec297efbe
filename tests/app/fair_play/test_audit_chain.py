"""The audit chain: who was shown which telephone number, and that no row changes unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlmodel import Session, col, delete, select, update
from starlette.testclient import TestClient

from app.core.actor import SYSTEM, Actor
from app.core.audit import AuditEntry, record, verify
from app.core.database import make_engine, unit_of_work
from app.core.ids import new_id
from app.settings import Settings

SignIn = Callable[..., TestClient]


@pytest.fixture
def firm_with_phone(client: TestClient, firm: Callable[[str], UUID]) -> str:
    """A firm whose telephone members may ask for."""
    key = str(firm("沈阳电话测试有限公司"))
    said = {"contact_name": "陈建国", "phone": "13800001234", "email": "chen@example.com"}
    answer = client.patch(f"/api/v1/companies/{key}", json=said, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    return key


def test_a_number_is_shown_by_an_act_the_firm_can_read(
    sign_in: SignIn,
    firm_with_phone: str,
    firm: Callable[[str], UUID],
    client: TestClient,
    visitor: TestClient,
) -> None:
    path = f"/api/v1/companies/{firm_with_phone}"
    buyer_firm = str(firm("沈阳查询测试有限公司"))
    buyer = sign_in(seats={buyer_firm: "buyer"}, name="采购员甲")
    owner = sign_in(seats={firm_with_phone: "owner"})
    assert visitor.post(f"{path}/contact").status_code == 401
    assert client.post(f"{path}/contact").json()["code"] == "person_required"
    assert buyer.post(f"{path}/contact").json() == {
        "name": "陈建国",
        "phone": "13800001234",
        "email": "chen@example.com",
    }
    assert owner.post(f"{path}/contact").status_code == 200, "one's own is not written down"
    assert buyer.get(f"{path}/contact-views").status_code == 403
    (seen,) = owner.get(f"{path}/contact-views").json()["items"]
    assert seen["actor_name"] == "采购员甲"
    assert seen["detail"] == {"firms": ["沈阳查询测试有限公司"], "fields": ["name", "phone", "email"]}
    operator = sign_in(divisions=["210000"], name="运营员乙")
    operator.post(f"{path}/contact")
    both = operator.get(f"{path}/contact-views?limit=1").json()
    assert both["items"][0]["actor_name"] == "运营员乙"
    rest = operator.get(f"{path}/contact-views?limit=1&cursor={both['next_cursor']}").json()
    assert [one["number"] for one in rest["items"]] == [seen["number"]]
    owner.put(f"{path}/blocks/{buyer_firm}", json={})
    assert buyer.post(f"{path}/contact").json()["code"] == "contact_hidden"


def test_what_a_firm_hides_is_not_shown(sign_in: SignIn, firm_with_phone: str, client: TestClient) -> None:
    path = f"/api/v1/companies/{firm_with_phone}"
    client.patch(path, json={"contact_visibility": "private"}, headers={"If-Match": "*"})
    assert sign_in().post(f"{path}/contact").json()["code"] == "contact_hidden"


def test_a_look_that_shows_nothing_leaves_no_row(sign_in: SignIn, firm: Callable[[str], UUID]) -> None:
    path = f"/api/v1/companies/{firm('沈阳无电话测试有限公司')}"
    owner, looker = sign_in(seats={path.rpartition("/")[2]: "owner"}), sign_in()
    assert looker.post(f"{path}/contact").json() == {"name": "", "phone": "", "email": ""}
    assert owner.get(f"{path}/contact-views").json()["items"] == []
    owner.patch(path, json={"contact_name": "陈建国"}, headers={"If-Match": "*"}).raise_for_status()
    assert looker.post(f"{path}/contact").json()["name"] == "陈建国"
    (seen,) = owner.get(f"{path}/contact-views").json()["items"]
    assert seen["detail"]["fields"] == ["name"]


@pytest.fixture
def chain(database_url: str) -> Any:
    """A database with a chain of five."""
    engine = make_engine(Settings(database_url=database_url))
    actor = Actor("person", new_id(), name="甲")
    for number in range(5):
        with unit_of_work(engine, actor=actor) as session:
            record(session, act="test", company_id=None, division="", detail={"n": number, "text": "电话"})
    yield engine
    engine.dispose()


def checked(engine: Any, head: str = "") -> tuple[int, int | None, str]:
    with unit_of_work(engine, writing=False, actor=SYSTEM) as session:
        found = verify(session, head=head)
    return found.rows, found.broken_at, found.reason


def spoil(engine: Any, statement: Any) -> None:
    with unit_of_work(engine, actor=SYSTEM) as session:
        session.execute(statement)


def test_a_whole_chain_holds(chain: Any) -> None:
    assert checked(chain) == (5, None, "")
    with unit_of_work(chain, writing=False, actor=SYSTEM) as session:
        hashes = list(session.scalars(select(AuditEntry.hash).order_by(col(AuditEntry.number))))
    assert checked(chain, head=hashes[2]) == (5, None, "")
    assert checked(chain, head="f" * 64) == (5, 6, "head not found")
    spoil(chain, delete(AuditEntry).where(col(AuditEntry.number) > 3))
    assert checked(chain) == (3, None, ""), "an end cut off shows by the head alone"
    assert checked(chain, head=hashes[4]) == (3, 4, "head not found")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_name", "乙"),
        ("detail", {"n": 9}),
        ("act", "other"),
        ("hash", "0" * 64),
        ("previous", "1" * 64),
    ],
)
def test_a_row_that_was_changed_is_found(chain: Any, column: str, value: Any) -> None:
    spoil(chain, update(AuditEntry).where(col(AuditEntry.number) == 3).values(**{column: value}))
    assert checked(chain) == (2, 3, "changed")


def test_a_row_that_was_taken_out_is_found(chain: Any) -> None:
    spoil(chain, delete(AuditEntry).where(col(AuditEntry.number) == 2))
    assert checked(chain) == (1, 2, "missing")


def test_many_at_once_make_one_chain(api: FastAPI) -> None:
    runtime = api.state.runtime
    actor = Actor("person", new_id(), name="并发")

    def add(number: int) -> None:
        with runtime.session(actor=actor) as session:
            record(session, act="race", company_id=None, division="", detail={"n": number})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(24)))
    with runtime.session(writing=False, actor=SYSTEM) as session:
        assert verify(session).broken_at is None
        found = session.scalars(select(AuditEntry).where(col(AuditEntry.act) == "race")).all()
    assert sorted(one.detail["n"] for one in found) == list(range(24))


def test_the_session_is_not_needed_to_be_the_systems(chain: Any) -> None:
    with Session(chain, info={"actor": Actor("person", new_id())}) as session:
        assert verify(session).rows == 5, "whoever walks the chain walks it whole"
