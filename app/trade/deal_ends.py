"""What a deal that ends does to the award behind it: called off, its lines are free, and go to the next or to nobody."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.tenancy import across_tenants
from app.core.versions import touch
from app.deals.models import Deal
from app.demands.models import Demand
from app.trade.policy import award_moved, quote_moved
from app.trade.quote_models import Award, Quote
from app.trade.succession import offer_next, settle


def end_deal(session: Session, deal: Deal) -> None:
    """A deal was accepted or cancelled: what becomes of its award, and of its demand."""
    locked = select(Demand).where(col(Demand.id) == deal.demand_id).with_for_update()
    found = across_tenants(locked, "the supplier's deal goes on though its demand was taken back")
    demand = session.scalars(found.execution_options(populate_existing=True)).one()
    if deal.state == "cancelled":
        _call_off(session, demand, deal)
    settle(session, demand)


def _call_off(session: Session, demand: Demand, deal: Deal) -> None:
    """Where the supplier gave up, its quote is out and the next in the buyer's order is asked; a buyer chooses anew."""
    query = select(Award).where(col(Award.deal_id) == deal.id, col(Award.state) == "confirmed")
    award = session.scalars(
        across_tenants(query.with_for_update(), "the award goes with its deal")
    ).one_or_none()
    if award is None:
        return
    award.state = award_moved(award.state, "call_off")
    award.reason = deal.cancel_note[:500]
    touch(session, award)
    wanted = select(Quote).where(col(Quote.id) == award.quote_id).with_for_update()
    quote = session.scalars(across_tenants(wanted, "the award goes with its deal")).one()
    if quote.state == "won" and not _holds_more(session, quote):
        quote.state = quote_moved(quote.state, "release" if deal.cancelled_by == "buyer" else "drop")
        touch(session, quote)
    if deal.cancelled_by == "supplier" and demand.state == "awarded":
        offer_next(session, demand, award)


def _holds_more(session: Session, quote: Quote) -> bool:
    """Whether the quote has won other lines, whose deal goes on or is done."""
    query = select(col(Award.id)).where(col(Award.quote_id) == quote.id, col(Award.state) == "confirmed")
    return session.scalars(across_tenants(query, "the award goes with its deal")).first() is not None
