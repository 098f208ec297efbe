"""Taking turns by name: what two transactions, or two processes, may not do at once though there is no row to lock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, func, select


def lock_name(connection: Connection, *name: str) -> None:
    """Until this transaction ends, others that ask for the same name wait (PostgreSQL's advisory locks).

    SQLite needs none: a transaction that writes is the only one.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_number(*name))))


@contextmanager
def claimed(engine: Engine, name: str, *, folder: Path) -> Iterator[bool]:
    """Whether this process, and no other of the same database, has ``name`` until the block ends; nobody waits.

    It is free again the moment its process or, on PostgreSQL, its connection dies. On SQLite, whose processes share a
    machine, a file in ``folder`` is locked.
    """
    if engine.dialect.name == "postgresql":
        # Outside any transaction, which would be cut off when it is left open for long.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            number = _number(name)
            held = bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
            try:
                yield held
            finally:
                if held:
                    connection.execute(select(func.pg_advisory_unlock(number)))
        return
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(folder / f"{name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _number(*name: str) -> int:
    """A name as PostgreSQL's advisory locks take it."""
    digest = hashlib.sha256("\0".join(name).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
