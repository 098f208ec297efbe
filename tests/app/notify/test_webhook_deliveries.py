"""Messages of webhooks arrive: tried again under one id, given time, given up, replayed, sent once by many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.runtime import Runtime
from app.notify import deliveries
from app.notify.deliveries import LONGEST_FAILURE, LONGEST_REST, RETRIES, call_webhooks
from app.notify.models import Notice
from app.notify.webhook_models import Webhook, WebhookDelivery
from tests.app.notify.conftest import HOOKS, Tell, listed, make_due
from tests.services.receiver import Receiver, receiver


class Died(BaseException):
    """The process is gone, between sending and marking."""


def die(*_: Any) -> None:
    raise Died


def test_a_process_that_dies_after_sending_sends_again_under_the_same_id(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    tell_now(companies=[UUID(hook["company_id"])])
    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "_settle", die)
        with pytest.raises(Died):
            call_webhooks(runtime)
    (delivery,) = listed(owner, hook)
    assert (delivery["state"], delivery["attempts"]) == ("waiting", 0), "nothing is lost"
    assert call_webhooks(runtime) == 1
    assert call_webhooks(runtime) == 0
    first, second = kept.got
    assert (first.id, first.body) == (second.id, second.body)
    assert "webhook-replay" not in second.headers, "nobody asked for it again"


def test_failures_are_tried_again_under_the_same_id_then_given_up_and_replayed(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell
) -> None:
    tell_now(companies=[UUID(hook["company_id"])])
    kept.status, kept.answer = 500, "数据库繁忙".encode()
    call_webhooks(runtime)
    assert call_webhooks(runtime) == 0, "not before its time"
    (delivery,) = listed(owner, hook)
    assert (delivery["state"], delivery["attempts"]) == ("waiting", 1)
    assert delivery["last"] == {**delivery["last"], "status": 500, "said": "数据库繁忙"}
    for _ in RETRIES:
        make_due(runtime)
        call_webhooks(runtime)
    (delivery,) = listed(owner, hook, state="failed")
    assert delivery["attempts"] == len(RETRIES) + 1 == len(kept.got)
    assert len({message.id for message in kept.got}) == 1
    kept.status = 204
    assert not any("webhook-replay" in message.headers for message in kept.got)
    assert not delivery["replayed"]
    replayed = owner.post(f"{HOOKS}/{hook['id']}/replay", json={"since": "2026-01-01T00:00:00Z"})
    assert replayed.json() == {"count": 1}
    make_due(runtime)
    call_webhooks(runtime)
    assert listed(owner, hook)[0]["state"] == "delivered"
    again = owner.post(f"{HOOKS}/{hook['id']}/deliveries/{delivery['id']}/replay")
    assert (again.status_code, again.json()["state"], again.json()["replayed"]) == (202, "waiting", True)
    call_webhooks(runtime)
    assert [message.headers.get("webhook-replay") for message in kept.got[-2:]] == ["true", "true"]
    assert {message.id for message in kept.got} == {delivery["id"]}
    detail = owner.get(f"{HOOKS}/{hook['id']}/deliveries/{delivery['id']}").json()
    assert len(detail["tried"]) == len(kept.got)
    assert detail["body"] == kept.got[0].body
    assert detail["replayed"]


def test_an_address_that_asks_for_time_is_given_it(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], tell_now: Tell
) -> None:
    def waits() -> tuple[timedelta, timedelta]:
        with runtime.session(writing=False, actor=SYSTEM) as session:
            webhook = session.get_one(Webhook, UUID(hook["id"]))
            query = select(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook.id)
            delivery = session.scalars(query).one()
        assert webhook.rests_until is not None
        assert delivery.due_at is not None
        return webhook.rests_until - now(), delivery.due_at - now()

    tell_now(companies=[UUID(hook["company_id"])])
    kept.status, kept.headers = 429, {"Retry-After": "1800"}
    call_webhooks(runtime)
    assert all(timedelta(minutes=25) < one <= timedelta(minutes=30) for one in waits())
    kept.headers = {"Retry-After": "999999999999"}
    make_due(runtime)
    call_webhooks(runtime)
    assert all(one <= LONGEST_REST for one in waits()), "nobody stops it for good that way"
    kept.status, kept.headers = 500, {"Retry-After": "1800"}
    make_due(runtime)
    call_webhooks(runtime)
    assert waits()[0] < timedelta(minutes=10), "only who is busy is left alone for as long as they say"


def test_the_schedule_goes_on_for_days_and_longer_than_it_takes_to_be_disabled() -> None:
    assert sum(RETRIES, timedelta()) > LONGEST_FAILURE
    assert list(RETRIES) == sorted(RETRIES)


def test_after_long_failure_it_is_disabled_and_its_owner_told(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell
) -> None:
    firm = UUID(hook["company_id"])
    kept.status = 503
    tell_now(companies=[firm])
    call_webhooks(runtime)
    with runtime.session(actor=SYSTEM) as session:
        webhook = session.get_one(Webhook, UUID(hook["id"]))
        assert webhook.failing_since
        webhook.failing_since -= LONGEST_FAILURE
    make_due(runtime)
    call_webhooks(runtime)
    assert owner.get(f"{HOOKS}/{hook['id']}").json()["state"] == "disabled"
    (notice,) = owner.get("/api/v1/me/notices", params={"limit": 1}).json()["items"]
    assert notice["kind"] == "webhook.disabled"
    assert "ERP" in notice["title"]
    tell_now(companies=[firm])
    assert len(listed(owner, hook)) == 1, "a disabled webhook collects nothing"
    kept.status = 200
    owner.post(f"{HOOKS}/{hook['id']}/resume")
    make_due(runtime)
    call_webhooks(runtime)
    assert listed(owner, hook)[0]["state"] == "delivered", "what waited is sent when it is enabled again"


def test_an_address_that_is_gone_for_good_is_disabled_at_once(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient
) -> None:
    kept.status = 410
    owner.post(f"{HOOKS}/{hook['id']}/ping")
    call_webhooks(runtime)
    assert owner.get(f"{HOOKS}/{hook['id']}").json()["state"] == "disabled"
    with runtime.session(writing=False, actor=SYSTEM) as session:
        told = session.scalars(select(Notice.about).where(col(Notice.kind) == "webhook.disabled")).all()
    assert f"/webhooks/{hook['id']}" in told


def test_a_dead_address_rests_and_holds_up_nobody(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell
) -> None:
    with receiver() as gone:
        dead = gone.url
    firm = UUID(hook["company_id"])
    owner.post(HOOKS, json={"url": dead, "company_id": hook["company_id"]})
    for _ in range(3):
        tell_now(companies=[firm])
    call_webhooks(runtime)
    assert len(kept.got) == 3
    with runtime.session(writing=False, actor=SYSTEM) as session:
        found = session.scalars(select(Webhook).where(col(Webhook.url) == dead)).one()
    assert found.failures == 1, "after one failure it rests, and the other messages wait"
    assert found.rests_until
    assert found.rests_until > now()


def test_many_processes_send_everything_once(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], tell_now: Tell
) -> None:
    for _ in range(10):
        tell_now(companies=[UUID(hook["company_id"])])
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: call_webhooks(runtime), range(3)))
    call_webhooks(runtime)
    assert len(kept.got) == 10
    assert len({message.id for message in kept.got}) == 10
