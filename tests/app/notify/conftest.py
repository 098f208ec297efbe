"""People to tell, with seats in a firm of the test's own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.accounts.contacts import read_contact
from app.accounts.models import Operator, Seat
from app.accounts.people import make_person
from app.core.actor import SYSTEM
from app.core.runtime import Runtime
from app.notify.service import tell

_numbers = itertools.count(1)

NewPerson = Callable[..., UUID]
Tell = Callable[..., int]


@pytest.fixture
def runtime(api: FastAPI) -> Runtime:
    """The running application's parts."""
    found: Runtime = api.state.runtime
    return found


@pytest.fixture
def person(runtime: Runtime) -> NewPerson:
    """Makes people: ``person(seats={company_id: "owner"}, contact=..., divisions=[...])``."""

    def make(
        *,
        seats: dict[str, str] | None = None,
        contact: str = "",
        divisions: tuple[str, ...] = (),
        **more: Any,
    ) -> UUID:
        with runtime.session(actor=SYSTEM) as session:
            reached = read_contact(contact or f"n{next(_numbers)}@notices.test")
            made = make_person(session, reached, name="收件人", **more)
            for company, role in (seats or {}).items():
                session.add(Seat(company_id=UUID(company), person_id=made.id, role=role))
            for division in divisions:
                session.add(Operator(person_id=made.id, division=division))
        return made.id

    return make


@pytest.fixture
def tell_now(runtime: Runtime) -> Tell:
    """``tell`` in a transaction of its own: of a quote received, unless the test says otherwise."""

    def now(**said: Any) -> int:
        about = {
            "kind": "quote.received",
            "about": "/demands/1",
            "data": {"title": "采购水泵20台", "company": "沈阳测试泵业有限公司"},
            "key": f"key-{next(_numbers)}",
        }
        with runtime.session(actor=SYSTEM) as session:
            return tell(session, **{**about, **said})

    return now
