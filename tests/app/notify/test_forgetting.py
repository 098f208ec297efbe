"""What is old is forgotten, with what hangs on it; the rest stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.ids import new_id
from app.core.runtime import Runtime
from app.notify.jobs import DELIVERIES_KEPT, NOTICES_KEPT, forget_old
from app.notify.models import Mail, Notice
from app.notify.webhook_models import Webhook, WebhookAttempt, WebhookDelivery
from tests.app.notify.conftest import NewPerson, Tell
from tests.app.notify.test_telling import told


def test_old_notices_go_and_new_ones_stay(runtime: Runtime, person: NewPerson, tell_now: Tell) -> None:
    reached = person()
    tell_now(people=[reached], key="old")
    tell_now(people=[reached], key="new")
    mail = Mail(
        id=new_id(), person_id=reached, state="sent", done_at=now() - NOTICES_KEPT - timedelta(days=1)
    )
    with runtime.session(actor=SYSTEM) as session:
        session.add(mail)
        session.flush()
        old = update(Notice).where(col(Notice.person_id) == reached, col(Notice.key) == "old")
        session.execute(old.values(created_at=now() - NOTICES_KEPT - timedelta(days=1), mail_id=mail.id))
    while forget_old(runtime):
        pass
    assert [notice.key for notice in told(runtime, reached)] == ["new"]
    with runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get(Mail, mail.id) is None


def test_old_deliveries_go_with_their_attempts(runtime: Runtime, company: dict[str, Any]) -> None:
    hook = Webhook(id=new_id(), company_id=UUID(company["id"]), url="https://a.example/")
    ages = {"old": DELIVERIES_KEPT + timedelta(days=1), "young": timedelta(days=1)}
    rows = {
        name: WebhookDelivery(
            id=new_id(),
            webhook_id=hook.id,
            key=name,
            kind="ping",
            body="{}",
            state="failed",
            done_at=now() - age,
        )
        for name, age in ages.items()
    }
    with runtime.session(actor=SYSTEM) as session:
        session.add(hook)
        session.flush()
        session.add_all(rows.values())
        session.flush()
        session.add_all([WebhookAttempt(id=new_id(), delivery_id=row.id, took_ms=1) for row in rows.values()])
    while forget_old(runtime):
        pass
    with runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get(WebhookDelivery, rows["old"].id) is None
        assert session.get(WebhookDelivery, rows["young"].id) is not None
