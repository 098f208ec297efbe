"""Stating many listings at once: insert or update by company, kind and title, only what changed.

What a firm stated by hand stands: its parts of a listing are not overwritten, and a listing that it gave another title
or kind is not brought back under the old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, bindparam, insert, select, update
from sqlmodel import Session, col

from app.catalogue.models import Listing
from app.catalogue.policy import DEFAULT_ROLES
from app.catalogue.superseding import supersede_drafts
from app.core.clock import now
from app.core.ids import company_id, draft_id
from app.core.outbox import enqueue
from app.registry.models import Company
from search.documents import Kind, Role

_COLUMNS = tuple(
    getattr(Listing, name)
    for name in (
        "id",
        "company_id",
        "kind",
        "title",
        "role",
        "summary",
        "fields",
        "status",
        "version",
        "updated_at",
        "content_hash",
        "by_hand",
    )
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says a firm offers; ``fields`` are valid. ``role`` and ``summary`` are None when it does not say."""

    uscc: str
    kind: Kind
    title: str
    role: Role | None = None
    summary: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    def digest(self) -> str:
        """SHA-256 of everything said, in hexadecimal."""
        said = json.dumps([self.kind, self.title, self.role, self.summary, self.fields], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(slots=True)
class Stated:
    """What a batch did. The lists hold positions in the batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    """Statements that differ from what the firm said by hand, which stands."""
    unknown_company: list[int] = field(default_factory=list)
    not_offered: list[int] = field(default_factory=list)
    """The firm withdrew the listing, or dismissed the draft of it; its decision stands."""


def state_listings(session: Session, statements: Sequence[Statement]) -> Stated:
    """Publish what is stated, each (uscc, kind, title) once in a batch. Commits nothing itself.

    A draft of the same role and title counts as confirmed. Role, summary and fields are replaced, each as a whole,
    except those stated by hand; a statement that was made before changes nothing. A firm reaches its next version
    once a batch.
    """
    owners = [company_id(said.uscc) for said in statements]
    versions = _versions(session, owners)
    held = _held(session, list(versions))
    done = Stated()
    moment = now()
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    touched: set[UUID] = set()
    for place, (owner, said) in enumerate(zip(owners, statements, strict=True)):
        if owner not in versions:
            done.unknown_company.append(place)
            continue
        own, digest = held.get(owner, ()), said.digest()
        before = _same([row for row in own if (row.kind, row.title) == (said.kind, said.title)], _role(said))
        if before is None and _renamed(own, owner, said, digest):
            done.kept += 1
            done.unchanged += 1
            continue
        if before is None:
            inserts.append(_new(owner, said, digest, moment))
        elif before.status in ("withdrawn", "dismissed"):
            done.not_offered.append(place)
            continue
        elif before.content_hash == digest:
            done.unchanged += 1
            continue
        else:
            wanted, kept = _wanted(before, said)
            done.kept += kept
            differs = any(getattr(before, name) != value for name, value in wanted.items())
            reached = {"version": before.version + 1, "updated_at": moment} if differs else {}
            learnt = {"version": before.version, "updated_at": before.updated_at, "content_hash": digest}
            updates.append(wanted | learnt | reached | {"key": before.id})
            if not differs:
                done.unchanged += 1
                continue
            done.updated += 1
        touched.add(owner)
    run = session.connection()
    if inserts:
        run.execute(insert(Listing), inserts)
    if updates:
        named: dict[str, Any] = {name: bindparam(name) for name in updates[0] if name != "key"}
        run.execute(update(Listing).where(col(Listing.id) == bindparam("key")).values(named), updates)
    supersede_drafts(session, touched)
    _touch(session, {key: versions[key] + 1 for key in versions if key in touched})
    done.created = len(inserts)
    return done


def _role(said: Statement) -> Role:
    return said.role or DEFAULT_ROLES.get(said.kind, "service")


def _versions(session: Session, owners: Sequence[UUID]) -> dict[UUID, int]:
    keys = sorted(set(owners))  # so that two transactions lock the same rows in the same order
    found: dict[UUID, int] = {}
    for start in range(0, len(keys), 500):
        part = col(Company.id).in_(keys[start : start + 500])
        query = select(col(Company.id), col(Company.version)).where(part).order_by(col(Company.id))
        found.update((row.id, row.version) for row in session.connection().execute(query.with_for_update()))
    return found


def _held(session: Session, owners: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    found: dict[UUID, list[Row[Any]]] = {}
    for start in range(0, len(owners), 500):
        part = owners[start : start + 500]
        query = select(*_COLUMNS).where(col(Listing.company_id).in_(part)).order_by(col(Listing.id))
        for row in session.connection().execute(query):
            found.setdefault(row.company_id, []).append(row)
    return found


def _same(candidates: Sequence[Row[Any]], role: Role) -> Row[Any] | None:
    """The listing a statement is about: one the firm stated before, else what was drafted under this very role."""
    stated = [row for row in candidates if row.status in ("published", "withdrawn")]
    stated.sort(key=lambda row: row.role != role)
    drafted = [row for row in candidates if row.role == role and row.status != "superseded"]
    return next(iter([*stated, *drafted]), None)


def _wanted(before: Row[Any], said: Statement) -> tuple[dict[str, Any], bool]:
    """All columns as they will be, and whether a part stated by hand stands against what is said."""
    spoken = {
        "role": said.role or before.role,
        "summary": before.summary if said.summary is None else said.summary,
        "fields": said.fields,
    }
    standing = {part: getattr(before, part) for part in before.by_hand}
    kept = any(spoken[part] != value for part, value in standing.items())
    return spoken | standing | {"status": "published"}, kept


def _renamed(own: Sequence[Row[Any]], owner: UUID, said: Statement, digest: str) -> bool:
    """Whether the firm has what this statement once made, under another title or kind."""
    made, confirmed = _made_id(owner, said), draft_id(said.uscc, _role(said), said.title)
    return any(
        row.id == made or row.content_hash == digest or (row.id == confirmed and row.content_hash)
        for row in own
    )


def _made_id(owner: UUID, said: Statement) -> UUID:
    """Derived, so that an import that was killed and run again ends as one that was not."""
    return uuid5(owner, f"{said.kind}/{said.title}")


def _new(owner: UUID, said: Statement, digest: str, moment: Any) -> dict[str, Any]:
    return {
        "id": _made_id(owner, said),
        "company_id": owner,
        "kind": said.kind,
        "role": _role(said),
        "title": said.title,
        "summary": said.summary or "",
        "fields": said.fields,
        "status": "published",
        "source": "firm",
        "clause": "",
        "confidence": None,
        "content_hash": digest,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
    }


def _touch(session: Session, versions: dict[UUID, int]) -> None:
    if not versions:
        return
    moment = now()
    session.connection().execute(
        update(Company)
        .where(col(Company.id) == bindparam("key"))
        .values(version=bindparam("reached"), updated_at=bindparam("moment")),
        [{"key": key, "reached": version, "moment": moment} for key, version in versions.items()],
    )
    enqueue(session, ((str(key), version) for key, version in versions.items()))
