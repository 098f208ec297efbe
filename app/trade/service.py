"""What other packages ask of trade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import InvalidInput, Problem
from app.core.tenancy import across_tenants, actor_of
from app.deals.schemas import Response
from app.demands.models import Demand
from app.demands.service import get_demand
from app.registry.models import Company
from app.registry.service import company_names, get_company
from app.trade.award_schemas import AwardPublic
from app.trade.awards import confirm as confirm_award
from app.trade.awards import decline as decline_award
from app.trade.awards import get_award, list_awards, make_awards
from app.trade.awards import public as public_award
from app.trade.awards import take_back as take_back_award
from app.trade.comparison import compare
from app.trade.inquiries import answer, get_inquiry, invite_by_hand, list_inquiries, of_demand
from app.trade.models import BuyerSide, Inquiry, Question
from app.trade.own_demands import in_part
from app.trade.parties import buyer_side, may_buy, supplier_firms
from app.trade.policy import InquiryState
from app.trade.questions import answer_question, ask, list_questions
from app.trade.quote_models import Award, Quote
from app.trade.quote_schemas import QuoteTerms
from app.trade.quotes import (
    count_sealed,
    get_quote,
    give_quote,
    list_quotes,
    public_quotes,
    reject_quote,
    revise_quote,
    sealed_until,
    terms_of,
    versions_of,
    withdraw_quote,
)
from app.trade.remaining import remaining
from app.trade.rest import is_left, reopen_rest
from app.trade.schemas import InquiryPublic, QuestionCreate, QuestionPublic


@dataclass(frozen=True, slots=True)
class OwnSide:
    """What a firm has to do with a demand: its invitation, its quote, and the awards that wait for its word."""

    inquiry: Inquiry | None
    quote: Quote | None
    terms: QuoteTerms | None
    awards: list[AwardPublic]


COUNTED = 20
"""Invitations behind the figures of how a firm answers: the last so many, what it is like now."""
TIME_TO_ANSWER = timedelta(days=3)
"""An invitation younger than this counts only once it was answered."""

__all__ = [
    "answer",
    "answer_question",
    "ask",
    "buys",
    "checked_question",
    "compare",
    "confirm_award",
    "count_sealed",
    "decline_award",
    "firms_of",
    "get_award",
    "get_inquiry",
    "get_quote",
    "give_quote",
    "in_part",
    "invite_by_hand",
    "is_left",
    "list_awards",
    "list_inquiries",
    "list_questions",
    "list_quotes",
    "make_awards",
    "of_demand",
    "own_side",
    "public_award",
    "public_inquiries",
    "public_inquiry",
    "public_question",
    "public_questions",
    "public_quotes",
    "reject_quote",
    "remaining",
    "reopen_rest",
    "response_of",
    "revise_quote",
    "take_back_award",
    "terms_of",
    "versions_of",
    "withdraw_quote",
]  # fmt: skip


_LAST_TOLD = across_tenants(
    select(col(Inquiry.told_at), col(Inquiry.answered_at), col(Inquiry.created_at))
    .where(col(Inquiry.company_id) == bindparam("firm"), col(Inquiry.told_at).is_not(None))
    .order_by(col(Inquiry.id).desc())
    .limit(COUNTED),
    "figures of a firm are public",
)


def response_of(session: Session, company_id: UUID) -> Response | None:
    """How a firm answers invitations: of the last ones, how many, and after how many hours; None before the first."""
    told = session.execute(_LAST_TOLD, {"firm": company_id}).all()
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
    """As the API shows it. Raises NotFound while its demand is taken back."""
    return public_inquiries(session, [inquiry])[0]


def public_inquiries(session: Session, inquiries: Sequence[Inquiry]) -> list[InquiryPublic]:
    """Several as the API shows them, their demands and firms read at once. Raises NotFound as for one.

    While quotes are sealed their buyer is told how many there are and not whose: a firm that quoted is ``interested``.
    """
    own = actor_of(session).companies
    query = select(Demand).where(col(Demand.id).in_({one.demand_id for one in inquiries}))
    demands = {demand.id: demand for demand in session.scalars(query)}
    names = company_names(session, [one.company_id for one in inquiries])
    shown = []
    for inquiry in inquiries:
        demand = demands.get(inquiry.demand_id) or get_demand(session, inquiry.demand_id)
        hidden = inquiry.state == "quoted" and sealed_until(demand) and inquiry.company_id not in own
        shown.append(
            InquiryPublic(
                **inquiry.model_dump(include=set(InquiryPublic.model_fields) - {"state", "reason"}),
                state=cast(InquiryState, "interested" if hidden else inquiry.state),
                reason=inquiry.reason or None,
                title=demand.title,
                demand_state=demand.state,
                quotes_until=demand.quotes_until,
                company=names[inquiry.company_id],
            )
        )
    return shown


def public_questions(session: Session, questions: Sequence[Question]) -> list[QuestionPublic]:
    """As the API shows them: without who asked."""
    return [public_question(session, one) for one in questions]


def public_question(session: Session, question: Question) -> QuestionPublic:
    """As the API shows it: without who asked."""
    return QuestionPublic(
        **question.model_dump(include=set(QuestionPublic.model_fields)),
        mine=question.company_id in actor_of(session).seats,
    )


def firms_of(session: Session) -> list[Company]:
    """The firms the actor may quote for."""
    return [get_company(session, firm) for firm in supplier_firms(actor_of(session))]


def buys(actor: Actor, demand: Demand) -> bool:
    """Whether the actor compares and awards the quotes for a demand that was published."""
    return demand.state not in ("draft", "in_review") and may_buy(actor, BuyerSide(**buyer_side(demand)))


def own_side(session: Session, demand_id: UUID, firm: UUID) -> OwnSide:
    """What one's firm has to do with a demand."""
    inquiries = select(Inquiry).where(col(Inquiry.demand_id) == demand_id, col(Inquiry.company_id) == firm)
    quotes = select(Quote).where(col(Quote.demand_id) == demand_id, col(Quote.company_id) == firm)
    awards = select(Award).where(col(Award.demand_id) == demand_id, col(Award.company_id) == firm)
    quote = session.scalars(quotes).one_or_none()
    return OwnSide(
        inquiry=session.scalars(inquiries).one_or_none(),
        quote=quote,
        terms=terms_of(session, quote) if quote else None,
        awards=[public_award(session, one) for one in session.scalars(awards.order_by(col(Award.id)))],
    )


def checked_question(words: str) -> str:
    """A question as it may be asked. Raises InvalidInput."""
    try:
        return QuestionCreate(question=words).question
    except ValidationError as error:
        raise InvalidInput(problems=[Problem("question", "required", "请写下问题，最多一千字")]) from error
