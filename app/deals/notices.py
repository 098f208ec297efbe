"""Who is told what of a deal: the other side of what one side did; the operators of a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.deals.models import Deal
from app.deals.policy import Action, Party, Side
from app.demands.models import Demand
from app.demands.service import get_demand
from app.notify.service import tell
from app.registry.service import company_names, get_company

_KINDS: dict[Action, str] = {
    "revise": "deal.terms",
    "confirm_as_buyer": "deal.terms",
    "confirm_as_supplier": "deal.terms",
    "deliver": "deal.delivered",
    "accept": "deal.accepted",
    "dispute": "deal.disputed",
    "resume": "deal.settled",
    "cancel": "deal.cancelled",
    "annul": "deal.cancelled",
}
"""The kind of notice a move makes; taking a mark of delivery back makes none."""


def page_of(deal: Deal) -> str:
    """The path of the deal's page."""
    return f"/deals/{deal.id}"


def name_of(session: Session, deal: Deal, side: Side) -> str:
    """How a side is called; a buyer without a firm as the demand says."""
    if side == "supplier":
        return get_company(session, deal.supplier_company_id).name
    if deal.buyer_company_id:
        return get_company(session, deal.buyer_company_id).name
    return get_demand(session, deal.demand_id).buyer or "—"


def names_of(session: Session, deals: Sequence[Deal]) -> dict[UUID, dict[Party, str]]:
    """How both sides of several deals are called, by deal, read at once."""
    firms = [firm for deal in deals for firm in (deal.supplier_company_id, deal.buyer_company_id) if firm]
    names = company_names(session, firms)
    alone = {deal.demand_id for deal in deals if deal.buyer_company_id is None}
    query = select(col(Demand.id), col(Demand.buyer)).where(col(Demand.id).in_(alone))
    people = {row.id: row.buyer for row in session.execute(query)} if alone else {}
    return {
        deal.id: {
            "supplier": names[deal.supplier_company_id],
            "buyer": names[deal.buyer_company_id]
            if deal.buyer_company_id
            else people.get(deal.demand_id) or "—",
        }
        for deal in deals
    }


def tell_moved(session: Session, deal: Deal, action: Action, side: Side) -> None:
    """Tell the other side of a move (both, when an operator made it), and the operators of a dispute."""
    kind = _KINDS.get(action)
    if kind is None:
        return
    told: list[Party] = [one for one in ("buyer", "supplier") if one != side]
    for party in told:
        tell_party(session, deal, party, kind, by=side, reason=_reason(deal, action))
    if action == "dispute":
        data = {"title": deal.title, "reason": deal.dispute_note[:200]}
        tell(
            session,
            division=deal.division,
            kind="deal.dispute",
            about=page_of(deal),
            data=data,
            key=_key(deal),
        )


def tell_party(
    session: Session, deal: Deal, party: Party, kind: str, *, by: Side | None = None, **said: str
) -> None:
    """Tell one side; ``by`` is whose doing it is, the other side's unless said."""
    other: Side = by if by and by != "operator" else ("supplier" if party == "buyer" else "buyer")
    firm = deal.buyer_company_id if party == "buyer" else deal.supplier_company_id
    people: list[UUID] = []
    if firm is None and deal.buyer_person_id:
        people = [deal.buyer_person_id]
    tell(
        session,
        people=people,
        companies=[firm] if firm else [],
        kind=kind,
        about=page_of(deal),
        data={"title": deal.title, "company": name_of(session, deal, other), **said},
        key=f"{_key(deal)}/{kind}/{party}",
    )


def _key(deal: Deal) -> str:
    return f"deal/{deal.id}/{deal.version}"


def _reason(deal: Deal, action: Action) -> str:
    words = {"dispute": deal.dispute_note, "resume": deal.decision, "cancel": deal.cancel_note}
    return words.get(action, deal.decision)[:200]
