"""People: found by contact, made at the first sign-in, renamed, given a password."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.contacts import Contact
from app.accounts.models import Operator, Person
from app.accounts.passwords import check_password, hash_password, password_fits
from app.accounts.sessions import end_other_sessions
from app.accounts.sign_in_models import LoginSession
from app.core.clock import now
from app.core.errors import Forbidden, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.tenancy import across_tenants

FRESH = timedelta(minutes=15)
"""For so long after a sign-in by code a password may be set without knowing the old one: that is how one is reset."""

LONGEST_NAME = 50


def find_person(session: Session, contact: Contact) -> Person | None:
    """The person with this contact, whoever asks: never tell them that it was found."""
    column = col(Person.email) if contact.kind == "email" else col(Person.phone)
    query = select(Person).where(column == contact.value)
    return session.scalars(across_tenants(query, "a contact is one person's, seen or not")).one_or_none()


def get_person(session: Session, key: UUID) -> Person:
    """The person with this id, when the actor may see them. Raises NotFound."""
    person = session.get(Person, key)
    if person is None:
        raise NotFound("未找到该用户", code="person_not_found")
    return person


def make_person(session: Session, contact: Contact, *, name: str = "", demo: bool = False) -> Person:
    """A new person who can be reached there."""
    person = Person(id=new_id(), name=name, demo=demo)
    setattr(person, contact.kind, contact.value)
    session.add(person)
    session.flush()
    return person


def shown_name(person: Person) -> str:
    """What a person is called: their name, or enough of their contact."""
    return person.name or (person.email or "").split("@")[0] or (person.phone or "")[-4:]


def contacts_of(person: Person) -> list[str]:
    """A person's e-mail address and phone number, as far as known."""
    return [contact for contact in (person.email, person.phone) if contact]


def rename(session: Session, *, person_id: UUID, name: str) -> Person:
    """Change a person's name. Raises InvalidInput."""
    person = get_person(session, person_id)
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(problems=[Problem("name", "bad_name", "请填写姓名，不超过 50 个字")])
    person.name = name.strip()
    session.add(person)
    return person


def set_password(
    session: Session, *, person_id: UUID, session_id: UUID | None, password: str, current: str = ""
) -> None:
    """Set a person's password and sign their other devices out.

    Who has one must know it, or have signed in by code just now. Raises InvalidInput, Forbidden for demo accounts.
    """
    person = get_person(session, person_id)
    if person.demo:
        raise Forbidden("演示账号不能设置密码", code="demo_account")
    fresh = session_id is not None and _by_code_just_now(session, session_id)
    if person.password_hash and not fresh and not password_fits(person.password_hash, current):
        raise InvalidInput(
            problems=[
                Problem("current", "wrong_password", "原密码不对；忘记了可退出后用验证码登录，再设置新密码")
            ]
        )
    store_password(session, person, password)
    end_other_sessions(session, person_id=person_id, kept=session_id)


def store_password(session: Session, person: Person, password: str) -> None:
    """Check a password and keep its hash. Raises InvalidInput."""
    about = [person.name, *(contact.split("@")[0].removeprefix("+86") for contact in contacts_of(person))]
    check_password(password, about=about)
    person.password_hash = hash_password(password)
    session.add(person)


def make_operator(session: Session, *, person_id: UUID, division: str) -> None:
    """Let a person run the platform in a division. Doing it again changes nothing."""
    if session.get(Operator, (person_id, division)) is None:
        session.add(Operator(person_id=person_id, division=division))
        session.flush()


def has_operator(session: Session) -> bool:
    """Whether anybody runs the platform yet."""
    return session.scalars(select(Operator).limit(1)).first() is not None


def demo_people(session: Session) -> list[Person]:
    """The demo world's accounts; none in a real one."""
    return list(session.scalars(select(Person).where(col(Person.demo)).order_by(col(Person.id))))


def _by_code_just_now(session: Session, session_id: UUID) -> bool:
    held = session.get(LoginSession, session_id)
    return held is not None and held.method == "code" and held.created_at > now() - FRESH
