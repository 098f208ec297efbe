"""Questions about a demand: asked by a firm, answered by the buyer, read by every firm invited, the asker unnamed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.accounts.policy import require_known
from app.core.clock import now
from app.core.errors import NotFound, TooManyRequests
from app.core.ids import new_id
from app.demands.service import get_demand
from app.trade.inquiries import involve, of_demand
from app.trade.models import Question
from app.trade.parties import (
    buyer_side,
    kept_apart,
    require_answerable,
    require_buyer,
    require_may_quote,
    supplier_firm,
    tell_buyer,
    tell_firms,
)
from app.trade.policy import INVOLVED, QUESTIONS


def list_questions(session: Session, demand_id: UUID) -> Sequence[Question]:
    """The questions about a demand that the actor may read, the oldest first. Raises Unauthenticated, NotFound."""
    require_known(session)
    get_demand(session, demand_id)
    query = select(Question).where(col(Question.demand_id) == demand_id).order_by(col(Question.id))
    return session.scalars(query).all()


def ask(session: Session, *, demand_id: UUID, question: str, company_id: UUID | None = None) -> Question:
    """Ask about a demand. Raises NotFound, Forbidden, Conflict, TooManyRequests."""
    demand = get_demand(session, demand_id)
    firm = supplier_firm(session, demand, company_id)
    require_may_quote(session, demand, firm)
    require_answerable(demand)
    count = select(func.count(col(Question.id))).where(
        col(Question.demand_id) == demand_id, col(Question.company_id) == firm
    )
    if (session.scalar(count) or 0) >= QUESTIONS:
        raise TooManyRequests(
            "一条需求最多提 {most} 个问题，请等待采购方答复", headers={"Retry-After": "86400"}, most=QUESTIONS
        )
    involve(session, demand, firm)
    asked = Question(
        id=new_id(), demand_id=demand_id, company_id=firm, question=question, **buyer_side(demand)
    )
    session.add(asked)
    session.flush()
    tell_buyer(session, asked, demand, "question.asked", f"question/{asked.id}", question=question[:200])
    return asked


def answer_question(session: Session, question_id: UUID, *, answer: str) -> Question:
    """Answer, or answer better; every firm involved is told. Raises NotFound, Forbidden."""
    require_known(session)
    asked = session.get(Question, question_id, with_for_update=True)
    if asked is None:
        raise NotFound("未找到该提问", code="question_not_found")
    require_buyer(session, asked)
    if asked.answer == answer:
        return asked
    demand = get_demand(session, asked.demand_id)
    asked.answer, asked.answered_at = answer, now()
    session.add(asked)
    session.flush()
    firms = {one.company_id for one in of_demand(session, demand.id) if one.state in INVOLVED}
    firms -= kept_apart(session, demand, firms)
    key = f"question/{asked.id}/{asked.answered_at.isoformat()}"
    tell_firms(session, firms, demand, "question.answered", key, answer=answer[:200])
    return asked
