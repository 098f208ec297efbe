"""Secrets that are derived, not stored: one master key in the folder of keys, from which every other follows.

A copy of the database alone signs nothing. Processes that share a database share the folder too, as for codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from uuid import UUID

from app.settings import Settings

NAME = "notices.key"
_LENGTH = 32


def webhook_secret(settings: Settings, webhook_id: UUID, number: int) -> bytes:
    """The ``number``-th secret of a webhook, 32 bytes."""
    return _derived(settings, "webhook", str(webhook_id), str(number))


def shown(secret: bytes) -> str:
    """A webhook's secret as its owner is shown it, once (Standard Webhooks' form)."""
    return "whsec_" + base64.b64encode(secret).decode()


def unsubscribe_token(settings: Settings, person_id: UUID, kind: str) -> str:
    """What stands in the link that ends e-mails of a kind to a person, or of every kind for ``all``."""
    signature = _derived(settings, "unsubscribe", str(person_id), kind)[:18]
    return f"{person_id.hex}.{kind}.{base64.urlsafe_b64encode(signature).decode()}"


def read_unsubscribe_token(settings: Settings, token: str) -> tuple[UUID, str] | None:
    """Whom and what a token is for; None when it was not made here."""
    person, _, rest = token.partition(".")
    kind, _, _ = rest.rpartition(".")
    try:
        person_id = UUID(hex=person)
    except ValueError:
        return None
    good = unsubscribe_token(settings, person_id, kind)
    return (person_id, kind) if hmac.compare_digest(good.encode(), token.encode()) else None


def _derived(settings: Settings, *parts: str) -> bytes:
    master = _master(settings.keys_folder() / NAME)
    return hmac.new(master, "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).digest()


def _master(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        _make(path)
        return path.read_bytes()


def _make(path: Path) -> None:
    """Write a new key in full before it has its name; whoever is first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_LENGTH))
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
