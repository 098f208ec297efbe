"""Fair play over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from app.core.http import CursorQuery, IdempotencyKey, IfMatch, LimitQuery, SessionDep, tag_version, versioned
from app.core.idempotency import made_once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.core.tenancy import actor_of
from app.fair_play import blocks, contacts, reports
from app.fair_play.models import Report
from app.fair_play.policy import Action, State
from app.fair_play.schemas import (
    Appeal,
    BlockPublic,
    BlockSaid,
    ContactPublic,
    ContactShown,
    ReportDecision,
    ReportedQuote,
    ReportPublic,
    ReportSaid,
)

router = APIRouter(prefix="/api/v1", tags=["fair play"])

DECIDED = versioned(200, 400, 403, 404, 409, 412, 413)


@router.post("/reports", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413, 429))
def make_report(
    session: SessionDep, said: ReportSaid, response: Response, idempotency_key: IdempotencyKey = None
) -> ReportPublic:
    """举报 Report a demand or a firm; the division's operators decide."""

    def make() -> ReportPublic:
        return public(session, reports.make_report(session, said=said))

    report = made_once(
        session, ReportPublic, key=idempotency_key, route="POST /reports", said=said, make=make
    )
    response.headers["Location"] = f"/api/v1/reports/{report.id}"
    tag_version(response, report.version)
    return report


@router.get("/reports", responses=errors(403))
def list_reports(
    session: SessionDep, state: State | None = None, limit: LimitQuery = 20, cursor: CursorQuery = ""
) -> Page[ReportPublic]:
    """举报列表 Reports one made, decides or is concerned by, the oldest first."""
    found, more = reports.list_reports(session, state=state or "", limit=limit, cursor=cursor)
    return Page(items=[public(session, one) for one in found], next_cursor=more)


@router.get("/reports/{report_id}", responses=versioned(200, 403, 404))
def get_report(session: SessionDep, report_id: UUID, response: Response) -> ReportPublic:
    """举报详情 One report."""
    return _answer(session, response, reports.get_report(session, report_id))


@router.post("/reports/{report_id}/dismiss", responses=DECIDED)
def dismiss_report(
    session: SessionDep, report_id: UUID, said: ReportDecision, response: Response, if_match: IfMatch = None
) -> ReportPublic:
    """不予处理 Dismiss a report."""
    return _decide(session, response, report_id, "dismiss", said, if_match)


@router.post("/reports/{report_id}/warn", responses=DECIDED)
def warn_of_report(
    session: SessionDep, report_id: UUID, said: ReportDecision, response: Response, if_match: IfMatch = None
) -> ReportPublic:
    """警告 Warn whoever is behind it."""
    return _decide(session, response, report_id, "warn", said, if_match)


@router.post("/reports/{report_id}/hide", responses=DECIDED)
def hide_reported(
    session: SessionDep, report_id: UUID, said: ReportDecision, response: Response, if_match: IfMatch = None
) -> ReportPublic:
    """下架需求 Take the demand out of sight."""
    return _decide(session, response, report_id, "hide", said, if_match)


@router.post("/reports/{report_id}/suspend", responses=DECIDED)
def suspend_reported(
    session: SessionDep, report_id: UUID, said: ReportDecision, response: Response, if_match: IfMatch = None
) -> ReportPublic:
    """暂停企业 Let the firm post and quote nothing for thirty days."""
    return _decide(session, response, report_id, "suspend", said, if_match)


@router.post("/reports/{report_id}/uphold", responses=DECIDED)
def uphold_decision(
    session: SessionDep, report_id: UUID, said: ReportDecision, response: Response, if_match: IfMatch = None
) -> ReportPublic:
    """维持处理 Uphold a decision after an appeal."""
    return _decide(session, response, report_id, "uphold", said, if_match)


@router.post("/reports/{report_id}/lift", responses=DECIDED)
def lift_decision(
    session: SessionDep, report_id: UUID, said: ReportDecision, response: Response, if_match: IfMatch = None
) -> ReportPublic:
    """撤销处理 Take a decision back after an appeal."""
    return _decide(session, response, report_id, "lift", said, if_match)


@router.post("/reports/{report_id}/appeal", responses=DECIDED)
def appeal_decision(
    session: SessionDep, report_id: UUID, said: Appeal, response: Response, if_match: IfMatch = None
) -> ReportPublic:
    """申诉 Ask for another look, as the firm concerned."""
    return _answer(session, response, reports.appeal(session, report_id, words=said.words, if_match=if_match))


@router.get("/companies/{company_id}/blocks", responses=errors(403, 404))
def list_blocks(session: SessionDep, company_id: UUID) -> Page[BlockPublic]:
    """屏蔽的企业 Firms that this one blocks, for its own people."""
    found = blocks.list_blocks(session, company_id)
    return Page(items=[BlockPublic.model_validate(one) for one in found])


@router.put("/companies/{company_id}/blocks/{blocked_id}", responses=errors(400, 403, 404, 413))
def block_company(session: SessionDep, company_id: UUID, blocked_id: UUID, said: BlockSaid) -> BlockPublic:
    """屏蔽企业 Block a firm: neither is matched with the other, invited by it, or quotes to it."""
    return BlockPublic.model_validate(blocks.block(session, company_id, blocked_id, note=said.note))


@router.delete("/companies/{company_id}/blocks/{blocked_id}", status_code=204, responses=errors(403, 404))
def unblock_company(session: SessionDep, company_id: UUID, blocked_id: UUID) -> None:
    """取消屏蔽 Unblock a firm."""
    blocks.unblock(session, company_id, blocked_id)


@router.post("/companies/{company_id}/contact", responses=errors(403, 404, 429))
def show_contact(session: SessionDep, company_id: UUID) -> ContactPublic:
    """查看联系方式 Be shown a firm's contact; the firm can read who was."""
    return ContactPublic.model_validate(contacts.reveal(session, company_id))


@router.get("/companies/{company_id}/contact-views", responses=errors(403, 404))
def list_contact_views(
    session: SessionDep, company_id: UUID, limit: LimitQuery = 20, cursor: CursorQuery = ""
) -> Page[ContactShown]:
    """谁查看过联系方式 Who was shown a firm's contact, the last first."""
    found, more = contacts.list_shown(session, company_id, limit=limit, cursor=cursor)
    return Page(items=[ContactShown.model_validate(one) for one in found], next_cursor=more)


def public(session: SessionDep, report: Report) -> ReportPublic:
    """As the API shows it to the session's actor."""
    shown = ReportPublic.model_validate(report)
    quote = ReportedQuote.model_validate(report.snapshot) if report.snapshot else None
    actions = reports.actions_of(actor_of(session), report)
    return shown.model_copy(update={"actions": actions, "quote": quote})


def _decide(
    session: SessionDep,
    response: Response,
    key: UUID,
    action: Action,
    said: ReportDecision,
    if_match: str | None,
) -> ReportPublic:
    report = reports.decide(session, key, action=action, decision=said.decision, if_match=if_match)
    return _answer(session, response, report)


def _answer(session: SessionDep, response: Response, report: Report) -> ReportPublic:
    tag_version(response, report.version)
    return public(session, report)
