"""Leads from hand to hand: to a colleague, all of a division at once, two into one; each can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.tenancy import actor_of
from app.core.versions import check_version, touch
from app.leads.finding import NOBODY, Filters, find_leads
from app.leads.models import Lead, LeadEvent
from app.leads.people import team_people
from app.leads.policy import UNDER_WAY
from app.leads.service import get_lead, held_lead, log
from app.notify.service import tell


def hand_over(session: Session, key: UUID, *, person_id: UUID | None, if_match: str | None = None) -> Lead:
    """Give a lead to a colleague, or to nobody yet. Raises NotFound, Forbidden, Conflict, InvalidInput."""
    lead = held_lead(session, key)
    check_version(if_match, lead.version, required=False)
    _require_seat(session, lead.team_id, person_id)
    if lead.owner_id != person_id:
        _give(session, lead, person_id)
        if person_id:
            _tell(session, [lead], person_id, about=f"/leads/{lead.id}", key=f"{lead.id}/{lead.version}")
    return lead


def assign(
    session: Session, *, team_id: UUID, division: str, person_id: UUID, held: bool = False
) -> tuple[UUID, list[Lead]]:
    """Give a division's leads that are still worked on to one colleague; ``held`` takes those of others too.

    Returns the id of the whole, by which ``undo_assign`` gives them back, and the leads. Raises Forbidden, InvalidInput.
    """
    require(session, "lead.manage", company_id=team_id)
    _require_seat(session, team_id, person_id)
    batch = new_id()
    filters = Filters(division=division, owner=None if held else NOBODY)
    query = find_leads(team_id, filters).where(col(Lead.state).in_(UNDER_WAY))
    query = query.order_by(col(Lead.id).desc()).with_for_update()
    found = [lead for lead in session.scalars(query) if lead.owner_id != person_id]
    for lead in found:
        _give(session, lead, person_id, batch)
    if found:
        _tell(session, found, person_id, about=f"/leads?team={team_id}&owner={person_id}", key=str(batch))
    return batch, found


def undo_assign(session: Session, batch: UUID) -> int:
    """Give back what ``assign`` gave, where nobody gave it further since; returns how many. Raises NotFound, Forbidden."""
    events = session.scalars(select(LeadEvent).where(col(LeadEvent.batch) == batch)).all()
    if not events:
        raise NotFound("没有这次分配，可能已撤销", code="assignment_not_found")
    require(session, "lead.manage", company_id=events[0].team_id)
    undone = 0
    for event in events:
        lead = get_lead(session, event.lead_id, for_update=True)
        if str(lead.owner_id) == event.data["to"]:
            before = event.data.get("from")
            _give(session, lead, UUID(before) if before else None)
            undone += 1
    return undone


def merge(session: Session, key: UUID, *, into: UUID) -> Lead:
    """Put a lead into another of the same team: two names of one customer. Returns the one that stays.

    Nothing is moved, so ``unmerge`` gives back what was there. Raises NotFound, Forbidden, Conflict, InvalidInput.
    """
    lead, kept = (held_lead(session, one) for one in (key, into))
    if lead.id == kept.id or lead.team_id != kept.team_id:
        problem = Problem("into", "not_an_option", "请选择同一团队的另一条线索")
        raise InvalidInput(problems=[problem])
    lead.merged_into = kept.id
    log(session, lead, "merge", data={"into": str(kept.id), "name": kept.name})
    log(session, kept, "merge", data={"from": str(lead.id), "name": lead.name})
    touch(session, lead)
    return touch(session, kept)


def unmerge(session: Session, key: UUID) -> Lead:
    """Let a merged lead stand by itself again. Raises NotFound, Forbidden, Conflict."""
    lead = get_lead(session, key, for_update=True)
    require(session, "lead.work", company_id=lead.team_id)
    if lead.merged_into is None:
        raise Conflict("该线索没有并入别的线索", code="lead_not_merged")
    # Who holds the one it went into decides about both.
    standing = get_lead(session, lead.merged_into)
    while standing.merged_into is not None:
        standing = get_lead(session, standing.merged_into)
    kept = held_lead(session, standing.id)
    log(session, lead, "unmerge", data={"from": str(kept.id), "name": kept.name})
    log(session, kept, "unmerge", data={"name": lead.name})
    lead.merged_into = None
    touch(session, kept)
    return touch(session, lead)


def family(session: Session, lead: Lead) -> list[Lead]:
    """A lead and everything that was merged into it, itself first."""
    found = [lead]
    for one in found:
        found += session.scalars(select(Lead).where(col(Lead.merged_into) == one.id))
    return found


def _give(session: Session, lead: Lead, person_id: UUID | None, batch: UUID | None = None) -> None:
    ends = {"from": lead.owner_id, "to": person_id}
    lead.owner_id, lead.reminded_at = person_id, None
    log(session, lead, "owner", data={side: str(who) for side, who in ends.items() if who}, batch=batch)
    touch(session, lead)


def _tell(session: Session, given: Sequence[Lead], person_id: UUID, *, about: str, key: str) -> None:
    """Tell whoever was given leads, unless they took them themselves."""
    tell(
        session,
        people=[person_id],
        kind="lead.given",
        about=about,
        data={"count": len(given), "title": given[0].name},
        key=f"lead.given/{key}",
        without=actor_of(session).id,
    )


def _require_seat(session: Session, team_id: UUID, person_id: UUID | None) -> None:
    if person_id is not None and person_id not in team_people(session, team_id):
        problem = Problem("person_id", "not_an_option", "此人在团队中没有销售席位，请先邀请其加入")
        raise InvalidInput(problems=[problem])
