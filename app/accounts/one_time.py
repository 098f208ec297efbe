"""One-time codes: six digits sent to a contact, good for ten minutes, five tries and one use."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.contacts import Contact
from app.accounts.sign_in_models import OneTimeCode
from app.core.clock import now
from app.core.i18n import Language, translate
from app.core.senders import Message

LASTS = timedelta(minutes=10)
TRIES = 5


def new_code(session: Session, contact: Contact) -> str:
    """A new code; the one before is void."""
    moment = now()
    session.execute(delete(OneTimeCode).where(col(OneTimeCode.expires_at) <= moment))
    code, salt = f"{secrets.randbelow(1_000_000):06}", secrets.token_hex(16)
    session.merge(
        OneTimeCode(
            contact=contact.value, salt=salt, code_hash=_hash(salt, code), tries=0, expires_at=moment + LASTS
        )
    )
    return code


def spend_code(session: Session, contact: Contact, code: str) -> bool:
    """Whether this is the code; it is used up then. Commit a False too: it counts the try."""
    held = session.get(OneTimeCode, contact.value, with_for_update=True)
    if held is None or held.expires_at <= now() or held.tries >= TRIES:
        return False
    if hmac.compare_digest(held.code_hash, _hash(held.salt, code)):
        session.delete(held)
        return True
    held.tries += 1
    session.add(held)
    return False


def code_message(contact: Contact, code: str, language: Language) -> Message:
    """What is sent."""
    minutes = int(LASTS.total_seconds() // 60)
    return Message(
        contact.value,
        translate("链桥登录验证码", language),
        translate(
            "您的链桥登录验证码是 {code}，{minutes} 分钟内有效。请勿告诉他人；若非本人操作，忽略即可。",
            language,
            code=code,
            minutes=minutes,
        ),
    )


def _hash(salt: str, code: str) -> str:
    """The code is short-lived and its tries are counted; the salt keeps a leaked table from being looked up at once."""
    return hashlib.sha256(f"{salt}{code}".encode()).hexdigest()
