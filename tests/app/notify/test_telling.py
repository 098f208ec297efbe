"""Telling: who is told, once, in the transaction in which it happened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.core.actor import SYSTEM, Actor
from app.core.i18n import translate
from app.core.ids import new_id
from app.core.runtime import Runtime
from app.notify.kinds import KINDS
from app.notify.models import Notice, NoticePreference
from app.notify.service import tell
from app.notify.webhook_models import Webhook, WebhookDelivery
from tests.app.notify.conftest import NewPerson, Tell

SAID = {"title": "水泵", "company": "甲厂"}


def told(runtime: Runtime, person_id: UUID) -> list[Notice]:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(Notice).where(col(Notice.person_id) == person_id).order_by(col(Notice.id))
        return list(session.scalars(query))


def test_seats_whose_role_it_concerns_are_told(
    runtime: Runtime, person: NewPerson, tell_now: Tell, company: dict[str, Any]
) -> None:
    firm = company["id"]
    people = {role: person(seats={firm: role}) for role in ("owner", "manager", "buyer", "sales", "viewer")}
    assert tell_now(companies=[UUID(firm)]) == 3
    assert {role for role, key in people.items() if told(runtime, key)} == {"owner", "manager", "buyer"}
    (notice,) = told(runtime, people["buyer"])
    assert str(notice.company_id) == firm
    assert notice.mail_due_at is not None, "a quote is e-mailed unless somebody chose otherwise"


def test_the_same_key_tells_nobody_twice(runtime: Runtime, person: NewPerson, tell_now: Tell) -> None:
    first, second = person(), person()
    assert tell_now(people=[first], key="same") == 1
    assert tell_now(people=[first, second], key="same") == 1
    assert len(told(runtime, first)) == len(told(runtime, second)) == 1


def test_told_at_once_by_many_somebody_is_told_once(
    runtime: Runtime, person: NewPerson, tell_now: Tell
) -> None:
    people = [person() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        orders = [people[turn:] + people[:turn] for turn in range(4)]
        assert sum(pool.map(lambda order: tell_now(people=order, key="raced"), orders)) == 4
    assert [len(told(runtime, one)) for one in people] == [1, 1, 1, 1]


def test_what_is_rolled_back_is_not_told(runtime: Runtime, person: NewPerson) -> None:
    reached = person()

    def fail() -> None:
        with runtime.session(actor=SYSTEM) as session:
            tell(session, people=[reached], kind="quote.received", about="/", data=SAID, key="undone")
            raise RuntimeError("the act itself failed")

    with pytest.raises(RuntimeError):
        fail()
    assert not told(runtime, reached)


def test_whoever_acts_needs_no_sight_of_who_is_told(
    runtime: Runtime, person: NewPerson, company: dict[str, Any]
) -> None:
    reached = person(seats={company["id"]: "owner"})
    stranger = Actor("person", person())
    with runtime.session(actor=stranger) as session:
        firms = [UUID(company["id"])]
        tell(session, companies=firms, kind="quote.received", about="/", data=SAID, key="stranger")
        assert session.scalars(select(Notice).where(col(Notice.person_id) == reached)).all() == []
    assert len(told(runtime, reached)) == 1


def test_operators_of_the_place_are_told(runtime: Runtime, person: NewPerson, tell_now: Tell) -> None:
    here, above, elsewhere = (person(divisions=(code,)) for code in ("330100", "330000", "320000"))
    said = {"kind": "claim.submitted", "data": {"company": "甲厂", "person": "王工"}}
    tell_now(division="330106", **said)
    assert [len(told(runtime, one)) for one in (here, above, elsewhere)] == [1, 1, 0]


def test_a_kind_turned_off_is_not_told_and_one_for_the_inbox_is_not_mailed(
    runtime: Runtime, person: NewPerson, tell_now: Tell
) -> None:
    none, inbox, phone, demo = person(), person(), person(contact="13800990011"), person(demo=True)
    with runtime.session(actor=SYSTEM) as session:
        session.add(NoticePreference(person_id=none, channels={"quote.received": "none"}))
        session.add(NoticePreference(person_id=inbox, channels={"quote.received": "inbox"}))
    assert tell_now(people=[none, inbox, phone, demo]) == 3
    assert not told(runtime, none)
    for reached in (inbox, phone, demo):
        assert told(runtime, reached)[0].mail_due_at is None


def test_webhooks_are_told_in_the_same_breath(
    runtime: Runtime, tell_now: Tell, company: dict[str, Any]
) -> None:
    firm = UUID(company["id"])
    hooks = {
        "all": Webhook(id=new_id(), company_id=firm, url="https://a.example/"),
        "some": Webhook(id=new_id(), company_id=firm, url="https://b.example/", kinds=["deal.begun"]),
        "paused": Webhook(id=new_id(), company_id=firm, url="https://c.example/", state="paused"),
        "disabled": Webhook(id=new_id(), company_id=firm, url="https://d.example/", state="disabled"),
        "place": Webhook(id=new_id(), division="210000", url="https://e.example/"),
    }
    with runtime.session(actor=SYSTEM) as session:
        session.add_all(hooks.values())
    for _ in range(2):
        tell_now(companies=[firm], key="breath")
    said = {"kind": "claim.submitted", "data": {"company": "甲厂", "person": "王工"}}
    tell_now(division="210106", key="place", **said)
    tell_now(division="330106", key="elsewhere", **said)
    with runtime.session(writing=False, actor=SYSTEM) as session:
        rows = session.scalars(select(WebhookDelivery)).all()
        got = sorted(
            (name, row.key) for name, hook in hooks.items() for row in rows if row.webhook_id == hook.id
        )
    assert got == [("all", "breath"), ("paused", "breath"), ("place", "place")]


def test_a_kind_or_data_that_do_not_fit_are_a_mistake(tell_now: Tell, person: NewPerson) -> None:
    with pytest.raises(ValueError, match=r"kinds\.py"):
        tell_now(people=[person()], kind="no.such")
    with pytest.raises(ValueError, match="company"):
        tell_now(people=[person()], data={"title": "水泵"})


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_speaks_both_languages(name: str) -> None:
    kind = KINDS[name]
    said = dict.fromkeys(kind.fields, "x")
    assert len(name) <= 40
    assert all(kind.words(said, "zh"))
    for message in (kind.title, kind.text):
        assert message.startswith("{") or translate(message, "en") != message, message
    title, text = kind.words(said, "en")
    assert title.isascii(), title
    assert text.replace("“", "").replace("”", "").isascii(), text
