"""What people are told, how each wants to be told, and the e-mails on their way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel, col

from app.core.clock import now
from app.core.tenancy import seen_by


@seen_by(lambda actor: col(Notice.person_id) == actor.id)
class Notice(SQLModel, table=True):
    """One thing one person is told. The words are made from ``kind`` and ``data`` when it is shown, in any language."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("person_id", "key"), Index("ix_notice_inbox", "person_id", "id"))

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    company_id: UUID | None = Field(default=None, foreign_key="company.id")
    """The company because of whose seat the person is told."""
    kind: str = Field(max_length=40)
    about: str = Field(max_length=300)
    """Path of the page it leads to."""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    key: str = Field(max_length=120)
    """Tells a person once: the same key again changes nothing."""
    created_at: datetime = Field(default_factory=now)
    read_at: datetime | None = None
    mail_due_at: datetime | None = None
    """When it is to be e-mailed; None when it is not, or has been put into a mail."""
    mail_id: UUID | None = Field(default=None, foreign_key="mail.id", index=True)


Index(
    "ix_notice_unread",
    col(Notice.person_id),
    sqlite_where=col(Notice.read_at).is_(None),
    postgresql_where=col(Notice.read_at).is_(None),
)
Index(
    "ix_notice_mail_due_at",
    col(Notice.mail_due_at),
    sqlite_where=col(Notice.mail_due_at).is_not(None),
    postgresql_where=col(Notice.mail_due_at).is_not(None),
)


@seen_by(lambda actor: col(NoticePreference.person_id) == actor.id)
class NoticePreference(SQLModel, table=True):
    """How one person wants to be told; whoever said nothing has no row and the defaults."""

    __tablename__ = "notice_preference"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    channels: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """By kind of notice: ``inbox``, ``email`` (and the inbox), ``none``. A kind not named has its default."""
    pace: str = Field(default="each", max_length=10)
    """``each``: one e-mail a notice; ``daily``: one a day at ``digest_at``."""
    digest_at: str = Field(default="08:00", max_length=5)
    quiet_from: str = Field(default="22:00", max_length=5)
    """Hours and minutes in ``time_zone`` from which no e-mail is sent, until ``quiet_to``; equal ones mean never quiet."""
    quiet_to: str = Field(default="08:00", max_length=5)
    time_zone: str = Field(default="Asia/Shanghai", max_length=60)
    language: str = Field(default="", max_length=2)
    """Of e-mails; "" for the platform's."""
    version: int = 1


@seen_by(lambda actor: col(Mail.person_id) == actor.id)
class Mail(SQLModel, table=True):
    """An e-mail to one person. Its id is its Message-ID, the same however often it is tried."""

    __tablename__ = "mail"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    state: str = Field(default="waiting", max_length=10)
    """See app.notify.policy."""
    due_at: datetime | None = Field(default=None, index=True)
    """When it is tried next; None once it is not."""
    attempts: int = 0
    said: str = Field(default="", max_length=500)
    """What the mail server said last when it did not take it."""
    created_at: datetime = Field(default_factory=now)
    done_at: datetime | None = None
