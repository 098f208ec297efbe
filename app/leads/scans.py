"""Scans by salespeople, sent as they happen or all at once after the hall: each counts once, whatever is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.codes.models import EnterpriseCode
from app.codes.refusals import ScanRefused
from app.codes.resolving import scanned_code
from app.core.clock import now
from app.core.errors import Conflict, LianqiaoError
from app.core.ids import new_id
from app.core.tenancy import actor_of
from app.core.versions import touch
from app.leads.models import Lead, LeadScan
from app.leads.scan_schemas import ScanSent
from app.leads.service import get_lead, lock_leads, log, make_or_find, team_of
from app.registry.service import get_company

SAME_VISIT = timedelta(minutes=10)
"""Scanning a firm again within this time is the same visit: the page was opened again, or the plate held up twice."""
OLDEST = timedelta(days=30)
"""A device that says a scan is older than this has a wrong clock."""

Outcome = Literal["created", "found", "repeated", "refused"]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a scan. ``code`` is what was read, "" when nothing was."""

    id: UUID
    outcome: Outcome
    lead: Lead | None = None
    refusal: LianqiaoError | None = None
    code: str = ""


def record_scans(
    session: Session, *, team_id: UUID | None, items: Sequence[ScanSent], own_prefix: str
) -> list[Done]:
    """What became of each, in the order sent; one that is refused stops none. Raises Forbidden, InvalidInput."""
    team = team_of(session, team_id)
    lock_leads(session, team)
    query = select(LeadScan).where(
        col(LeadScan.team_id) == team, col(LeadScan.client_id).in_([item.id for item in items])
    )
    known = {scan.client_id: scan.lead_id for scan in session.scalars(query)}
    done = []
    for item in items:
        if item.id in known:
            done.append(Done(item.id, "repeated", _standing(session, known[item.id])))
            continue
        one = _record(session, team, item, own_prefix)
        if one.lead is not None:
            known[item.id] = one.lead.id
        done.append(one)
    return done


def _record(session: Session, team: UUID, item: ScanSent, own_prefix: str) -> Done:
    try:
        code = scanned_code(session, item.address, own_prefix)
        company = get_company(session, code.company_id)
        lead, made = make_or_find(
            session, team_id=team, company=company, source="scan", occasion=item.occasion
        )
    except (ScanRefused, Conflict) as refused:
        return Done(item.id, "refused", refusal=refused)
    actor = actor_of(session)
    person = actor.id if actor.kind == "person" else None
    at = _plausible(item.at)
    if made or not _just_scanned(session, lead, person, at):
        _add(session, team, lead, person, at, code, item)
    if item.note:
        log(session, lead, "note", text=item.note)
    session.flush()
    return Done(item.id, "created" if made else "found", lead, code=code.code)


def _add(
    session: Session,
    team: UUID,
    lead: Lead,
    person: UUID | None,
    at: datetime,
    code: EnterpriseCode,
    item: ScanSent,
) -> None:
    session.add(
        LeadScan(
            id=new_id(),
            team_id=team,
            client_id=item.id,
            lead_id=lead.id,
            person_id=person,
            code=code.code,
            at=at,
            **item.model_dump(include={"occasion", "place", "lon", "lat"}),
        )
    )
    lead.scans += 1
    lead.scanned_at = max(at, lead.scanned_at) if lead.scanned_at else at
    touch(session, lead)


def _just_scanned(session: Session, lead: Lead, person: UUID | None, at: datetime) -> bool:
    if person is None:
        return False
    query = select(col(LeadScan.id)).where(
        col(LeadScan.lead_id) == lead.id,
        col(LeadScan.person_id) == person,
        col(LeadScan.at).between(at - SAME_VISIT, at + SAME_VISIT),
    )
    return session.scalars(query.limit(1)).first() is not None


def _standing(session: Session, key: UUID) -> Lead:
    lead = get_lead(session, key)
    while lead.merged_into is not None:
        lead = get_lead(session, lead.merged_into)
    return lead


def _plausible(at: datetime | None) -> datetime:
    moment = now()
    return min(max(at, moment - OLDEST), moment) if at else moment
