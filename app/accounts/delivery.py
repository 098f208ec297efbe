"""Handing codes and invitations to whoever sends them, after the answer went out: the time it takes tells nothing."""

from __future__ import annotations

import logging

from app.accounts.contacts import Contact, masked
from app.core.i18n import Language, translate
from app.core.senders import Message, sender_for
from app.settings import Settings

log = logging.getLogger(__name__)


def deliver(settings: Settings, message: Message) -> None:
    """Send a message; a failure is logged without its text, and whoever waits asks again."""
    try:
        sender_for(settings, message.to).send(message)
    except Exception:
        log.exception("a message to %s was not sent", masked(message.to))


def invitation_message(contact: Contact, company: str, language: Language, origin: str) -> Message:
    """What somebody who is offered a seat is told."""
    return Message(
        contact.value,
        translate("{company}邀请您加入链桥", language, company=company),
        translate(
            "{company}邀请您加入其在链桥的团队。用此手机号或邮箱登录 {address} 即可接受，14 天内有效。",
            language,
            company=company,
            address=f"{origin.rstrip('/')}/account",
        ),
    )
