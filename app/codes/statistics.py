"""How often a firm's codes are scanned: a day, by what kind of viewer, from which city. Nobody is named.

Every process counts in memory, and a job writes it down seconds later, so that no scan waits for the database; a process
that is killed loses what it counted since. Who wants the firm to know of them says so
on the page of the code, which leaves a card until it is taken back.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from app.accounts.policy import require, require_person
from app.codes.models import CallingCard, CodeScanDay
from app.core.actor import SYSTEM, Actor
from app.core.clock import today
from app.core.errors import Conflict
from app.core.tenancy import actor_of
from app.registry.models import Company
from app.registry.service import get_company

if TYPE_CHECKING:
    from app.core.runtime import Runtime

Viewer = Literal["visitor", "member", "operator", "program"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is counted of a scan: ``home`` is the viewer's firm, which gives the city."""

    company_id: UUID
    day: date
    viewer: Viewer
    home: UUID | None


class ScanCounts:
    """Counts of one process that are not written down yet. Safe for threads."""

    def __init__(self) -> None:
        self._counts: Counter[Seen] = Counter()
        self._lock = threading.Lock()

    def add(self, company_id: UUID, actor: Actor) -> None:
        """Count a scan, but for the firm's own people."""
        if company_id not in actor.seats:
            with self._lock:
                self._counts[Seen(company_id, today(), viewer_of(actor), next(iter(actor.seats), None))] += 1

    def take(self) -> Counter[Seen]:
        """Everything counted so far, no longer waiting."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken

    def put_back(self, taken: Counter[Seen]) -> None:
        """What could not be written down waits for the next time."""
        with self._lock:
            self._counts.update(taken)


def write_scans(runtime: Runtime) -> int:
    """Add what this process counted to the rows of the day; returns how many scans that were."""
    taken = runtime.scans.take()
    if taken:
        try:
            with runtime.session(actor=SYSTEM) as session:
                _add(session, taken)
        except BaseException:
            runtime.scans.put_back(taken)
            raise
    return taken.total()


def viewer_of(actor: Actor) -> Viewer:
    """What kind of viewer somebody is."""
    if actor.kind == "key":
        return "program"
    if actor.kind != "person":
        return "visitor"
    return "operator" if actor.divisions else "member"


def scan_days(session: Session, company_id: UUID, *, days: int) -> list[CodeScanDay]:
    """The counts of the latest days, the newest first. Raises NotFound, Forbidden."""
    get_company(session, company_id)
    require(session, "scans.see", company_id=company_id)
    since = today() - timedelta(days=days - 1)
    query = select(CodeScanDay).where(
        col(CodeScanDay.company_id) == company_id, col(CodeScanDay.day) >= since
    )
    order = (col(CodeScanDay.day).desc(), col(CodeScanDay.count).desc(), col(CodeScanDay.viewer))
    return list(session.scalars(query.order_by(*order, col(CodeScanDay.division))))


def leave_card(session: Session, company_id: UUID) -> CallingCard:
    """Let a firm know that one was there. Raises Unauthenticated, NotFound, Conflict for one's own firm."""
    person, company = require_person(session), get_company(session, company_id)
    actor = actor_of(session)
    if company.id in actor.seats:
        raise Conflict("这是您自己的企业", code="own_company")
    held = session.get(CallingCard, (company.id, person))
    home = next(iter(actor.seats), None)
    card = held or CallingCard(company_id=company.id, person_id=person, name="")
    card.name, card.firm = actor.name[:50], get_company(session, home).name if home else ""
    session.add(card)
    session.flush()
    return card


def take_card_back(session: Session, company_id: UUID) -> None:
    """Delete one's own card; nothing happens when there is none. Raises Unauthenticated."""
    person = require_person(session)
    session.execute(
        delete(CallingCard).where(
            col(CallingCard.company_id) == company_id, col(CallingCard.person_id) == person
        )
    )


def own_card(session: Session, company_id: UUID) -> CallingCard | None:
    """The card that the actor left."""
    person = actor_of(session).id
    return session.get(CallingCard, (company_id, person)) if person else None


def cards_left(session: Session, company_id: UUID, *, limit: int = 50) -> list[CallingCard]:
    """Those who wanted the firm to know, the latest first. Raises Forbidden."""
    require(session, "scans.see", company_id=company_id)
    query = select(CallingCard).where(col(CallingCard.company_id) == company_id)
    return list(session.scalars(query.order_by(col(CallingCard.at).desc()).limit(limit)))


def _add(session: Session, counted: Counter[Seen]) -> None:
    homes = {seen.home for seen in counted if seen.home}
    query = select(col(Company.id), col(Company.adcode)).where(col(Company.id).in_(homes))
    cities = {row.id: row.adcode[:4] + "00" for row in session.execute(query) if row.adcode}
    rows: Counter[tuple[UUID, date, str, str]] = Counter()
    for seen, number in counted.items():
        rows[seen.company_id, seen.day, seen.viewer, cities.get(seen.home, "")] += number
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    table: Table = CodeScanDay.__table__  # type: ignore[attr-defined]
    statement = insert(table)
    add = statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={"count": table.c.count + statement.excluded.count}
    )
    # One statement for all: made anew for each row it held up whoever scanned meanwhile. In one order, so that two
    # processes cannot wait for each other in a circle.
    session.connection().execute(
        add,
        [
            dict(zip(("company_id", "day", "viewer", "division"), key, strict=True), count=number)
            for key, number in sorted(rows.items(), key=lambda row: str(row[0]))
        ],
    )
