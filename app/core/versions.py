"""Optimistic locking: an edit names the version it was made on."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar

from sqlmodel import Session

from app.core.clock import now
from app.core.errors import PreconditionFailed, PreconditionRequired


class Versioned(Protocol):
    """A row that counts its changes."""

    version: int
    updated_at: datetime


Row = TypeVar("Row", bound=Versioned)


def touch(session: Session, row: Row) -> Row:
    """Count a change of the row, now."""
    row.version += 1
    row.updated_at = now()
    session.add(row)
    session.flush()
    return row


def check_version(if_match: str | None, version: int, *, required: bool = True) -> None:
    """Raise PreconditionFailed unless If-Match names ``version`` (or is ``*``); PreconditionRequired when it is absent."""
    if if_match is None:
        if required:
            raise PreconditionRequired
        return
    named = {part.strip().removeprefix("W/").strip('"') for part in if_match.split(",")}
    if "*" not in named and str(version) not in named:
        raise PreconditionFailed
