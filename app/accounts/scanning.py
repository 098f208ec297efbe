"""Signing a desktop in with a phone: the desktop shows a QR code, a signed-in phone sees what it approves and says yes.

The code is good for five minutes and one sign-in. Two tokens keep the sides apart: the phone's is in the QR code, the
other only the waiting browser has, so that who photographs the code cannot collect the session.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.accounts.attempts import SCANS_PER_ADDRESS, count_attempt
from app.accounts.models import Person
from app.accounts.policy import require_person
from app.accounts.sessions import Begun, Device, begin_session
from app.accounts.sign_in_models import DesktopSignIn
from app.accounts.tokens import digest, new_token
from app.core import lifecycle
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.core.tenancy import across_tenants
from app.core.text import printable

LASTS = timedelta(minutes=5)

State = Literal["waiting", "approved", "denied", "used"]
Action = Literal["approve", "deny", "use"]
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)
MOVES: dict[tuple[State, Action], State] = {
    ("waiting", "approve"): "approved",
    ("waiting", "deny"): "denied",
    ("approved", "use"): "used",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A desktop that waits: what goes into its QR code, what only it keeps, and the digits both sides show."""

    scan_token: str
    browser_token: str
    digits: str


def begin_waiting(session: Session, device: Device) -> Waiting:
    """A new code for a desktop. Raises TooManyRequests."""
    count_attempt(session, SCANS_PER_ADDRESS, device.address)
    moment = now()
    session.execute(delete(DesktopSignIn).where(col(DesktopSignIn.expires_at) <= moment))
    waiting = Waiting(new_token(), new_token(), f"{secrets.randbelow(100):02}")
    session.add(
        DesktopSignIn(
            id=new_id(),
            scan_hash=digest(waiting.scan_token),
            browser_hash=digest(waiting.browser_token),
            digits=waiting.digits,
            user_agent=printable(device.user_agent, 200),
            address=printable(device.address, 64),
            expires_at=moment + LASTS,
        )
    )
    return waiting


def scanned(session: Session, scan_token: str) -> DesktopSignIn:
    """What a scanned code asks for. Raises Unauthenticated for who is not signed in, NotFound for a spent or old code."""
    require_person(session)
    query = select(DesktopSignIn).where(col(DesktopSignIn.scan_hash) == digest(scan_token)).with_for_update()
    held = session.scalars(across_tenants(query, "who holds the code may see what it asks for")).one_or_none()
    if held is None or held.expires_at <= now() or held.state != "waiting":
        raise NotFound("二维码已失效或已被使用，请在电脑上刷新后重新扫描", code="scan_not_found")
    return held


def answer(session: Session, scan_token: str, action: Action) -> None:
    """Approve or deny from the phone, once. Raises as ``scanned`` does."""
    held = scanned(session, scan_token)
    held.state = moved(held.state, action)
    held.person_id = require_person(session)
    session.add(held)


def collect(session: Session, browser_token: str, device: Device) -> Begun | State | None:
    """What the waiting browser gets: its session once approved, else the state; None when the code is spent or old.

    Runs as the program itself: nobody is signed in there yet.
    """
    query = select(DesktopSignIn).where(col(DesktopSignIn.browser_hash) == digest(browser_token))
    held = session.scalars(query.with_for_update()).one_or_none()
    if held is None or held.expires_at <= now() or held.state == "used":
        return None
    if held.state != "approved":
        return "denied" if held.state == "denied" else "waiting"
    person = session.get(Person, held.person_id)
    if person is None or person.status != "active":
        return None
    held.state = moved(held.state, "use")
    session.add(held)
    return begin_session(session, person=person, method="scan", device=device)


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    after = lifecycle.target(MOVES, state, action)
    if after is None:
        raise Conflict("此登录请求已处理", code="scan_state")
    return after
