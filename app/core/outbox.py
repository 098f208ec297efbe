"""The outbox: which suppliers changed, written in the same transaction as the change itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Field, Session, SQLModel

from app.core.clock import now


class OutboxEntry(SQLModel, table=True):
    """A supplier key and the version it reached, waiting for the indexer."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=36)
    version: int
    created_at: datetime = Field(default_factory=now)


def enqueue(session: Session, changes: Iterable[tuple[str, int]]) -> None:
    """Note that these keys reached these versions."""
    rows = [{"key": key, "version": version, "created_at": now()} for key, version in changes]
    if rows:
        session.connection().execute(insert(OutboxEntry), rows)
