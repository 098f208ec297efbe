"""Taking turns by name: what two transactions may not do at once though there is no row yet to lock."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, func, select


def lock_name(connection: Connection, *name: str) -> None:
    """Until this transaction ends, others that ask for the same name wait (PostgreSQL's advisory locks).

    SQLite needs none: a transaction that writes is the only one.
    """
    if connection.dialect.name == "postgresql":
        digest = hashlib.sha256("\0".join(name).encode()).digest()
        number = int.from_bytes(digest[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))
