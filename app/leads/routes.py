"""Leads over HTTP: the pipeline of a team."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from app.core.http import (
    CursorQuery,
    IdempotencyKey,
    IfMatch,
    LanguageDep,
    LimitQuery,
    SessionDep,
    tag_version,
    versioned,
)
from app.core.idempotency import made_once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.leads import finding, handing, service
from app.leads.board_schemas import Board
from app.leads.models import Lead
from app.leads.policy import Action, Source, State
from app.leads.schemas import (
    Assign,
    Assigned,
    HandOver,
    LeadCreate,
    LeadMove,
    LeadPublic,
    LeadsFound,
    LeadUpdate,
    Merge,
    NoteCreate,
    Timeline,
)
from app.leads.shown import leads_found, public_leads, team_board
from app.leads.timeline import timeline

router = APIRouter(prefix="/api/v1", tags=["leads"])

MOVED = versioned(200, 400, 403, 404, 409, 412, 413)


@router.get("/leads", responses=errors(401, 403))
def list_leads(
    session: SessionDep,
    team_id: UUID | None = None,
    state: State | None = None,
    owner_id: UUID | None = None,
    source: Source | None = None,
    division: str = Query(
        default="", pattern="^([0-9]{6})?$", description="区划代码，含下级 Adcode, subtree included"
    ),
    q: str = Query(
        default="", max_length=100, description="名称、场合或下一步中的字 Words of name, occasion or step"
    ),
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[LeadPublic]:
    """销售线索 A team's leads, the newest first; those merged into others are left out."""
    team = service.team_of(session, team_id, "lead.see")
    filters = finding.Filters(state=state, owner=owner_id, source=source, division=division, text=q.strip())
    found, more = finding.list_leads(session, team_id=team, filters=filters, limit=limit, cursor=cursor)
    return Page(items=public_leads(session, found), next_cursor=more)


@router.post("/leads", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413))
def create_lead(
    session: SessionDep, said: LeadCreate, response: Response, idempotency_key: IdempotencyKey = None
) -> LeadPublic:
    """新建线索 Put a firm or a demand into the pipeline; the lead that is there already is given again."""

    def make() -> LeadPublic:
        lead, _ = service.create_lead(session, said=said)
        return public_leads(session, [lead])[0]

    lead = made_once(session, LeadPublic, key=idempotency_key, route="POST /leads", said=said, make=make)
    response.headers["Location"] = f"/api/v1/leads/{lead.id}"
    tag_version(response, lead.version)
    return lead


@router.get("/lead-board", responses=errors(401, 403))
def get_board(session: SessionDep, language: LanguageDep, team_id: UUID | None = None) -> Board:
    """团队看板 The funnel by person, division and source; conversion from scan to deal."""
    return team_board(session, service.team_of(session, team_id, "lead.see"), language)


@router.post("/lead-assignments", responses=errors(400, 403, 413))
def assign_leads(session: SessionDep, said: Assign) -> Assigned:
    """按地区批量分配 Give a division's leads to one colleague."""
    team = service.team_of(session, said.team_id, "lead.manage")
    batch, leads = handing.assign(
        session, team_id=team, division=said.division, person_id=said.person_id, held=said.held
    )
    return Assigned(batch=batch, leads=len(leads))


@router.post("/lead-assignments/{batch}/undo", responses=errors(403, 404))
def undo_assign(session: SessionDep, batch: UUID) -> Assigned:
    """撤销批量分配 Give the leads back to those who had them."""
    return Assigned(batch=batch, leads=handing.undo_assign(session, batch))


@router.get("/found-leads", responses=errors(401, 403))
def get_leads_found(session: SessionDep, team_id: UUID | None = None) -> LeadsFound:
    """找到的线索 Demands and projects that the team was told of in the last two weeks and that still take quotes."""
    return leads_found(session, service.team_of(session, team_id, "lead.see"))


@router.get("/leads/{lead_id}", responses=versioned(200, 401, 404))
def get_lead(session: SessionDep, lead_id: UUID, response: Response) -> LeadPublic:
    """线索详情 One lead."""
    return _answer(session, response, service.get_lead(session, lead_id))


@router.patch("/leads/{lead_id}", responses=versioned(200, 400, 403, 404, 409, 412, 413, 428))
def update_lead(
    session: SessionDep, lead_id: UUID, change: LeadUpdate, response: Response, if_match: IfMatch = None
) -> LeadPublic:
    """修改下一步与提醒 Edit the next step and when to be reminded of it."""
    return _answer(session, response, service.update_lead(session, lead_id, change=change, if_match=if_match))


@router.get("/leads/{lead_id}/timeline", responses=errors(401, 404))
def get_timeline(session: SessionDep, lead_id: UUID) -> Timeline:
    """线索经过 What happened to a lead, the newest first."""
    return Timeline(items=timeline(session, service.get_lead(session, lead_id)))


@router.post("/leads/{lead_id}/notes", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413))
def add_note(
    session: SessionDep,
    lead_id: UUID,
    said: NoteCreate,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> LeadPublic:
    """记一笔 Write something down."""

    def make() -> LeadPublic:
        service.add_note(session, lead_id, text=said.text)
        return public_leads(session, [service.get_lead(session, lead_id)])[0]

    lead = made_once(
        session, LeadPublic, key=idempotency_key, route=f"POST /leads/{lead_id}/notes", said=said, make=make
    )
    response.headers["Location"] = f"/api/v1/leads/{lead_id}/timeline"
    tag_version(response, lead.version)
    return lead


@router.post("/leads/{lead_id}/hand-over", responses=MOVED)
def hand_over(
    session: SessionDep, lead_id: UUID, said: HandOver, response: Response, if_match: IfMatch = None
) -> LeadPublic:
    """移交 Give a lead to a colleague."""
    lead = handing.hand_over(session, lead_id, person_id=said.person_id, if_match=if_match)
    return _answer(session, response, lead)


@router.post("/leads/{lead_id}/merge", responses=versioned(200, 400, 403, 404, 409, 413))
def merge_lead(session: SessionDep, lead_id: UUID, said: Merge, response: Response) -> LeadPublic:
    """合并 Put a lead into another, which is answered with."""
    return _answer(session, response, handing.merge(session, lead_id, into=said.into))


@router.post("/leads/{lead_id}/unmerge", responses=versioned(200, 403, 404, 409))
def unmerge_lead(session: SessionDep, lead_id: UUID, response: Response) -> LeadPublic:
    """撤销合并 Let a merged lead stand by itself again."""
    return _answer(session, response, handing.unmerge(session, lead_id))


@router.post("/leads/{lead_id}/start", responses=MOVED)
def start_lead(
    session: SessionDep, lead_id: UUID, said: LeadMove, response: Response, if_match: IfMatch = None
) -> LeadPublic:
    """开始跟进 Begin to work on a lead."""
    return _moved(session, response, lead_id, "start", said, if_match)


@router.post("/leads/{lead_id}/postpone", responses=MOVED)
def postpone_lead(
    session: SessionDep, lead_id: UUID, said: LeadMove, response: Response, if_match: IfMatch = None
) -> LeadPublic:
    """放回待办 Put it back for later."""
    return _moved(session, response, lead_id, "postpone", said, if_match)


@router.post("/leads/{lead_id}/finish", responses=MOVED)
def finish_lead(
    session: SessionDep, lead_id: UUID, said: LeadMove, response: Response, if_match: IfMatch = None
) -> LeadPublic:
    """成交 It became a deal."""
    return _moved(session, response, lead_id, "finish", said, if_match)


@router.post("/leads/{lead_id}/lose", responses=MOVED)
def lose_lead(
    session: SessionDep, lead_id: UUID, said: LeadMove, response: Response, if_match: IfMatch = None
) -> LeadPublic:
    """丢单 It is lost; say why."""
    return _moved(session, response, lead_id, "lose", said, if_match)


@router.post("/leads/{lead_id}/reopen", responses=MOVED)
def reopen_lead(
    session: SessionDep, lead_id: UUID, said: LeadMove, response: Response, if_match: IfMatch = None
) -> LeadPublic:
    """重新跟进 Work on it again."""
    return _moved(session, response, lead_id, "reopen", said, if_match)


def _moved(
    session: Session, response: Response, key: UUID, action: Action, said: LeadMove, if_match: str | None
) -> LeadPublic:
    lead = service.move_lead(session, key, action=action, reason=said.reason, if_match=if_match)
    return _answer(session, response, lead)


def _answer(session: Session, response: Response, lead: Lead) -> LeadPublic:
    tag_version(response, lead.version)
    return public_leads(session, [lead])[0]
