"""E-mails: made of the notices that are due, sent, tried again, given up. Two steps of one job, each safe to repeat."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.models import Person
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.i18n import LANGUAGES, Language
from app.core.ids import new_id
from app.core.locks import lock_name
from app.core.runtime import Runtime
from app.core.senders import Message, Sender, mail_sender
from app.notify.channels import can_be_mailed
from app.notify.claims import work_off
from app.notify.mail_text import mail_message
from app.notify.models import Mail, Notice, NoticePreference
from app.notify.policy import MailAction, mail_moved
from app.settings import Settings

log = logging.getLogger(__name__)

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""How long after each attempt that failed for the moment comes the next; after the last it is given up."""
MOST = 50
"""E-mails, or people to write to, in one round."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed e-mail and what to send; no message when there is nobody left to send it to."""

    mail_id: UUID
    message: Message | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt; ``retry`` is for failures that may pass."""

    action: MailAction | Literal["retry"]
    said: str = ""


def send_mail(runtime: Runtime) -> int:
    """The job: make e-mails of what is due, and send what waits. Raises MailServerAway; nothing is lost or counted then."""
    compose(runtime)
    with mail_sender(runtime.settings).batch() as sender:
        return work_off(
            runtime,
            "mail",
            take=lambda session: _take(session, runtime.settings),
            do=lambda letter: _send(sender, letter),
            settle=_settle,
            most=MOST,
        )


def _send(sender: Sender, letter: Letter) -> Outcome:
    if letter.message is None:
        return Outcome("drop", "no address")
    try:
        sender.send(letter.message)
    except smtplib.SMTPRecipientsRefused as refused:
        return _refusal(next(iter(refused.recipients.values())))
    except smtplib.SMTPDataError as refused:
        return _refusal((refused.smtp_code, refused.smtp_error))
    except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
        return Outcome("retry", f"{type(error).__name__}: {error}")
    return Outcome("deliver")


def compose(runtime: Runtime) -> int:
    """Make an e-mail of every notice that is due, or one of all of a person's who wants a digest; returns how many."""
    due = col(Notice.mail_due_at) <= now()
    people = select(col(Notice.person_id)).where(due).distinct().order_by(col(Notice.person_id)).limit(MOST)
    with runtime.session(writing=False, actor=SYSTEM) as session:
        if session.scalars(people).first() is None:
            return 0
    with runtime.session(actor=SYSTEM) as session:
        # One at a time, or two processes would each make half a digest.
        lock_name(session.connection(), "compose mail")
        reached = list(session.scalars(people))
        query = select(Notice).where(due, col(Notice.person_id).in_(reached))
        found = session.scalars(query.order_by(col(Notice.person_id), col(Notice.id)))
        return sum(
            _compose_for(session, key, list(own)) for key, own in groupby(found, lambda n: n.person_id)
        )


def _compose_for(session: Session, person_id: UUID, due: list[Notice]) -> int:
    # What was read in the inbox meanwhile need not be sent.
    unread = [notice for notice in due if notice.read_at is None]
    wishes = session.get(NoticePreference, person_id)
    daily = wishes is not None and wishes.pace == "daily"
    letters = [unread] if daily and unread else [[notice] for notice in unread]
    for notice in due:
        notice.mail_due_at = None
    for letter in letters:
        mail = Mail(id=new_id(), person_id=person_id, due_at=now())
        session.add(mail)
        session.flush()
        for notice in letter:
            notice.mail_id = mail.id
    session.flush()
    return len(letters)


def _take(session: Session, settings: Settings) -> Letter | None:
    query = select(Mail).where(col(Mail.due_at) <= now()).order_by(col(Mail.due_at), col(Mail.id)).limit(1)
    mail = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if mail is None:
        return None
    person = session.get_one(Person, mail.person_id)
    notices = session.scalars(
        select(Notice).where(col(Notice.mail_id) == mail.id).order_by(col(Notice.id))
    ).all()
    if not (notices and person.email and person.status == "active" and can_be_mailed(person)):
        return Letter(mail.id, None)
    wishes = session.get(NoticePreference, person.id)
    language = language_of(wishes, settings)
    message = mail_message(settings, mail_id=mail.id, to=person.email, language=language, notices=notices)
    return Letter(mail.id, message)


def language_of(wishes: NoticePreference | None, settings: Settings) -> Language:
    """The language somebody is written to in."""
    return next((one for one in LANGUAGES if wishes and one == wishes.language), settings.language)


def _settle(session: Session, letter: Letter, outcome: Outcome) -> None:
    mail = session.get(Mail, letter.mail_id)
    if mail is None or mail.state != "waiting":
        return
    moment = now()
    mail.attempts += 1
    mail.said = outcome.said[:500]
    if outcome.action == "retry" and mail.attempts <= len(RETRIES):
        mail.due_at = moment + RETRIES[mail.attempts - 1]
    else:
        _done(mail, "give_up" if outcome.action == "retry" else outcome.action, moment)
    session.add(mail)


def _done(mail: Mail, action: MailAction, moment: datetime) -> None:
    mail.state = mail_moved(mail.state, action)
    mail.due_at, mail.done_at = None, moment
    if mail.state == "failed":
        log.warning("an e-mail was given up after %d attempts: %s", mail.attempts, mail.said)


def _refusal(answer: tuple[int, bytes | str]) -> Outcome:
    """A code of 5xx is for good, one of 4xx for now (RFC 5321, 4.2.1)."""
    code, said = answer
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return Outcome("give_up" if code >= 500 else "retry", f"{code} {text}")
