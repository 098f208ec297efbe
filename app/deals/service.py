"""Verbs of deals: begin, agree on terms, deliver, accept, dispute, cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from app.accounts.policy import require_known
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.tenancy import actor_of
from app.core.versions import check_version, touch
from app.deals.ending import accepts_at, conclude
from app.deals.models import Deal
from app.deals.notices import tell_moved, tell_party
from app.deals.policy import ENDED, PARTIES, SIDES, Action, Party, Side, State, moved
from app.deals.rights import actions_of, require_party, side_for, sides_of
from app.deals.schemas import DealLine, DealPublic, DealTerms, Milestone, Query
from app.deals.standing import ratings, standing
from app.demands import service as demands
from app.registry.service import get_company, home_division

__all__ = [
    "accept", "annul", "begin_deal", "cancel", "confirm", "deals_of_demand", "deliver", "dispute", "get_deal",
    "list_deals", "mark_milestone", "public", "ratings", "resume", "retract", "revise", "standing",
]  # fmt: skip


def begin_deal(
    session: Session,
    *,
    demand_id: UUID,
    quote_id: UUID,
    buyer_company_id: UUID | None,
    buyer_person_id: UUID | None,
    supplier_company_id: UUID,
    lines: list[DealLine],
) -> Deal:
    """Begin what an award agreed on; whoever calls has asked for the right to award. Raises NotFound.

    Delivery is due when the longest lead time of a line is over, counted from today; the sides may agree on another day.
    """
    demand = demands.get_demand(session, demand_id)
    supplier = get_company(session, supplier_company_id)
    leads = [line.lead_days for line in lines if line.lead_days is not None]
    amounts = [line.amount for line in lines]
    deal = Deal(
        id=new_id(),
        demand_id=demand_id,
        quote_id=quote_id,
        buyer_company_id=buyer_company_id,
        buyer_person_id=buyer_person_id,
        supplier_company_id=supplier_company_id,
        division=demand.adcode or home_division(supplier),
        title=demand.title,
        lines=[line.model_dump(mode="json") for line in lines],
        total=sum((one for one in amounts if one is not None), Decimal(0)) if all_known(amounts) else None,
        due_on=today() + timedelta(days=max(leads)) if leads else None,
    )
    session.add(deal)
    session.flush()
    for party in PARTIES:
        tell_party(session, deal, party, "deal.begun")
    return deal


def all_known(amounts: Sequence[Decimal | None]) -> bool:
    """Whether there are amounts, and all are stated."""
    return bool(amounts) and all(one is not None for one in amounts)


def get_deal(session: Session, key: UUID, *, for_update: bool = False) -> Deal:
    """A deal the actor is a side of, or operates. Raises Unauthenticated, NotFound."""
    require_known(session)
    deal = session.get(Deal, key, with_for_update=for_update or None)
    if deal is None:
        raise NotFound("未找到该成交", code="deal_not_found")
    return deal


def list_deals(
    session: Session, *, side: Query | None = None, state: str = "", limit: int = 20, cursor: str = ""
) -> tuple[list[Deal], str | None]:
    """One's deals, the newest first, and the cursor of the next page. Raises Unauthenticated."""
    actor = require_known(session)
    query = select(Deal)
    if side:
        query = query.where(_on_side(actor, side))
    if state:
        query = query.where(col(Deal.state) == state)
    return read_page_by_id(session, query, Deal, newest_first=True, limit=limit, cursor=cursor)


def deals_of_demand(session: Session, demand_id: UUID) -> Sequence[Deal]:
    """The deals of a demand that the actor may see, the oldest first."""
    query = select(Deal).where(col(Deal.demand_id) == demand_id).order_by(col(Deal.id))
    return session.scalars(query).all()


def revise(session: Session, key: UUID, *, said: DealTerms, if_match: str | None) -> Deal:
    """Say other terms; both sides confirm them anew. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""

    def change(deal: Deal, _side: Side) -> None:
        names = [one.name for one in said.milestones]
        if len(set(names)) < len(names):
            raise InvalidInput(
                problems=[Problem("milestones", "duplicate", "节点名称重复，请改为不同的名称")]
            )
        deal.due_on, deal.terms = said.due_on, said.terms
        deal.milestones = [Milestone(**one.model_dump()).model_dump(mode="json") for one in said.milestones]

    return _move(session, key, "revise", change, if_match=if_match, required=True)


def confirm(session: Session, key: UUID, *, side: Party, if_match: str | None = None) -> Deal:
    """Confirm the terms for one side; when both have, the deal is active. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""

    def change(deal: Deal, _side: Side) -> None:
        if deal.state == "active":
            deal.confirmed_at = now()

    action: Action = "confirm_as_buyer" if side == "buyer" else "confirm_as_supplier"
    return _move(session, key, action, change, if_match=if_match)


def mark_milestone(
    session: Session, key: UUID, *, position: int, done: bool, if_match: str | None = None
) -> Deal:
    """Mark a step done, or not done after all; the supplier does. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    deal = get_deal(session, key, for_update=True)
    require_party(session, deal, ("supplier",))
    check_version(if_match, deal.version, required=False)
    if deal.state != "active":
        raise Conflict("双方确认之后、交付之前才能更新节点", code="deal_state", state=deal.state)
    if not 0 <= position < len(deal.milestones):
        raise NotFound("没有这个节点，请刷新页面", code="milestone_not_found")
    stated = now().isoformat() if done else None
    # A new list: the column does not notice a change inside the old one.
    deal.milestones = [
        {**one, "done_at": stated} if at == position else one for at, one in enumerate(deal.milestones)
    ]
    touch(session, deal)
    if done:
        tell_party(session, deal, "buyer", "deal.milestone", milestone=deal.milestones[position]["name"])
    return deal


def deliver(session: Session, key: UUID, *, if_match: str | None = None) -> Deal:
    """Mark everything delivered. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""

    def change(deal: Deal, _side: Side) -> None:
        deal.delivered_at, deal.reminded_at = now(), None

    return _move(session, key, "deliver", change, if_match=if_match)


def retract(session: Session, key: UUID, *, if_match: str | None = None) -> Deal:
    """Take the mark of delivery back, before it was accepted. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""

    def change(deal: Deal, _side: Side) -> None:
        deal.delivered_at = None

    return _move(session, key, "retract", change, if_match=if_match)


def accept(session: Session, key: UUID, *, if_match: str | None = None) -> Deal:
    """Accept the delivery; with its last deal the demand is fulfilled. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""

    def change(deal: Deal, _side: Side) -> None:
        deal.accepted_at, deal.accepted_by = now(), "buyer"
        # Accepted out of a dispute about something that was never marked delivered.
        deal.delivered_at = deal.delivered_at or deal.accepted_at

    return _move(session, key, "accept", change, if_match=if_match)


def dispute(session: Session, key: UUID, *, note: str, if_match: str | None = None) -> Deal:
    """Raise a dispute, which the operators see. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""

    def change(deal: Deal, side: Side) -> None:
        deal.disputed_at, deal.disputed_by = now(), side
        deal.dispute_note, deal.decision = _needed(note), ""

    return _move(session, key, "dispute", change, if_match=if_match)


def resume(session: Session, key: UUID, *, decision: str = "", if_match: str | None = None) -> Deal:
    """End a dispute and go on: whoever raised it, or an operator saying why. Delivery is marked anew.

    Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput.
    """

    def change(deal: Deal, side: Side) -> None:
        deal.decision = _needed(decision, "decision") if side == "operator" else decision
        deal.delivered_at = None

    return _move(session, key, "resume", change, if_match=if_match)


def cancel(session: Session, key: UUID, *, note: str, if_match: str | None = None) -> Deal:
    """Call a deal off before delivery, saying why. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""
    return _move(session, key, "cancel", _called_off(note), if_match=if_match)


def annul(session: Session, key: UUID, *, decision: str, if_match: str | None = None) -> Deal:
    """Call a disputed deal off, as an operator. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""

    def change(deal: Deal, side: Side) -> None:
        deal.decision = _needed(decision, "decision")
        _called_off(decision)(deal, side)

    return _move(session, key, "annul", change, if_match=if_match)


def public(session: Session, deal: Deal) -> DealPublic:
    """As the API shows it to the session's actor."""
    actor = actor_of(session)
    return DealPublic(
        **deal.model_dump(
            exclude={"state", "lines", "milestones", "division", "buyer_person_id", "reminded_at"}
        ),
        state=cast(State, deal.state),
        lines=[DealLine.model_validate(line) for line in deal.lines],
        milestones=[Milestone.model_validate(one) for one in deal.milestones],
        accepts_at=accepts_at(deal),
        sides=list(sides_of(actor, deal)),
        actions=actions_of(actor, deal),
    )


def _move(
    session: Session,
    key: UUID,
    action: Action,
    change: Callable[[Deal, Side], None],
    *,
    if_match: str | None,
    required: bool = False,
) -> Deal:
    """One row of the table of moves: who may, from where, and what else becomes so."""
    deal = get_deal(session, key, for_update=True)
    side = side_for(deal, action, sides_of(actor_of(session), deal))
    if side is None:
        if action == "resume" and sides_of(actor_of(session), deal):
            raise Forbidden("争议由提出的一方撤回，或由运营员处理", code="wrong_side")
        side = require_party(session, deal, SIDES[action])
    check_version(if_match, deal.version, required=required)
    deal.state = moved(deal.state, action)
    change(deal, side)
    touch(session, deal)
    tell_moved(session, deal, action, side)
    if deal.state in ENDED:
        conclude(session, deal)
    return deal


def _called_off(note: str) -> Callable[[Deal, Side], None]:
    def change(deal: Deal, side: Side) -> None:
        deal.cancelled_at, deal.cancelled_by, deal.cancel_note = now(), side, _needed(note)

    return change


def _needed(text: str, field: str = "note") -> str:
    if not text.strip():
        raise InvalidInput(problems=[Problem(field, "required", "请说明原因，对方会看到")])
    return text.strip()


def _on_side(actor: Actor, side: Query) -> ColumnElement[bool]:
    if side == "dispute":
        return col(Deal.state) == "disputed"
    if side == "supplier":
        return col(Deal.supplier_company_id).in_(actor.companies)
    return col(Deal.buyer_company_id).in_(actor.companies) | (
        col(Deal.buyer_company_id).is_(None) & (col(Deal.buyer_person_id) == actor.id)
    )
