"""How messages to webhooks are signed: the scheme of Standard Webhooks, which docs/webhooks.md explains."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID


def signature(secret: bytes, message_id: str, timestamp: int, body: str) -> str:
    """``v1,`` and the HMAC-SHA256 of ``id.timestamp.body`` in base64."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def signed_headers(
    secrets: Sequence[bytes], message_id: UUID, timestamp: int, body: str, *, replayed: bool = False
) -> dict[str, str]:
    """The headers of a message; after a rotation it is signed with both secrets."""
    named = str(message_id)
    return {
        "Content-Type": "application/json",
        "User-Agent": "lianqiao-webhooks/1",
        "webhook-id": named,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, named, timestamp, body) for secret in secrets),
        **({"webhook-replay": "true"} if replayed else {}),
    }
