"""Who sees a firm's contact as it is, for everybody there is and whatever the firm chose; what others see instead."""

from __future__ import annotations

import pytest

from app.core.actor import Actor
from app.core.ids import new_id
from app.registry.contacts import contact_of, mask_name, mask_phone, sees_contact
from app.registry.models import Company

pytestmark = pytest.mark.one_database

FIRM = new_id()
VIEWERS = {
    "visitor": Actor("anonymous"),
    "person": Actor("person", new_id()),
    "key": Actor("key", new_id(), seats={new_id(): "sales"}),
    "own": Actor("person", new_id(), seats={FIRM: "viewer"}),
    "operator": Actor("person", new_id(), divisions=("210100",)),
    "operator elsewhere": Actor("person", new_id(), divisions=("210200",)),
    "system": Actor("system"),
}
SEE = {
    "public": set(VIEWERS),
    "members": {"person", "own", "operator", "operator elsewhere", "system"},
    "private": {"own", "operator", "system"},
}


def firm(visibility: str) -> Company:
    return Company(
        id=FIRM, adcode="210106", contact_name="陈建国", phone="024-8888 6677", email="chen@example.com",
        contact_visibility=visibility,
    )  # fmt: skip


@pytest.mark.parametrize("visibility", SEE)
def test_the_firm_says_who_sees_its_contact(visibility: str) -> None:
    company = firm(visibility)
    assert {name for name, viewer in VIEWERS.items() if sees_contact(company, viewer)} == SEE[visibility]


@pytest.mark.parametrize("visibility", SEE)
def test_asking_unmasks_for_those_alone_who_may_see(visibility: str) -> None:
    company = firm(visibility)
    shown = {name for name, viewer in VIEWERS.items() if not contact_of(company, viewer, asked=True).masked}
    assert shown == SEE[visibility]


def test_a_masked_contact_names_nobody() -> None:
    contact = contact_of(firm("members"), VIEWERS["visitor"], asked=True)
    assert (contact.name, contact.phone, contact.masked) == ("陈**", "024****6677", True)
    assert "chen" not in contact.email


@pytest.mark.parametrize(
    ("phone", "shown"), [("13812345678", "138****5678"), ("8888-6677", "****77"), ("110", "****10"), ("", "")]
)
def test_a_short_number_keeps_less(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(("name", "shown"), [("陈建国", "陈**"), ("李四", "李*"), ("", "")])
def test_a_name_keeps_the_family_name(name: str, shown: str) -> None:
    assert mask_name(name) == shown
