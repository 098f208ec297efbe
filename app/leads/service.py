"""Verbs of leads: make or find, look up, edit, move, note."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import Action as Right
from app.accounts.policy import may, require
from app.core.actor import Actor
from app.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.locks import lock_name
from app.core.tenancy import actor_of
from app.core.versions import check_version, touch
from app.demands.models import Demand
from app.demands.service import get_demand
from app.leads.models import Lead, LeadEvent
from app.leads.people import names_of
from app.leads.policy import Action, Source, moved
from app.leads.schemas import LeadCreate, LeadUpdate
from app.registry.models import Company
from app.registry.service import get_company, home_division


def team_of(session: Session, asked: UUID | None, right: Right = "lead.work") -> UUID:
    """The team meant: the one asked for, else the actor's only one. Raises Unauthenticated, Forbidden, InvalidInput."""
    if asked is not None:
        require(session, right, company_id=asked)
        return asked
    actor = actor_of(session)
    teams = [team for team in actor.companies if may(actor, right, company_id=team)]
    if not teams:
        require(session, right)
    if len(teams) > 1:
        problem = Problem("team_id", "ambiguous_team", "您在几家企业有销售席位，请选择用哪一家的团队")
        raise InvalidInput(problems=[problem])
    return teams[0]


def get_lead(session: Session, key: UUID, *, for_update: bool = False) -> Lead:
    """The lead with this id, for who sees its team's. Raises NotFound."""
    lead = session.get(Lead, key, with_for_update=for_update or None)
    if lead is None:
        raise NotFound("未找到该线索", code="lead_not_found")
    return lead


def held_lead(session: Session, key: UUID) -> Lead:
    """A lead the actor may change, locked: their own, one nobody has, or any for who runs the team.

    Raises NotFound, Unauthenticated, Forbidden saying who has it, Conflict for one merged into another.
    """
    lead = get_lead(session, key, for_update=True)
    actor = require(session, "lead.work", company_id=lead.team_id)
    if not holds(actor, lead):
        names = names_of(session, [lead.owner_id])
        raise Forbidden(
            "该线索由{name}负责，请联系其本人移交，或请管理员分配",
            code="lead_held",
            name=names.get(lead.owner_id) or "?",
        )
    if lead.merged_into is not None:
        raise Conflict("该线索已并入另一条线索，请在那一条上操作，或先撤销合并", code="lead_merged")
    return lead


def holds(actor: Actor, lead: Lead) -> bool:
    """Whether the actor may change a lead."""
    if may(actor, "lead.manage", company_id=lead.team_id):
        return True
    return may(actor, "lead.work", company_id=lead.team_id) and lead.owner_id in (None, actor.id)


def lead_of_firm(session: Session, team_id: UUID, company_id: UUID) -> Lead | None:
    """The team's lead of a firm; where that was merged, the one it went into."""
    query = select(Lead).where(col(Lead.team_id) == team_id, col(Lead.company_id) == company_id)
    lead = session.scalars(query).one_or_none()
    while lead is not None and lead.merged_into is not None:
        lead = session.get(Lead, lead.merged_into)
    return lead


def make_or_find(
    session: Session, *, team_id: UUID, company: Company, source: Source, occasion: str = ""
) -> tuple[Lead, bool]:
    """The team's one lead of a firm, and whether it was made just now; one nobody had becomes the actor's.

    Raises Conflict for one's own firm.
    """
    if company.id == team_id:
        raise Conflict("这是您自己的企业，不计入线索", code="own_company")
    person = _person(session)
    lock_leads(session, team_id)
    held = lead_of_firm(session, team_id, company.id)
    if held is not None:
        if held.owner_id is None and person is not None:
            held.owner_id = person
            log(session, held, "owner", data={"to": str(person)})
            touch(session, held)
        return held, False
    lead = Lead(
        id=new_id(),
        team_id=team_id,
        company_id=company.id,
        name=company.name,
        division=home_division(company),
        owner_id=person,
        source=source,
        occasion=occasion,
    )
    _add(session, lead)
    return lead, True


def create_lead(session: Session, *, said: LeadCreate) -> tuple[Lead, bool]:
    """Put a firm or a demand into the pipeline by hand. Raises NotFound, Forbidden, InvalidInput, Conflict."""
    team_id = team_of(session, said.team_id)
    if said.demand_id is not None:
        return _from_demand(session, team_id, get_demand(session, said.demand_id))
    company = get_company(session, said.company_id or UUID(int=0))
    return make_or_find(session, team_id=team_id, company=company, source="manual", occasion=said.occasion)


def _from_demand(session: Session, team_id: UUID, demand: Demand) -> tuple[Lead, bool]:
    """The lead of the demand's buyer, where they are named; else one that stands for the demand."""
    lock_leads(session, team_id)
    query = select(Lead).where(col(Lead.team_id) == team_id, col(Lead.demand_id) == demand.id)
    lead = session.scalars(query).one_or_none()
    if lead is not None:
        return lead, False
    if demand.buyer_company_id == team_id:
        raise Conflict("这是贵企业自己的需求，不计入线索", code="own_company")
    made = True
    if demand.buyer_company_id is not None and names_buyer(demand):
        company = get_company(session, demand.buyer_company_id)
        lead, made = make_or_find(session, team_id=team_id, company=company, source="demand")
        lead.demand_id = lead.demand_id or demand.id
        touch(session, lead)
    else:
        lead = Lead(
            id=new_id(),
            team_id=team_id,
            demand_id=demand.id,
            name=demand.title,
            division=demand.adcode,
            owner_id=_person(session),
            source="demand",
        )
        _add(session, lead)
    log(session, lead, "demand", text=demand.title, data={"demand_id": str(demand.id)})
    return lead, made


def names_buyer(demand: Demand) -> bool:
    """Whether a demand says whose it is; of an anonymous one a team must not learn it from whoever else knows."""
    return demand.visibility != "anonymous"


def update_lead(session: Session, key: UUID, *, change: LeadUpdate, if_match: str | None) -> Lead:
    """Edit the next step, its reminder, the occasion. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    lead = held_lead(session, key)
    check_version(if_match, lead.version)
    given = change.model_fields_set
    if "occasion" in given:
        lead.occasion = change.occasion or ""
    if given & {"next_step", "next_at"}:
        if "next_step" in given:
            lead.next_step = change.next_step or ""
        if "next_at" in given:
            lead.next_at = change.next_at.astimezone(UTC) if change.next_at else None
        lead.reminded_at = None
        due = lead.next_at.isoformat() if lead.next_at else ""
        log(session, lead, "step", text=lead.next_step, data={"due": due} if due else {})
    return touch(session, lead)


def move_lead(
    session: Session, key: UUID, *, action: Action, reason: str = "", if_match: str | None = None
) -> Lead:
    """Start, postpone, finish, lose (saying why) or reopen. Raises NotFound, Forbidden, Conflict, InvalidInput."""
    lead = held_lead(session, key)
    check_version(if_match, lead.version, required=False)
    before, lead.state = lead.state, moved(lead.state, action)
    if action == "lose" and not reason.strip():
        problem = Problem("reason", "required", "请说明丢单的原因，团队据此改进")
        raise InvalidInput(problems=[problem])
    lead.lost_reason = reason.strip() if action == "lose" else ""
    if lead.owner_id is None:
        lead.owner_id = _person(session)
    log(session, lead, "move", text=reason.strip(), data={"from": before, "to": lead.state})
    return touch(session, lead)


def add_note(session: Session, key: UUID, *, text: str) -> LeadEvent:
    """Write something down; any salesperson of the team may, whoever has the lead. Raises NotFound, Forbidden."""
    lead = get_lead(session, key, for_update=True)
    require(session, "lead.work", company_id=lead.team_id)
    touch(session, lead)
    return log(session, lead, "note", text=text)


def log(
    session: Session,
    lead: Lead,
    kind: str,
    *,
    text: str = "",
    data: dict[str, Any] | None = None,
    batch: UUID | None = None,
) -> LeadEvent:
    """Add a line to a lead's history, in the actor's name."""
    event = LeadEvent(
        id=new_id(),
        lead_id=lead.id,
        team_id=lead.team_id,
        person_id=_person(session),
        kind=kind,
        text=text,
        data=data or {},
        batch=batch,
    )
    session.add(event)
    return event


def lock_leads(session: Session, team_id: UUID) -> None:
    """Until the transaction ends nobody else makes leads for this team: two colleagues may scan one gate at once."""
    lock_name(session.connection(), "leads", str(team_id))


def _person(session: Session) -> UUID | None:
    actor = actor_of(session)
    return actor.id if actor.kind == "person" else None


def _add(session: Session, lead: Lead) -> None:
    session.add(lead)
    session.flush()
    log(session, lead, "made", data={"source": lead.source})
