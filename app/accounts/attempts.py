"""Counting attempts, so that nobody can guess on: a fixed window for each thing that is counted."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.accounts.sign_in_models import Attempts
from app.core.clock import now
from app.core.errors import TooManyRequests
from app.core.locks import lock_name
from app.core.tenancy import across_tenants


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` attempts within ``window``."""

    name: str
    most: int
    window: timedelta


PER_ACCOUNT = Limit("account", 10, timedelta(minutes=15))
PER_ADDRESS = Limit("address", 100, timedelta(minutes=15))
CODES_PER_CONTACT = Limit("codes", 5, timedelta(hours=1))
CODES_PER_ADDRESS = Limit("codes-address", 60, timedelta(hours=1))
SCANS_PER_ADDRESS = Limit("scans-address", 120, timedelta(minutes=15))


def count_attempt(session: Session, limit: Limit, what: str) -> None:
    """Count one attempt. Raises TooManyRequests beyond the limit.

    Commit it before the attempt is judged: an attempt that fails rolls its own unit of work back.
    """
    moment = now()
    lock_name(session.connection(), "attempts", limit.name, what)
    query = select(Attempts).where(col(Attempts.key) == _key(limit, what)).with_for_update()
    held = session.scalars(across_tenants(query, "what is counted is nobody's to see")).first()
    if held is None or held.until <= moment:
        held = held or Attempts(key=_key(limit, what), count=1, until=moment)
        held.count, held.until = 1, moment + limit.window
        session.add(held)
        _forget_old(session, moment)
        return
    if held.count >= limit.most:
        wait = max(math.ceil((held.until - moment).total_seconds()), 1)
        raise TooManyRequests(
            "尝试次数过多，请在 {minutes} 分钟后再试",
            code="too_many_attempts",
            headers={"Retry-After": str(wait)},
            minutes=math.ceil(wait / 60),
        )
    held.count += 1
    session.add(held)


def forget_attempts(session: Session, limit: Limit, what: str) -> None:
    """Begin counting anew, after a success."""
    if held := session.get(Attempts, _key(limit, what)):
        session.delete(held)


def _key(limit: Limit, what: str) -> str:
    return hashlib.sha256(f"{limit.name}\n{what}".encode()).hexdigest()


def _forget_old(session: Session, moment: datetime) -> None:
    old = delete(Attempts).where(col(Attempts.until) <= moment)
    session.execute(across_tenants(old, "what is counted is nobody's to see"))
