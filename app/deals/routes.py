"""Deals over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from app.core.http import CursorQuery, IdempotencyKey, IfMatch, LimitQuery, SessionDep, tag_version, versioned
from app.core.idempotency import made_once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.deals import reviews, service
from app.deals.models import Deal
from app.deals.policy import State
from app.deals.schemas import (
    MOST_MILESTONES,
    DealConfirmation,
    DealDecision,
    DealNote,
    DealPublic,
    DealTerms,
    MilestoneMark,
    Query,
    ReviewAnswer,
    ReviewPublic,
    ReviewSaid,
    Standing,
)
from app.registry.service import get_company

router = APIRouter(prefix="/api/v1", tags=["deals"])

MOVED = versioned(200, 403, 404, 409, 412)
SAID = versioned(200, 400, 403, 404, 409, 412, 413)


@router.get("/deals", responses=errors(403))
def list_deals(
    session: SessionDep,
    side: Query | None = None,
    state: State | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[DealPublic]:
    """成交列表 One's deals, the newest first; operators see those with a dispute."""
    found, more = service.list_deals(session, side=side, state=state or "", limit=limit, cursor=cursor)
    return Page(items=[service.public(session, deal) for deal in found], next_cursor=more)


@router.get("/deals/{deal_id}", responses=versioned(200, 403, 404))
def get_deal(session: SessionDep, deal_id: UUID, response: Response) -> DealPublic:
    """成交详情 One deal, for its sides."""
    return _answer(session, response, service.get_deal(session, deal_id))


@router.put("/deals/{deal_id}/terms", responses=versioned(200, 400, 403, 404, 409, 412, 413, 428))
def revise_terms(
    session: SessionDep, deal_id: UUID, said: DealTerms, response: Response, if_match: IfMatch = None
) -> DealPublic:
    """修改成交条款 Say other terms; both sides confirm them anew."""
    return _answer(session, response, service.revise(session, deal_id, said=said, if_match=if_match))


@router.post("/deals/{deal_id}/confirm", responses=SAID)
def confirm_deal(
    session: SessionDep, deal_id: UUID, said: DealConfirmation, response: Response, if_match: IfMatch = None
) -> DealPublic:
    """确认条款 Confirm the terms for one side; when both have, the deal is active."""
    return _answer(session, response, service.confirm(session, deal_id, side=said.side, if_match=if_match))


@router.put("/deals/{deal_id}/milestones/{position}", responses=SAID)
def mark_milestone(
    session: SessionDep,
    deal_id: UUID,
    position: Annotated[int, Path(ge=0, lt=MOST_MILESTONES, description="从零开始 Counted from zero")],
    said: MilestoneMark,
    response: Response,
    if_match: IfMatch = None,
) -> DealPublic:
    """更新节点 Mark a milestone done, or not done after all; the supplier does."""
    deal = service.mark_milestone(session, deal_id, position=position, done=said.done, if_match=if_match)
    return _answer(session, response, deal)


@router.post("/deals/{deal_id}/deliver", responses=MOVED)
def deliver(session: SessionDep, deal_id: UUID, response: Response, if_match: IfMatch = None) -> DealPublic:
    """标记已交付 Mark everything delivered."""
    return _answer(session, response, service.deliver(session, deal_id, if_match=if_match))


@router.post("/deals/{deal_id}/retract", responses=MOVED)
def retract_delivery(
    session: SessionDep, deal_id: UUID, response: Response, if_match: IfMatch = None
) -> DealPublic:
    """撤回交付标记 Take the mark of delivery back."""
    return _answer(session, response, service.retract(session, deal_id, if_match=if_match))


@router.post("/deals/{deal_id}/accept", responses=MOVED)
def accept_delivery(
    session: SessionDep, deal_id: UUID, response: Response, if_match: IfMatch = None
) -> DealPublic:
    """验收 Accept the delivery."""
    return _answer(session, response, service.accept(session, deal_id, if_match=if_match))


@router.post("/deals/{deal_id}/dispute", responses=SAID)
def raise_dispute(
    session: SessionDep, deal_id: UUID, said: DealNote, response: Response, if_match: IfMatch = None
) -> DealPublic:
    """提出争议 Raise a dispute; the division's operators see it."""
    return _answer(session, response, service.dispute(session, deal_id, note=said.note, if_match=if_match))


@router.post("/deals/{deal_id}/resume", responses=SAID)
def resume_deal(
    session: SessionDep, deal_id: UUID, said: DealDecision, response: Response, if_match: IfMatch = None
) -> DealPublic:
    """结束争议并继续 End a dispute and go on: whoever raised it, or an operator."""
    deal = service.resume(session, deal_id, decision=said.decision, if_match=if_match)
    return _answer(session, response, deal)


@router.post("/deals/{deal_id}/annul", responses=SAID)
def annul_deal(
    session: SessionDep, deal_id: UUID, said: DealDecision, response: Response, if_match: IfMatch = None
) -> DealPublic:
    """解除有争议的成交 Call a disputed deal off, as an operator."""
    deal = service.annul(session, deal_id, decision=said.decision, if_match=if_match)
    return _answer(session, response, deal)


@router.post("/deals/{deal_id}/cancel", responses=SAID)
def cancel_deal(
    session: SessionDep, deal_id: UUID, said: DealNote, response: Response, if_match: IfMatch = None
) -> DealPublic:
    """取消成交 Call a deal off before delivery, saying why."""
    return _answer(session, response, service.cancel(session, deal_id, note=said.note, if_match=if_match))


@router.post("/deals/{deal_id}/reviews", status_code=201, responses=errors(400, 403, 404, 409, 413))
def write_review(
    session: SessionDep,
    deal_id: UUID,
    said: ReviewSaid,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ReviewPublic:
    """评价对方 Rate the other side, after delivery; shown when both have rated, or after fourteen days."""

    def make() -> ReviewPublic:
        review = reviews.write_review(session, deal_id, said=said)
        return ReviewPublic.model_validate(review)

    response.headers["Location"] = f"/api/v1/deals/{deal_id}/reviews"
    return made_once(
        session,
        ReviewPublic,
        key=idempotency_key,
        route=f"POST /deals/{deal_id}/reviews",
        said=said,
        make=make,
    )


@router.get("/deals/{deal_id}/reviews", responses=errors(403, 404))
def list_deal_reviews(session: SessionDep, deal_id: UUID) -> Page[ReviewPublic]:
    """成交的评价 The reviews of a deal: one's own, and what is shown."""
    found = reviews.reviews_of_deal(session, service.get_deal(session, deal_id))
    return Page(items=[ReviewPublic.model_validate(one) for one in found])


@router.post("/reviews/{review_id}/answer", responses=errors(400, 403, 404, 409, 413))
def answer_review(session: SessionDep, review_id: UUID, said: ReviewAnswer) -> ReviewPublic:
    """回复评价 Answer a review of one's firm, once."""
    return ReviewPublic.model_validate(reviews.answer_review(session, review_id, answer=said.answer))


@router.get("/companies/{company_id}/reviews", responses=errors(404))
def list_company_reviews(
    session: SessionDep, company_id: UUID, limit: LimitQuery = 20, cursor: CursorQuery = ""
) -> Page[ReviewPublic]:
    """企业收到的评价 Reviews of a firm that are shown, the newest first."""
    firm = get_company(session, company_id)
    found, more = reviews.reviews_of_company(session, firm.id, limit=limit, cursor=cursor)
    return Page(items=[ReviewPublic.model_validate(one) for one in found], next_cursor=more)


@router.get("/companies/{company_id}/standing", responses=errors(404))
def get_standing(session: SessionDep, company_id: UUID) -> Standing:
    """企业的成交与评价 What a firm's deals say of it."""
    return service.standing(session, get_company(session, company_id).id)


def _answer(session: SessionDep, response: Response, deal: Deal) -> DealPublic:
    tag_version(response, deal.version)
    return service.public(session, deal)
