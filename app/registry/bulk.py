"""Registering companies, one or fifty thousand, the same way: insert or update by code, only what changed.

Rows go through SQLAlchemy Core in batches: an ORM object a row would take five times as long for a province.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, literal_column, select, update
from sqlmodel import Session, col

from app.catalogue.models import Listing
from app.catalogue.superseding import supersede_drafts
from app.core.clock import now
from app.core.ids import company_id, draft_id
from app.core.outbox import enqueue
from app.registry.derive import FIELDS, Derived, Registration, derive
from app.registry.models import Company
from app.registry.standing import load_standing, reconcile, stated, stated_lines

if TYPE_CHECKING:
    from app.catalogue.drafting import Draft


@dataclass(frozen=True, slots=True)
class Registered:
    """What a batch did, in companies and drafted listings."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    drafts: int = 0


def register_companies(
    session: Session, registrations: Iterable[Registration], *, spoken: Collection[str] = FIELDS
) -> Registered:
    """Insert or update by uscc; of two rows with one code in a batch the later holds. Commits nothing itself.

    ``spoken`` are the fields of Registration that the source states. Of a company already held the other fields
    stay as they are, and so does every column a user stated (provenance {"from": "user"}).
    Raises InvalidCapital.
    """
    wanted = {company_id(said.uscc): said for said in registrations}
    digests = {key: said.digest() for key, said in wanted.items()}
    held = _held(session, list(wanted))
    changed = [key for key in wanted if held.get(key) != digests[key]]
    standing = load_standing(session, [key for key in changed if key in held])
    moment = now()
    inserts, updates = [], []
    drafts: dict[UUID, tuple[str, list[Draft]]] = {}
    for key in changed:
        before = standing.get(key)
        said = reconcile(wanted[key], before, spoken) if before else wanted[key]
        derived = derive(said)
        drafts[key] = (said.uscc, derived.drafts)
        row = _columns(said, derived) | {"content_hash": digests[key], "updated_at": moment}
        if before:
            row |= stated(before) | {"provenance": derived.provenance | stated_lines(before)}
            updates.append(row | {"key": key, "version": before.version + 1})
        else:
            inserts.append(
                row | {"id": key, "version": 1, "created_at": moment, "verification": "unverified"}
            )
    run = session.connection()
    # In one order whatever the file's, or two batches that name the same firms would wait for each other.
    inserts.sort(key=itemgetter("id"))
    updates.sort(key=itemgetter("key"))
    if inserts:
        run.execute(insert(Company), inserts)
    if updates:
        named: dict[str, Any] = {name: bindparam(name) for name in updates[0] if name != "key"}
        run.execute(update(Company).where(col(Company.id) == bindparam("key")).values(named), updates)
    drafted = _redraft(session, drafts, set(held))
    enqueue(session, ((str(key), standing[key].version + 1 if key in standing else 1) for key in changed))
    return Registered(len(inserts), len(updates), len(wanted) - len(changed), drafted)


def _held(session: Session, keys: Sequence[UUID]) -> dict[UUID, str]:
    """Content hashes of those already registered."""
    held: dict[UUID, str] = {}
    for start in range(0, len(keys), 500):
        part = col(Company.id).in_(keys[start : start + 500])
        query = select(col(Company.id), col(Company.content_hash)).where(part)
        held.update((row.id, row.content_hash) for row in session.connection().execute(query))
    return held


def _columns(said: Registration, derived: Derived) -> dict[str, Any]:
    return {
        "uscc": said.uscc,
        "name": said.name,
        "type": said.type,
        "registered_on": said.registered_on,
        "capital_raw": said.capital_raw,
        "address": said.address,
        "business_scope": said.business_scope,
        "status": said.status,
        "tags": list(said.tags),
        "website": said.website,
        "employees": said.employees,
        "contact_name": said.contact_name,
        "phone": said.phone,
        "email": said.email,
        "provenance": derived.provenance,
        **derived.columns,
    }


# What all drafts have in common is written into the statement: half of the time went into binding it row by row.
_DRAFTED = insert(Listing).values(
    id=bindparam("id"),
    company_id=bindparam("company_id"),
    kind=bindparam("kind"),
    role=bindparam("role"),
    title=bindparam("title"),
    summary=literal_column("''"),
    fields=literal_column("'{}'"),
    status=literal_column("'draft'"),
    source=literal_column("'scope'"),
    clause=bindparam("clause"),
    confidence=bindparam("confidence"),
    version=literal_column("1"),
    created_at=func.current_timestamp(),
    updated_at=func.current_timestamp(),
)


def _redraft(session: Session, drafts: dict[UUID, tuple[str, list[Draft]]], held: set[UUID]) -> int:
    """Replace unconfirmed drafts; what the firm confirmed, edited or dismissed stays as it is, and what it states
    itself is not drafted beside it.
    """
    run = session.connection()
    kept: set[UUID] = set()
    again = [key for key in drafts if key in held]
    for start in range(0, len(again), 500):
        part = again[start : start + 500]
        unconfirmed = col(Listing.status).in_(("draft", "superseded"))
        run.execute(delete(Listing).where(col(Listing.company_id).in_(part), unconfirmed))
        kept.update(run.execute(select(col(Listing.id)).where(col(Listing.company_id).in_(part))).scalars())
    rows = [
        {
            "id": listing,
            "company_id": company,
            "kind": draft.kind,
            "role": draft.role,
            "title": draft.title,
            "clause": draft.clause[:500],
            "confidence": round(draft.confidence, 2),
        }
        for company, (uscc, found) in drafts.items()
        for draft in found
        if (listing := draft_id(uscc, draft.role, draft.title)) not in kept
    ]
    # In the order of the primary key SQLite fills page after page instead of fetching one for each row.
    rows.sort(key=_id_of)
    if rows:
        run.execute(_DRAFTED, rows)
    supersede_drafts(session, again)
    return len(rows)


def _id_of(row: dict[str, Any]) -> int:
    return int(row["id"].int)
