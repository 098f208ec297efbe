"""Reviews: each side rates the other once, after delivery; neither is shown before the other, or before BLIND is over."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.clock import now
from app.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.tenancy import across_tenants, actor_of
from app.deals.models import Deal, DealReview
from app.deals.notices import tell_party
from app.deals.policy import BLIND, CRITERIA, REVIEWED, Party
from app.deals.rights import require_party, sides_of
from app.deals.schemas import ReviewSaid
from app.deals.service import get_deal
from app.registry.service import touch_company


def write_review(session: Session, deal_id: UUID, *, said: ReviewSaid) -> DealReview:
    """Rate the other side. Raises NotFound, Forbidden, Conflict before delivery and for a second review, InvalidInput."""
    deal = get_deal(session, deal_id, for_update=True)
    require_party(session, deal, (said.side,))
    if deal.state not in REVIEWED:
        raise Conflict("交付之后才能评价", code="review_too_early", state=deal.state)
    _check_scores(said)
    held = {one.side: one for one in _all_of(session, deal)}
    if said.side in held:
        raise Conflict("已评价过本次成交，每方评价一次", code="review_exists")
    moment = now()
    other = next(iter(held.values()), None)
    firms = {"buyer": deal.buyer_company_id, "supplier": deal.supplier_company_id}
    rated: Party = "supplier" if said.side == "buyer" else "buyer"
    review = DealReview(
        id=new_id(),
        deal_id=deal.id,
        side=said.side,
        by_company_id=firms[said.side],
        by_person_id=actor_of(session).id,
        of_company_id=firms[rated],
        scores={name: said.scores[name] for name in CRITERIA[said.side]},
        words=said.words,
        shown_at=moment if other else moment + BLIND,
        created_at=moment,
    )
    session.add(review)
    if other and other.shown_at > moment:
        other.shown_at = moment
        session.add(other)
    session.flush()
    count(session, [one for one in (review, other) if one and one.shown_at <= moment])
    tell_party(session, deal, rated, "deal.rated")
    return review


def answer_review(session: Session, key: UUID, *, answer: str) -> DealReview:
    """Answer a review of oneself, once, when it is shown. Raises NotFound, Forbidden, Conflict."""
    review = get_review(session, key, for_update=True)
    deal = session.get(Deal, review.deal_id)
    rated: Party = "supplier" if review.side == "buyer" else "buyer"
    if deal is None or rated not in sides_of(actor_of(session), deal):
        raise Forbidden("只有被评价的一方可以回复", code="rated_side_required")
    if review.shown_at > now():
        raise Conflict("评价公开后才能回复", code="review_blind")
    if review.answer:
        raise Conflict("已回复过，每条评价回复一次", code="review_answered")
    review.answer, review.answered_at = answer, now()
    session.add(review)
    session.flush()
    return review


def get_review(session: Session, key: UUID, *, for_update: bool = False) -> DealReview:
    """A review that is shown, or one's own. Raises NotFound."""
    review = session.get(DealReview, key, with_for_update=for_update or None)
    if review is None:
        raise NotFound("未找到该评价", code="review_not_found")
    return review


def reviews_of_deal(session: Session, deal: Deal) -> Sequence[DealReview]:
    """The reviews of a deal that the actor may see: one's own, and what is shown."""
    query = select(DealReview).where(col(DealReview.deal_id) == deal.id).order_by(col(DealReview.id))
    return session.scalars(query).all()


def reviews_of_company(
    session: Session, company_id: UUID, *, limit: int = 20, cursor: str = ""
) -> tuple[list[DealReview], str | None]:
    """What is shown of a firm, the newest first, and the cursor of the next page."""
    query = select(DealReview).where(
        col(DealReview.of_company_id) == company_id, col(DealReview.shown_at) <= now()
    )
    return read_page_by_id(session, query, DealReview, newest_first=True, limit=limit, cursor=cursor)


def count(session: Session, shown: Sequence[DealReview]) -> None:
    """Have the rated firms indexed with their new figures."""
    # In one order, so that two transactions cannot wait for each other in a circle.
    for firm in sorted({one.of_company_id for one in shown if one.of_company_id}):
        touch_company(session, firm)
    for one in shown:
        one.counted = True
        session.add(one)
    session.flush()


def _all_of(session: Session, deal: Deal) -> Sequence[DealReview]:
    query = select(DealReview).where(col(DealReview.deal_id) == deal.id)
    return session.scalars(across_tenants(query, "whether the other side has rated, not what it says")).all()


def _check_scores(said: ReviewSaid) -> None:
    wanted = CRITERIA[said.side]
    problems = [
        Problem(f"scores.{name}", "required", "请打分，1 到 5 分")
        for name in wanted
        if name not in said.scores
    ]
    problems += [
        Problem(
            "scores",
            "unknown_criterion",
            "没有这个评分项，可用的是：{criteria}",
            {"criteria": "、".join(wanted)},
        )
        for name in said.scores
        if name not in wanted
    ][:1]
    if problems:
        raise InvalidInput(problems=problems)
