"""What other packages ask of trade."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.clock import now
from app.core.tenancy import across_tenants, actor_of
from app.deals.schemas import Response
from app.demands.service import get_demand
from app.registry.service import get_company
from app.trade.awards import (
    get_award,
    list_awards,
    make_awards,
)
from app.trade.comparison import compare
from app.trade.inquiries import answer, get_inquiry, invite_by_hand, list_inquiries, of_demand
from app.trade.models import Inquiry, Question
from app.trade.policy import InquiryState
from app.trade.questions import answer_question, ask, list_questions
from app.trade.quotes import (
    count_sealed,
    get_quote,
    give_quote,
    list_quotes,
    reject_quote,
    revise_quote,
    terms_of,
    versions_of,
    withdraw_quote,
)
from app.trade.schemas import InquiryPublic, QuestionPublic

COUNTED = 20
"""Invitations behind the figures of how a firm answers: the last so many, what it is like now."""
TIME_TO_ANSWER = timedelta(days=3)
"""An invitation younger than this counts only once it was answered."""

__all__ = [
    "answer", "answer_question", "ask", "compare", "count_sealed", "get_award", "get_inquiry", "get_quote", "give_quote",
    "invite_by_hand", "list_awards", "list_inquiries", "list_questions", "list_quotes", "make_awards", "of_demand",
    "public_inquiry", "public_question", "reject_quote", "response_of", "revise_quote", "terms_of", "versions_of",
    "withdraw_quote",
]  # fmt: skip


def response_of(session: Session, company_id: UUID) -> Response | None:
    """How a firm answers invitations: of the last ones, how many, and after how many hours; None before the first."""
    query = (
        select(Inquiry)
        .where(col(Inquiry.company_id) == company_id, col(Inquiry.told_at).is_not(None))
        .order_by(col(Inquiry.id).desc())
        .limit(COUNTED)
    )
    told = session.scalars(across_tenants(query, "figures of a firm are public")).all()
    counted = [
        one for one in told if one.answered_at or (one.told_at and one.told_at < now() - TIME_TO_ANSWER)
    ]
    if not counted:
        return None
    hours = [
        max((one.answered_at - one.created_at).total_seconds(), 0) / 3600
        for one in counted
        if one.answered_at
    ]
    return Response(
        invited=len(counted),
        answered_share=round(len(hours) / len(counted), 2),
        median_hours=round(median(hours), 1) if hours else None,
    )


def public_inquiry(session: Session, inquiry: Inquiry) -> InquiryPublic:
    """As the API shows it."""
    demand = get_demand(session, inquiry.demand_id)
    return InquiryPublic(
        **inquiry.model_dump(include=set(InquiryPublic.model_fields) - {"state", "reason"}),
        state=cast(InquiryState, inquiry.state),
        reason=inquiry.reason or None,
        title=demand.title,
        demand_state=demand.state,
        quotes_until=demand.quotes_until,
        company=get_company(session, inquiry.company_id).name,
    )


def public_questions(session: Session, questions: Sequence[Question]) -> list[QuestionPublic]:
    """As the API shows them: without who asked."""
    return [public_question(session, one) for one in questions]


def public_question(session: Session, question: Question) -> QuestionPublic:
    """As the API shows it: without who asked."""
    return QuestionPublic(
        **question.model_dump(include=set(QuestionPublic.model_fields)),
        mine=question.company_id in actor_of(session).seats,
    )
