"""What changed and has yet to meet the other side, written in the transaction that settles its indexing.

So nothing is looked for before the index has it, and nothing indexed is forgotten, whoever dies when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from app.catalogue.models import Listing
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import unit_of_work
from app.core.ids import ids_among
from app.core.outbox import Subject
from app.core.tenancy import ACTOR, across_tenants
from app.demands.models import Demand
from app.demands.policy import ANSWERABLE
from app.matches.models import AlertDue
from search.indexer import Change

RECENT = timedelta(hours=1)
"""What was stated or changed so lately is news. An import of a whole province's register, whose listings are drafts, is
none, and neither are the demands of a database that has just learnt to index them."""
_PART = 500


def firms_changed(session: Session, changes: Sequence[Change]) -> None:
    """After firms were indexed: those with a listing just stated or changed are due."""
    keys = list({change.key for change in changes})
    for start in range(0, len(keys), _PART):
        ids = list(ids_among(keys[start : start + _PART]))
        query = select(Listing.company_id).distinct()
        query = query.where(col(Listing.company_id).in_(ids), col(Listing.status) == "published")
        fresh = session.exec(query.where(col(Listing.updated_at) >= now() - RECENT))
        _add(session, "supplier", (str(key) for key in fresh))


def demands_changed(session: Session, changes: Sequence[Change]) -> None:
    """After demands were indexed: those just posted or changed are due, not the standing ones of an index made anew."""
    keys = list({change.key for change in changes})
    for start in range(0, len(keys), _PART):
        ids = list(ids_among(keys[start : start + _PART]))
        query = select(Demand.id).where(col(Demand.id).in_(ids), col(Demand.state).in_(ANSWERABLE))
        fresh = query.where(col(Demand.updated_at) >= now() - RECENT)
        _add(session, "demand", map(str, session.exec(across_tenants(fresh, "the program's own work"))))


def _add(session: Session, subject: Subject, keys: Iterable[str]) -> None:
    rows = [{"subject": subject, "key": key, "changed_at": now()} for key in sorted(keys)]
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(AlertDue).on_conflict_do_nothing(), rows)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due, since when."""

    subject: Subject
    key: str
    changed_at: datetime


class DueClaim:
    """What one worker has taken; it stays due until ``settling`` has been committed."""

    def __init__(self, engine: Engine, due: Due, session: Session | None) -> None:
        self.due = due
        self._engine = engine
        self._session = session

    @contextmanager
    def settling(self) -> Iterator[Session]:
        """A transaction that forgets it, unless it has changed again since, and holds whatever else is written."""
        if self._session:
            yield self._session
            self._forget(self._session)
            self._session.commit()
        else:
            with unit_of_work(self._engine, actor=SYSTEM) as session:
                yield session
                self._forget(session)

    def _forget(self, session: Session) -> None:
        named = (col(AlertDue.subject) == self.due.subject) & (col(AlertDue.key) == self.due.key)
        session.execute(delete(AlertDue).where(named, col(AlertDue.changed_at) <= self.due.changed_at))


@contextmanager
def claimed(engine: Engine) -> Iterator[DueClaim | None]:
    """The next thing that is due and that no other worker has, demands before firms, the oldest first; None: nothing is.

    On SQLite it is only read: two processes at the same one do the same work twice, which alerts bear.
    """
    query = select(AlertDue).order_by(col(AlertDue.subject), col(AlertDue.changed_at), col(AlertDue.key))
    with Session(engine.execution_options(writing=False), info={ACTOR: SYSTEM}) as session:
        row = session.exec(query.limit(1).with_for_update(skip_locked=True)).first()
        due = row and Due("demand" if row.subject == "demand" else "supplier", row.key, row.changed_at)
        locking = session.get_bind().dialect.name != "sqlite"
        if not locking:
            session.close()
        yield DueClaim(engine, due, session if locking else None) if due else None
        session.rollback()
