"""The posting form of somebody who has yet to sign in: kept for a day, given out once for the token in the browser's cookie.

Sessions here are the program's own (SYSTEM): who asks is nobody yet, and the token is all that opens a form.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.attempts import Limit, count_attempt
from app.accounts.tokens import digest, new_token
from app.core.clock import now
from app.core.errors import TooLarge
from app.core.tenancy import across_tenants
from app.demands.record_models import KeptForm

LASTS = timedelta(days=1)
LARGEST = 100_000
"""Characters of one form, names and values."""
PER_ADDRESS = Limit("kept-forms", 30, timedelta(hours=1))


def keep_form(session: Session, said: Sequence[tuple[str, str]], *, address: str, instead: str = "") -> str:
    """Keep a form, ``instead`` of the one with that token; gives the new token. Raises TooLarge, TooManyRequests."""
    if sum(len(name) + len(value) for name, value in said) > LARGEST:
        raise TooLarge
    count_attempt(session, PER_ADDRESS, address)
    session.execute(delete(KeptForm).where(col(KeptForm.expires_at) <= now()))
    forget_form(session, instead)
    token = new_token()
    kept = KeptForm(
        token_hash=digest(token), content=[[name, value] for name, value in said], expires_at=now() + LASTS
    )
    session.add(kept)
    session.flush()
    return token


def kept_form(session: Session, token: str) -> list[tuple[str, str]] | None:
    """What was kept under a token; None where there is no such form, or no longer."""
    kept = session.get(KeptForm, digest(token))
    if kept is None or kept.expires_at <= now():
        return None
    return [(name, value) for name, value in kept.content]


def forget_form(session: Session, token: str) -> None:
    """Throw a form away. Doing it again changes nothing."""
    kept = delete(KeptForm).where(col(KeptForm.token_hash) == digest(token))
    session.execute(across_tenants(kept, "its token is all that opens a form"))
