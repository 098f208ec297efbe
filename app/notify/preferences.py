"""How one wants to be told: by kind, at what pace, when not; and leaving e-mails by a signed link."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import require_person
from app.core.clock import now
from app.core.locks import lock_name
from app.core.versions import check_version
from app.notify.channels import channel_of
from app.notify.kinds import KINDS
from app.notify.models import Notice, NoticePreference
from app.notify.schemas import PreferencesUpdate
from app.notify.times import mail_time


def my_preferences(session: Session) -> NoticePreference:
    """One's preferences, the defaults when one never said any. Raises Forbidden for API keys."""
    return _of(session, require_person(session))


def change_preferences(
    session: Session, *, change: PreferencesUpdate, if_match: str | None = None, required: bool = True
) -> NoticePreference:
    """Change what is given; what waits to be e-mailed follows. Raises PreconditionFailed, PreconditionRequired."""
    person_id = require_person(session)
    lock_name(session.connection(), "notice preferences", str(person_id))
    wishes = _of(session, person_id)
    check_version(if_match, wishes.version, required=required)
    given = change.model_dump(exclude_unset=True)
    wishes.channels = {**wishes.channels, **(given.pop("channels", None) or {})}
    for name, value in given.items():
        setattr(wishes, name, value)
    return _store(session, wishes)


def leave_mails(session: Session, person_id: UUID, kind: str) -> None:
    """Tell a person of a kind, or of ``all`` kinds, in the inbox only; twice changes nothing."""
    wishes = _of(session, person_id)
    left = [one for one in _named(kind) if channel_of(one, wishes) == "email"]
    wishes.channels = {**wishes.channels, **dict.fromkeys(left, "inbox")}
    _store(session, wishes)


def take_mails_again(session: Session, person_id: UUID, kind: str) -> None:
    """E-mail a person of a kind again, or of all kinds that are e-mailed when nobody chose."""
    wishes = _of(session, person_id)
    again = [one for one in _named(kind) if kind != "all" or KINDS[one].channel == "email"]
    wishes.channels = {**wishes.channels, **dict.fromkeys(again, "email")}
    _store(session, wishes)


def _named(kind: str) -> Collection[str]:
    return list(KINDS) if kind == "all" else [kind] if kind in KINDS else []


def _of(session: Session, person_id: UUID) -> NoticePreference:
    return session.get(NoticePreference, person_id) or NoticePreference(person_id=person_id, version=0)


def _store(session: Session, wishes: NoticePreference) -> NoticePreference:
    wishes.version += 1
    session.add(wishes)
    waiting = select(Notice).where(
        col(Notice.person_id) == wishes.person_id, col(Notice.mail_due_at).is_not(None)
    )
    moment = now()
    for notice in session.scalars(waiting):
        mailed = channel_of(notice.kind, wishes) == "email"
        notice.mail_due_at = mail_time(moment, wishes) if mailed else None
    session.flush()
    return wishes
