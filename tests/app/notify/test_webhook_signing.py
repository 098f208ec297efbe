"""What webhooks send is signed: as the guide tells a receiver to check, and without a gap while a secret changes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.runtime import Runtime
from app.notify.deliveries import call_webhooks
from app.notify.signing import signature
from app.notify.webhook_models import Webhook
from tests.app.notify.conftest import HOOKS, Tell, listed, make_due
from tests.services.receiver import Receiver


def verified(kept: Receiver, secret: str) -> bool:
    """Whether the last message is signed with a secret: as docs/webhooks.md tells a receiver to check."""
    last = kept.got[-1]
    signed = f"{last.id}.{last.headers['webhook-timestamp']}.{last.body}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in last.headers["webhook-signature"].split(" ")


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
