"""The audit chain: what was done that somebody may ask about later, in rows that cannot be changed unnoticed.

Each row holds the hash of the one before it and its own over everything it says, so that a row changed, taken out or put
between shows from there on. Whoever can write the whole table could make a new chain of it, or cut its end off: keep the head
that ``lianqiao audit head`` prints elsewhere, and give it with ``audit verify --head`` later (docs/deploy.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, or_, select
from sqlmodel import Field, Session, SQLModel, col

from app.core.clock import now
from app.core.locks import lock_name
from app.core.tenancy import across_tenants, actor_of, operated, seen_by

GENESIS = "0" * 64
_PAGE = 1000


@seen_by(
    lambda actor: or_(
        col(AuditEntry.company_id).in_(actor.companies), operated(col(AuditEntry.division), actor)
    )
)
class AuditEntry(SQLModel, table=True):
    """One act. The firm concerned and the operators of its division see it."""

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """1, 2, 3, … without gaps."""
    at: datetime
    act: str = Field(max_length=40)
    actor_kind: str = Field(max_length=10)
    actor_id: UUID | None = None
    actor_name: str = Field(default="", max_length=100)
    company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    division: str = Field(default="", max_length=6)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain holds: rows read, the hash of the last good one, and what is wrong with the first bad one."""

    rows: int
    head: str
    broken_at: int | None = None
    reason: str = ""


def record(
    session: Session, *, act: str, company_id: UUID | None, division: str, detail: Mapping[str, Any]
) -> AuditEntry:
    """Add what the session's actor does to the chain, in the same transaction. ``detail`` is JSON-able."""
    actor = actor_of(session)
    lock_name(session.connection(), "audit")
    before = last_entry(session)
    entry = AuditEntry(
        number=before.number + 1 if before else 1,
        at=now(),
        act=act,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:100],
        company_id=company_id,
        division=division,
        detail=dict(detail),
        previous=before.hash if before else GENESIS,
        hash="",
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def last_entry(session: Session) -> AuditEntry | None:
    """The head of the chain; None while nothing was recorded."""
    last = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(1)
    return session.scalars(across_tenants(last, "a chain has one end")).first()


def digest(entry: AuditEntry) -> str:
    """SHA-256 over everything a row says, the hash of the row before it included, as canonical JSON."""
    at = entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=UTC)
    said = [
        entry.number, at.astimezone(UTC).isoformat(timespec="microseconds"), entry.act, entry.actor_kind,
        str(entry.actor_id or ""), entry.actor_name, str(entry.company_id or ""), entry.division, entry.detail,
        entry.previous,
    ]  # fmt: skip
    return hashlib.sha256(
        json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def verify(session: Session, *, head: str = "") -> Verdict:
    """Walk the whole chain. ``head`` is a hash known from before, which has to be among its rows."""
    previous, number, seen = GENESIS, 0, not head
    while True:
        page = select(AuditEntry).where(col(AuditEntry.number) > number).order_by(col(AuditEntry.number))
        rows = session.scalars(across_tenants(page.limit(_PAGE), "the chain is walked whole")).all()
        for row in rows:
            if row.number != number + 1:
                return Verdict(number, previous, number + 1, "missing")
            if row.previous != previous or row.hash != digest(row):
                return Verdict(number, previous, row.number, "changed")
            previous, number, seen = row.hash, row.number, seen or row.hash == head
        session.expunge_all()
        if len(rows) < _PAGE:
            break
    return Verdict(number, previous) if seen else Verdict(number, previous, number + 1, "head not found")
