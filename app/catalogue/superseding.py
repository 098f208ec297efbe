"""Drafts that the firm's own words make superfluous: put away while it states the same thing, back when it does not.

A draft read from the business scope and a listing that the firm stated say the same when kind and title are the same;
what becomes of the draft follows from the firm's listings alone, so asking again changes nothing. A listing that the
firm withdrew keeps the draft away too: the scope is not to offer what the firm said it does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.catalogue.models import Listing
from app.catalogue.policy import MOVES, Consequence
from app.core.clock import now

STATED: Final = ("published", "withdrawn")
"""States in which a listing holds the firm's own word."""


def supersede_drafts(session: Session, companies: Collection[UUID]) -> None:
    """Put away the drafts of these firms that say what the firm stated, and bring back those that stand alone again.

    Call it in the transaction that changed the listings, with the companies locked; their next versions and places in
    the outbox are the caller's.
    """
    keys = sorted(companies)
    for start in range(0, len(keys), 500):
        _supersede(session, keys[start : start + 500])


def _supersede(session: Session, companies: Collection[UUID]) -> None:
    owner, status = col(Listing.company_id), col(Listing.status)
    # Most firms have drafts only; theirs are not read.
    said = select(owner).where(owner.in_(companies), status.in_((*STATED, "superseded"))).distinct()
    speaking = session.execute(said).scalars().all()
    if not speaking:
        return
    rows = session.execute(
        select(col(Listing.id), owner, col(Listing.kind), col(Listing.title), status).where(
            owner.in_(speaking), status.in_((*STATED, "draft", "superseded"))
        )
    ).all()
    stated = {_meant(row.company_id, row.kind, row.title) for row in rows if row.status in STATED}
    covered = [row for row in rows if _meant(row.company_id, row.kind, row.title) in stated]
    away = {row.id for row in covered}
    _move(session, "supersede", [row.id for row in covered if row.status == "draft"])
    _move(session, "restore", [row.id for row in rows if row.status == "superseded" and row.id not in away])


def _move(session: Session, step: Consequence, keys: Collection[UUID]) -> None:
    (before,) = (state for state, action in MOVES if action == step)
    ordered = sorted(keys)
    for start in range(0, len(ordered), 500):
        session.execute(
            update(Listing)
            .where(col(Listing.id).in_(ordered[start : start + 500]))
            .values(status=MOVES[before, step], version=col(Listing.version) + 1, updated_at=now())
        )


def _meant(company: UUID, kind: str, title: str) -> tuple[UUID, str, str]:
    """What tells two listings apart; the writing of a title (width, case, blanks) does not."""
    return company, kind, re.sub(r"\s+", "", unicodedata.normalize("NFKC", title)).casefold()
