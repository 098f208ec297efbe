"""Signing in: by password, by a code sent to a contact, or with one tap in the demo world.

Each step commits what it counted before anything is judged. Answers and times are the same whether or not a contact
is known: a code is sent to every contact, and the first sign-in with it makes the account.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import Request
from sqlmodel import Session

from app.accounts.attempts import (
    CODES_PER_ADDRESS,
    CODES_PER_CONTACT,
    PER_ACCOUNT,
    PER_ADDRESS,
    count_attempt,
    forget_attempts,
)
from app.accounts.contacts import Contact
from app.accounts.http import device_of
from app.accounts.models import Person
from app.accounts.one_time import new_code, spend_code
from app.accounts.passwords import hash_password, outdated, password_fits
from app.accounts.people import find_person, make_person
from app.accounts.sessions import Begun, Device, begin_session
from app.core.actor import SYSTEM
from app.core.errors import Forbidden, NotFound, Unauthenticated
from app.core.http import in_unit


class _Known(NamedTuple):
    person_id: UUID | None
    password_hash: str


async def ask_for_code(request: Request, contact: Contact) -> str:
    """A new code for a contact, to be sent to it. Raises TooManyRequests."""
    device = device_of(request)

    def work(session: Session) -> str:
        count_attempt(session, CODES_PER_ADDRESS, device.address)
        count_attempt(session, CODES_PER_CONTACT, contact.value)
        return new_code(session, contact)

    return await in_unit(request, work, actor=SYSTEM)


async def sign_in_by_code(request: Request, contact: Contact, code: str) -> Begun:
    """Sign in whoever has the code; a new contact becomes a new person. Raises Unauthenticated, TooManyRequests."""
    device = device_of(request)
    await _count(request, contact, device)

    def work(session: Session) -> Begun | None:
        if not spend_code(session, contact, code.strip()):
            return None
        person = find_person(session, contact) or make_person(session, contact)
        return _begin(session, contact, person, "code", device)

    begun = await in_unit(request, work, actor=SYSTEM)
    if begun is None:
        raise Unauthenticated("验证码不对或已失效，请核对，或重新获取", code="wrong_code")
    return begun


async def sign_in_by_password(request: Request, contact: Contact, password: str) -> Begun:
    """Sign in whoever knows the password. Raises Unauthenticated, TooManyRequests."""
    device = device_of(request)
    await _count(request, contact, device)

    def read(session: Session) -> _Known:
        person = find_person(session, contact)
        return _Known(person.id, person.password_hash) if person else _Known(None, "")

    known = await in_unit(request, read, actor=SYSTEM, writing=False)
    # Outside any unit of work: hashing is slow on purpose, and nobody should wait for the database meanwhile.
    if not await run_sync(password_fits, known.password_hash, password) or known.person_id is None:
        raise Unauthenticated("账号或密码不对，请核对，或改用验证码登录", code="wrong_password")
    better = await run_sync(hash_password, password) if outdated(known.password_hash) else ""

    def work(session: Session) -> Begun:
        person = session.get_one(Person, known.person_id)
        if better and person.password_hash == known.password_hash:
            person.password_hash = better
        return _begin(session, contact, person, "password", device)

    return await in_unit(request, work, actor=SYSTEM)


async def sign_in_to_demo(request: Request, person_id: UUID) -> Begun:
    """Enter a fictional account of the demo world. Raises NotFound for any other."""
    device = device_of(request)

    def work(session: Session) -> Begun:
        person = session.get(Person, person_id)
        if person is None or not person.demo:
            raise NotFound("没有这个演示账号", code="demo_account_not_found")
        return begin_session(session, person=person, method="demo", device=device)

    return await in_unit(request, work, actor=SYSTEM)


async def _count(request: Request, contact: Contact, device: Device) -> None:
    def work(session: Session) -> None:
        count_attempt(session, PER_ADDRESS, device.address)
        count_attempt(session, PER_ACCOUNT, contact.value)

    await in_unit(request, work, actor=SYSTEM)


def _begin(session: Session, contact: Contact, person: Person, method: str, device: Device) -> Begun:
    if person.status != "active":
        raise Forbidden("此账号已停用，请联系平台运营员", code="account_disabled")
    forget_attempts(session, PER_ACCOUNT, contact.value)
    return begin_session(session, person=person, method=method, device=device)
