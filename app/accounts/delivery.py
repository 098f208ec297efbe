"""Handing sign-in codes to whoever sends them, after the answer went out: the time it takes tells nothing."""

from __future__ import annotations

import logging

from app.accounts.contacts import masked
from app.core.senders import Message, sender_for
from app.settings import Settings

log = logging.getLogger(__name__)


def deliver(settings: Settings, message: Message) -> None:
    """Send a message; a failure is logged without its text, and the person asks for another code."""
    try:
        sender_for(settings, message.to).send(message)
    except Exception:
        log.exception("a code to %s was not sent", masked(message.to))
