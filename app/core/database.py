"""Engine, session and the unit of work: the only place that commits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, create_engine

from app.core.actor import SYSTEM, Actor
from app.core.backoff import backoff
from app.core.tenancy import ACTOR
from app.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

CONNECTIONS = 20
"""Connections a process holds at most: app.core.turns.SESSIONS for requests, the rest for the indexer and jobs."""
LONGEST_STATEMENT = 60
LONGEST_LOCK_WAIT = 15
LONGEST_PAUSE = 900
"""Seconds. A pause is a transaction in which nothing is asked, as while a claimed batch of changes is being indexed."""

_RETRIED = {"40001", "40P01", "23505"}
"""SQLSTATE: serialization_failure, deadlock_detected, unique_violation (another inserted the same row first)."""


def make_engine(settings: Settings) -> Engine:
    """An engine for the configured database."""
    url = settings.resolved_database_url()
    return _sqlite_engine(url) if url.startswith("sqlite") else _postgresql_engine(url)


def _postgresql_engine(url: str) -> Engine:
    """READ COMMITTED, as PostgreSQL's own default: rows that are read to be changed are locked (FOR UPDATE).

    What waits too long is cut off and answered with 503: a statement, a lock, a transaction left open.
    """
    limits = {
        "statement_timeout": f"{LONGEST_STATEMENT}s",
        "lock_timeout": f"{LONGEST_LOCK_WAIT}s",
        "idle_in_transaction_session_timeout": f"{LONGEST_PAUSE}s",
        "timezone": "UTC",
    }
    return create_engine(
        url,
        pool_size=5,
        max_overflow=CONNECTIONS - 5,
        pool_timeout=10,
        # A connection that died with its server is found and replaced before it is used.
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 10,
            "application_name": "lianqiao",
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
            # A peer that vanished without a word is noticed within a minute.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
    )


def _sqlite_engine(url: str) -> Engine:
    """WAL, foreign keys and a busy timeout; a unit of work that writes takes the write lock as it begins."""
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})
    if engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling begins too late for BEGIN IMMEDIATE; see begin() below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "cache_size=-65536",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that reads first and writes later would fail at once when another writer got between.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


@contextmanager
def unit_of_work(engine: Engine, *, writing: bool = True, actor: Actor | None = None) -> Iterator[Session]:
    """A session that commits once at the end, or rolls everything back when anything goes wrong.

    It gives out the rows that ``actor`` may see; without one it refuses tables whose rows are not everybody's.
    """
    bound = engine.execution_options(writing=writing)
    with Session(bound, expire_on_commit=False, info={ACTOR: actor}) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def transact(engine: Engine, work: Callable[[Session], T], *, attempts: int = 5) -> T:
    """``work`` in a unit of work of its own, done again from the start where another transaction got in its way.

    For jobs, which run as the program itself: ``work`` must be safe to repeat. Raises what the last attempt raised.
    """
    for attempt in range(1, attempts + 1):
        try:
            with unit_of_work(engine, actor=SYSTEM) as session:
                return work(session)
        except DBAPIError as error:
            if attempt == attempts or not lost_a_race(error):
                raise
            log.info("another transaction got in the way, again: %s", error.orig)
            time.sleep(backoff(attempt, first=0.05))
    raise AssertionError("unreachable")


def lost_a_race(error: DBAPIError) -> bool:
    """Whether the same work may succeed when it is done again from the start."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRIED if state else isinstance(error, IntegrityError)
