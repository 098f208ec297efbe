"""Webhooks over HTTP and the messages they send: signed, tried again, replayed, paused, disabled, whose they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlmodel import col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.runtime import Runtime
from app.notify import deliveries
from app.notify.deliveries import LONGEST_FAILURE, LONGEST_REST, RETRIES, call_webhooks
from app.notify.models import Notice
from app.notify.policy import DELIVERY_MOVES, DELIVERY_STATES, WEBHOOK_MOVES, WEBHOOK_STATES
from app.notify.signing import signature
from app.notify.webhook_models import Webhook, WebhookDelivery
from tests.app.notify.conftest import Tell
from tests.services.receiver import Receiver, receiver

SignIn = Callable[..., TestClient]
HOOKS = "/api/v1/webhooks"


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


def verified(kept: Receiver, secret: str) -> bool:
    """Whether the last message is signed with a secret: as docs/webhooks.md tells a receiver to check."""
    last = kept.got[-1]
    signed = f"{last.id}.{last.headers['webhook-timestamp']}.{last.body}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in last.headers["webhook-signature"].split(" ")


class Died(BaseException):
    """The process is gone, between sending and marking."""


def die(*_: Any) -> None:
    raise Died


def make_due(runtime: Runtime) -> None:
    with runtime.session(actor=SYSTEM) as session:
        session.execute(update(Webhook).values(rests_until=None))
        waiting = update(WebhookDelivery).where(col(WebhookDelivery.due_at).is_not(None))
        session.execute(waiting.values(due_at=now() - timedelta(seconds=1)))


def listed(owner: TestClient, hook: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = owner.get(f"{HOOKS}/{hook['id']}/deliveries", params=query).json()["items"]
    return items


def test_what_the_company_is_told_is_sent_signed(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell
) -> None:
    tell_now(companies=[UUID(hook["company_id"])], about="/demands/9")
    assert call_webhooks(runtime) == 1
    assert call_webhooks(runtime) == 0
    (message,) = kept.got
    assert message.said["type"] == "quote.received"
    assert message.said["data"]["about"] == "/demands/9"
    assert message.said["data"]["company_id"] == hook["company_id"]
    assert verified(kept, hook["secret"])
    assert not verified(kept, "whsec_" + base64.b64encode(b"x" * 32).decode())
    (delivery,) = listed(owner, hook)
    assert (delivery["state"], delivery["last"]["status"], delivery["last"]["said"]) == (
        "delivered",
        200,
        "ok",
    )
    assert message.id == delivery["id"]


def test_the_check_of_the_guide_takes_what_is_genuine_and_new_alone(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], tell_now: Tell
) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    said: dict[str, Any] = {}
    exec(code, said)
    tell_now(companies=[UUID(hook["company_id"])])
    kept.status = 500
    call_webhooks(runtime)
    make_due(runtime)
    call_webhooks(runtime)
    for message in kept.got:
        headers, body = message.headers, message.body.encode()
        assert said["genuine"](hook["secret"], headers, body), "each attempt is signed anew"
        other = "whsec_" + base64.b64encode(b"x" * 32).decode()
        assert not said["genuine"](other, headers, body)
        assert not said["genuine"](hook["secret"], headers, body + b" ")
        moved = int(headers["webhook-timestamp"]) - 1
        assert not said["genuine"](hook["secret"], {**headers, "webhook-timestamp": str(moved)}, body)
        old = int(headers["webhook-timestamp"]) - 3600
        key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
        resigned = {
            **headers,
            "webhook-timestamp": str(old),
            "webhook-signature": signature(key, message.id, old, message.body),
        }
        assert not said["genuine"](hook["secret"], resigned, body), "an old message stays refused"


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


def test_only_the_kinds_asked_for(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell
) -> None:
    where = f"{HOOKS}/{hook['id']}"
    assert owner.patch(where, json={"kinds": []}).status_code == 428
    changed = owner.patch(where, json={"kinds": ["deal.begun"]}, headers={"If-Match": '"1"'})
    assert changed.json()["kinds"] == ["deal.begun"]
    assert owner.patch(where, json={"name": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    tell_now(companies=[UUID(hook["company_id"])])
    call_webhooks(runtime)
    assert not kept.got


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


def test_the_secret_is_rotated_without_a_gap(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient
) -> None:
    where = f"{HOOKS}/{hook['id']}"
    fresh = owner.post(f"{where}/rotate").json()["secret"]
    assert fresh != hook["secret"]
    assert "secret" not in owner.get(where).json()
    owner.post(f"{where}/ping")
    call_webhooks(runtime)
    assert kept.got[-1].said["type"] == "ping"
    assert verified(kept, fresh)
    assert verified(kept, hook["secret"])
    with runtime.session(actor=SYSTEM) as session:
        session.get_one(Webhook, UUID(hook["id"])).previous_until = now()
    owner.post(f"{where}/ping")
    call_webhooks(runtime)
    assert verified(kept, fresh)
    assert not verified(kept, hook["secret"])


def test_paused_it_keeps_what_happens(
    runtime: Runtime, kept: Receiver, hook: dict[str, Any], owner: TestClient, tell_now: Tell
) -> None:
    where = f"{HOOKS}/{hook['id']}"
    assert owner.post(f"{where}/pause").json()["state"] == "paused"
    assert owner.post(f"{where}/ping").status_code == 409
    assert owner.post(f"{where}/pause").json()["code"] == "webhook_state"
    tell_now(companies=[UUID(hook["company_id"])])
    assert call_webhooks(runtime) == 0
    owner.post(f"{where}/resume")
    assert call_webhooks(runtime) == 1
    assert len(kept.got) == 1


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


def test_whose_they_are(
    client: TestClient, sign_in: SignIn, hook: dict[str, Any], kept: Receiver, company: dict[str, Any]
) -> None:
    where = f"{HOOKS}/{hook['id']}"
    assert sign_in(seats={company["id"]: "manager"}).get(where).status_code == 200
    assert sign_in(seats={company["id"]: "sales"}).get(where).json()["code"] == "seat_required"
    stranger = sign_in()
    assert stranger.get(where).json()["code"] == "webhook_not_found"
    assert stranger.get(HOOKS).json() == {"items": []}
    assert client.get(where).status_code == 404, "operators have their own"
    own = client.post(HOOKS, json={"url": kept.url}).json()
    assert (own["company_id"], own["division"]) == (None, "100000")
    assert client.delete(f"{HOOKS}/{own['id']}").status_code == 204
    assert stranger.post(HOOKS, json={"url": kept.url}).json()["errors"][0]["field"] == "company_id"


def test_made_once_under_one_key(owner: TestClient, kept: Receiver, company: dict[str, Any]) -> None:
    said, key = {"url": kept.url, "company_id": company["id"]}, {"Idempotency-Key": "hook-1"}
    first, second = (owner.post(HOOKS, json=said, headers=key).json() for _ in range(2))
    assert first == second
    assert len(owner.get(HOOKS).json()["items"]) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example.com/", "ftp://erp.example.com/", "https://user:secret@erp.example.com/", "https:///path",
        "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/", "https://localhost/", "https://a.internal/",
        "https://erp.example.com:99999/", "https://erp.example.com/#x", "https://例子.example/", "https://[bad/",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_refused(client: TestClient, url: str) -> None:
    answer = client.post(HOOKS, json={"url": url})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "url"


def test_ten_at_most(owner: TestClient, company: dict[str, Any]) -> None:
    said = {"url": "https://erp.example.com/", "company_id": company["id"]}
    answers = [owner.post(HOOKS, json=said).status_code for _ in range(11)]
    assert answers == [201] * 10 + [409]


def test_the_tables_of_moves_lead_out_of_every_state() -> None:
    assert {state for state, _ in DELIVERY_MOVES} == set(DELIVERY_STATES)
    assert {state for state, _ in WEBHOOK_MOVES} == set(WEBHOOK_STATES)
    assert set(DELIVERY_MOVES.values()) == set(DELIVERY_STATES)
    assert set(WEBHOOK_MOVES.values()) == set(WEBHOOK_STATES)
