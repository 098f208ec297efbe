"""Invitations and questions over HTTP."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from app.core.http import CursorQuery, IdempotencyKey, LimitQuery, SessionDep, tag_version, versioned
from app.core.idempotency import made_once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.trade import inquiries, questions
from app.trade.award_routes import router as award_router
from app.trade.models import Inquiry
from app.trade.own_routes import router as own_router
from app.trade.policy import InquiryState
from app.trade.quote_routes import router as quote_router
from app.trade.schemas import (
    AnswerSaid,
    Decline,
    InquiryCreate,
    InquiryPublic,
    Invited,
    QuestionCreate,
    QuestionPublic,
    Skipped,
)
from app.trade.service import public_inquiries, public_inquiry, public_question, public_questions

router = APIRouter(prefix="/api/v1", tags=["trade"])
router.include_router(quote_router)
router.include_router(award_router)
router.include_router(own_router)

MOVED = versioned(200, 403, 404, 409)


@router.get("/inquiries", responses=errors(403))
def list_inquiries(
    session: SessionDep,
    demand_id: UUID | None = None,
    side: Literal["buyer", "supplier"] | None = None,
    state: InquiryState | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[InquiryPublic]:
    """邀请列表 Invitations received and sent, the newest first."""
    found, more = inquiries.list_inquiries(
        session, demand_id=demand_id, side=side or "", state=state or "", limit=limit, cursor=cursor
    )
    return Page(items=public_inquiries(session, found), next_cursor=more)


@router.post("/inquiries", status_code=201, responses=errors(400, 403, 404, 409, 413))
def invite_companies(
    session: SessionDep, said: InquiryCreate, idempotency_key: IdempotencyKey = None
) -> Invited:
    """邀请企业报价 Invite firms to quote, by hand."""

    def make() -> Invited:
        invited, skipped = inquiries.invite_by_hand(
            session, demand_id=said.demand_id, companies=said.company_ids
        )
        return Invited(
            items=public_inquiries(session, invited),
            skipped=[
                Skipped.model_validate({"company_id": firm, "because": why}) for firm, why in skipped.items()
            ],
        )

    return made_once(session, Invited, key=idempotency_key, route="POST /inquiries", said=said, make=make)


@router.get("/inquiries/{inquiry_id}", responses=versioned(200, 403, 404))
def get_inquiry(session: SessionDep, inquiry_id: UUID, response: Response) -> InquiryPublic:
    """邀请详情 One invitation."""
    return _answer(session, response, inquiries.get_inquiry(session, inquiry_id))


@router.post("/inquiries/{inquiry_id}/interest", responses=MOVED)
def say_interested(session: SessionDep, inquiry_id: UUID, response: Response) -> InquiryPublic:
    """有意 Say that one will quote."""
    return _answer(session, response, inquiries.answer(session, inquiry_id, action="interest"))


@router.post("/inquiries/{inquiry_id}/decline", responses=versioned(200, 400, 403, 404, 409, 413))
def decline_inquiry(
    session: SessionDep, inquiry_id: UUID, said: Decline, response: Response
) -> InquiryPublic:
    """谢绝 Say that one will not quote, and why."""
    declined = inquiries.answer(session, inquiry_id, action="decline", reason=said.reason, note=said.note)
    return _answer(session, response, declined)


@router.post("/inquiries/{inquiry_id}/take-back", responses=MOVED)
def take_back_inquiry(session: SessionDep, inquiry_id: UUID, response: Response) -> InquiryPublic:
    """撤回邀请 Take back an invitation that was not answered."""
    return _answer(session, response, inquiries.take_back(session, inquiry_id))


@router.get("/demands/{demand_id}/questions", responses=errors(403, 404))
def list_questions(session: SessionDep, demand_id: UUID) -> Page[QuestionPublic]:
    """提问与答复 Questions and answers, read by every firm invited; who asked is told to nobody."""
    return Page(items=public_questions(session, questions.list_questions(session, demand_id)))


@router.post(
    "/demands/{demand_id}/questions", status_code=201, responses=errors(400, 403, 404, 409, 413, 429)
)
def ask_question(
    session: SessionDep, demand_id: UUID, said: QuestionCreate, idempotency_key: IdempotencyKey = None
) -> QuestionPublic:
    """提问 Ask the buyer."""

    def make() -> QuestionPublic:
        asked = questions.ask(
            session, demand_id=demand_id, question=said.question, company_id=said.company_id
        )
        return public_question(session, asked)

    return made_once(
        session,
        QuestionPublic,
        key=idempotency_key,
        route=f"POST /demands/{demand_id}/questions",
        said=said,
        make=make,
    )


@router.post("/questions/{question_id}/answer", responses=errors(400, 403, 404, 413))
def answer_question(session: SessionDep, question_id: UUID, said: AnswerSaid) -> QuestionPublic:
    """答复 Answer a question; every firm invited is told."""
    return public_question(session, questions.answer_question(session, question_id, answer=said.answer))


def _answer(session: SessionDep, response: Response, inquiry: Inquiry) -> InquiryPublic:
    tag_version(response, inquiry.version)
    return public_inquiry(session, inquiry)
