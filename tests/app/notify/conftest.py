"""People to tell and programs to call, of a firm of the test's own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col
from starlette.testclient import TestClient

from app.accounts.contacts import read_contact
from app.accounts.models import Operator, Seat
from app.accounts.people import make_person
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.runtime import Runtime
from app.notify.service import tell
from app.notify.webhook_models import Webhook, WebhookDelivery
from tests.services.receiver import Receiver, receiver

_numbers = itertools.count(1)

NewPerson = Callable[..., UUID]
Tell = Callable[..., int]
SignIn = Callable[..., TestClient]
HOOKS = "/api/v1/webhooks"


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


@pytest.fixture
def kept(api: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Another program, at an address of this machine, which the settings allow here."""
    runtime: Runtime = api.state.runtime
    monkeypatch.setattr(runtime.settings, "webhook_private", True)
    with runtime.session(actor=SYSTEM) as session:
        session.execute(update(WebhookDelivery).values(due_at=None))
    with receiver() as program:
        yield program


@pytest.fixture
def owner(sign_in: SignIn, company: dict[str, Any]) -> TestClient:
    """The owner of the test's firm."""
    return sign_in(seats={company["id"]: "owner"})


@pytest.fixture
def hook(owner: TestClient, kept: Receiver, company: dict[str, Any]) -> dict[str, Any]:
    """A webhook of the firm at the other program."""
    answer = owner.post(HOOKS, json={"url": kept.url, "name": "ERP", "company_id": company["id"]})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def make_due(runtime: Runtime) -> None:
    """Make as if every message that waits for its next attempt had waited long enough."""
    with runtime.session(actor=SYSTEM) as session:
        session.execute(update(Webhook).values(rests_until=None))
        waiting = update(WebhookDelivery).where(col(WebhookDelivery.due_at).is_not(None))
        session.execute(waiting.values(due_at=now() - timedelta(seconds=1)))


def listed(owner: TestClient, hook: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    """The messages of a webhook, the newest first."""
    items: list[dict[str, Any]] = owner.get(f"{HOOKS}/{hook['id']}/deliveries", params=query).json()["items"]
    return items
