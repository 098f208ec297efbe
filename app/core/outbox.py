"""The outbox: which suppliers and demands changed, written in the same transaction as the change itself, and claimed by workers.

A claim is a lock, not a time: on PostgreSQL a worker holds its entries with FOR UPDATE SKIP LOCKED until it has settled
them, so that they are free again the moment it dies, and no clock has a say. On SQLite one writer works at a time and
entries are only read; two processes that drain side by side do the same work twice, which versions make harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, delete, func, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel.sql.sqltypes import UTCDateTime

from app.core.clock import now
from app.core.database import unit_of_work
from search.index import Rejection
from search.indexer import Change

Subject = Literal["supplier", "demand"]
"""What a key names. Each kind has an index of its own, and its changes are claimed apart."""
Then = Callable[[Session, Sequence[Change]], None]
"""What else falls due once changes are indexed, written in the transaction that forgets them."""

_ROWS = 300
"""Keys named in one statement."""
LONGEST_REASON = 1000


class OutboxEntry(SQLModel, table=True):
    """A key and the version it reached, waiting for the indexer."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(default="supplier", max_length=8, sa_column_kwargs={"server_default": "supplier"})
    key: str = Field(max_length=36)
    version: int
    created_at: datetime = Field(default_factory=now)
    """By the database's clock."""


class ParkedChange(SQLModel, table=True):
    """What the index refused, why, and at which version; a later change of it that passes takes it away."""

    __tablename__ = "outbox_parked"

    key: str = Field(primary_key=True, max_length=36)
    subject: str = Field(default="supplier", max_length=8, sa_column_kwargs={"server_default": "supplier"})
    version: int
    reason: str = Field(max_length=LONGEST_REASON)
    parked_at: datetime = Field(default_factory=now)


def enqueue(session: Session, changes: Iterable[tuple[str, int]], *, subject: Subject = "supplier") -> None:
    """Note that these keys reached these versions."""
    rows = [{"key": key, "version": version, "subject": subject} for key, version in changes]
    if rows:
        stamped = insert(OutboxEntry).values(created_at=func.current_timestamp())
        session.connection().execute(stamped, rows)


def waiting(session: Session, *, subject: Subject = "supplier") -> tuple[int, float]:
    """How many changes wait, and how old the oldest is, in seconds; by one clock, the database's."""
    moment = func.current_timestamp(type_=UTCDateTime())
    query = select(func.count(), func.min(col(OutboxEntry.created_at)), moment)
    query = query.where(col(OutboxEntry.subject) == subject)
    count, oldest, present = session.execute(query).one()
    return count, max((present - oldest).total_seconds(), 0.0) if oldest else 0.0


def parked(session: Session, *, limit: int | None = None) -> Sequence[ParkedChange]:
    """What was parked, the oldest first."""
    query = select(ParkedChange).order_by(col(ParkedChange.parked_at), col(ParkedChange.key)).limit(limit)
    return session.scalars(query).all()


def retry(session: Session, keys: Collection[str] | None = None) -> int:
    """Put what was parked (only ``keys`` when given) back into the outbox; returns how many."""
    found = [one for one in parked(session) if keys is None or one.key in keys]
    for one in found:
        enqueue(
            session, [(one.key, one.version)], subject="demand" if one.subject == "demand" else "supplier"
        )
        session.delete(one)
    return len(found)


def park(session: Session, rejected: Collection[Rejection], *, subject: Subject = "supplier") -> None:
    """Note what the index refused; of several refusals of one key the last is kept."""
    dialect = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    for one in rejected:
        row = {
            "version": one.version,
            "reason": one.reason.replace("\0", "")[:LONGEST_REASON],
            "parked_at": func.current_timestamp(),
        }
        said = dialect.insert(ParkedChange).values(key=one.key, subject=subject, **row)
        session.connection().execute(said.on_conflict_do_update(index_elements=["key"], set_=row))


class OutboxClaim:
    """Entries that one worker has taken, as search.indexer.Claim. Locked ones come with the ``session`` that locks them."""

    def __init__(
        self,
        engine: Engine,
        changes: Sequence[Change],
        session: Session | None,
        *,
        subject: Subject,
        then: Then | None,
    ) -> None:
        self.changes = changes
        self._engine = engine
        self._session = session
        self._subject = subject
        self._then = then

    def settle(self, rejected: Collection[Rejection]) -> None:
        """Forget the entries and park what was refused, in one transaction."""
        if self._session:
            self._forget(self._session, rejected)
            self._session.commit()
            self.release()
        else:
            with unit_of_work(self._engine) as session:
                self._forget(session, rejected)

    def release(self) -> None:
        """Let go of the locks."""
        if self._session:
            self._session.close()
            self._session = None

    def _forget(self, session: Session, rejected: Collection[Rejection]) -> None:
        # SQLite gives the id of a deleted row again, so an entry is named by all it says: another process may have
        # drained this one already, and its number may stand for a newer change.
        entry = tuple_(col(OutboxEntry.id), col(OutboxEntry.key), col(OutboxEntry.version))
        said = [(change.id, change.key, change.version) for change in self.changes]
        run = session.connection()
        refused = {one.key for one in rejected}
        passed = sorted({change.key for change in self.changes} - refused)
        any_parked = run.execute(select(col(ParkedChange.key)).limit(1)).first() is not None
        for start in range(0, len(said), _ROWS):
            run.execute(delete(OutboxEntry).where(entry.in_(said[start : start + _ROWS])))
        for start in range(0, len(passed) if any_parked else 0, _ROWS):
            part = col(ParkedChange.key).in_(passed[start : start + _ROWS])
            run.execute(delete(ParkedChange).where(part))
        park(session, rejected, subject=self._subject)
        if self._then:
            self._then(session, self.changes)


def claim(
    engine: Engine,
    limit: int,
    *,
    besides: Collection[int] = (),
    subject: Subject = "supplier",
    then: Then | None = None,
) -> OutboxClaim | None:
    """The oldest entries that no other worker has, None when there are none; ``besides`` are taken by this one."""
    query = select(col(OutboxEntry.id), col(OutboxEntry.key), col(OutboxEntry.version))
    query = query.where(col(OutboxEntry.subject) == subject).order_by(col(OutboxEntry.id))
    locking = engine.dialect.name == "postgresql"
    query = (
        query.limit(limit).with_for_update(skip_locked=True) if locking else query.limit(limit + len(besides))
    )
    session = Session(engine.execution_options(writing=False), expire_on_commit=False)
    try:
        rows = session.connection().execute(query)
        taken = [Change(number or 0, key, version) for number, key, version in rows if number not in besides]
    except BaseException:
        session.close()
        raise
    if not (taken and locking):
        session.close()
    if not taken:
        return None
    return OutboxClaim(engine, taken[:limit], session if locking else None, subject=subject, then=then)
