"""Who has the lines of a demand: offered to a quote, passed on to the next in the buyer's order, or free again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.clock import CHINA, now
from app.core.tenancy import across_tenants
from app.core.versions import touch
from app.deals.models import Deal
from app.demands.models import Demand
from app.demands.service import lines_of, move_demand
from app.registry.service import get_company
from app.trade.award_lines import freight_of, lines_of_award, same_lines
from app.trade.costs import costs
from app.trade.parties import buyer_side, kept_apart, tell_buyer, tell_firm, tell_firms
from app.trade.policy import HOLDING, QuoteState, quote_moved
from app.trade.quote_models import Award, AwardLine, Quote
from app.trade.quotes import holds, terms_of
from app.trade.remaining import remaining


def offer(
    session: Session,
    demand: Demand,
    quote: Quote,
    lines: Sequence[AwardLine],
    hours: int,
    fallback: list[str],
    after: Award | None = None,
) -> Award:
    """Give lines to a quote, until its firm says yes or the time is over."""
    quote.state = quote_moved(quote.state, "award")
    touch(session, quote)
    award = Award(
        id=lines[0].award_id,
        demand_id=demand.id,
        quote_id=quote.id,
        company_id=quote.company_id,
        number=quote.number,
        confirm_by=now() + timedelta(hours=hours),
        confirm_hours=hours,
        freight=freight_of(session, demand, quote, lines),
        fallback=fallback,
        after_id=after.id if after else None,
        **buyer_side(demand),
    )
    session.add(award)
    session.flush()
    session.add_all(lines)
    session.flush()
    until = award.confirm_by.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    tell_firm(session, award.company_id, demand, "award.made", f"award/{award.id}", until=until)
    return award


def offer_next(session: Session, demand: Demand, award: Award) -> Award | None:
    """The award to the next quote of the order that still stands and offers these lines in full.

    Firms that may not trade with the buyer any more are passed over. The buyer is told who is asked now.
    """
    wanted = {line.demand_line_id: line.quantity for line in lines_of_award(session, award)}
    asked = [line for line in lines_of(session, demand.id) if line.id in wanted]
    for at, key in enumerate(award.fallback):
        query = select(Quote).where(
            col(Quote.id) == UUID(key),
            col(Quote.demand_id) == demand.id,
            col(Quote.state).in_(("submitted", "lost")),
        )
        quote = session.scalars(
            across_tenants(query.with_for_update(), "an award concerns every quote of its demand")
        ).one_or_none()
        if quote is None or kept_apart(session, demand, [quote.company_id]):
            continue
        terms = terms_of(session, quote)
        lines = same_lines(costs(asked, terms), wanted) if holds(terms) else []
        if lines:
            rest = award.fallback[at + 1 :]
            made = offer(session, demand, quote, lines, award.confirm_hours, rest, award)
            firm = get_company(session, made.company_id).name
            tell_buyer(session, made, demand, "award.passed_on", f"award/{made.id}/passed_on", company=firm)
            return made
    return None


def settle(session: Session, demand: Demand) -> None:
    """What an awarded demand comes to now that an award or a deal of it has ended.

    With nothing given away any more it takes quotes again. With every deal ended, one of them accepted, and nobody's
    word awaited it is fulfilled, unless lines that somebody gave up are still there to be awarded again. One that was
    opened to quotes for its rest and expired has nothing to be awarded any more: it is fulfilled, in part.
    """
    if demand.state not in ("awarded", "expired"):
        return
    query = select(Award).where(col(Award.demand_id) == demand.id)
    awards = session.scalars(across_tenants(query, "an award concerns every quote of its demand")).all()
    made = select(col(Deal.state)).where(col(Deal.demand_id) == demand.id)
    deals = set(session.scalars(across_tenants(made, "other suppliers' deals decide what the demand is")))
    if not any(one.state in HOLDING for one in awards) and deals <= {"cancelled"}:
        if demand.state == "awarded":
            take_quotes_again(session, demand, ("lost",))
    elif (
        "accepted" in deals
        and deals <= {"accepted", "cancelled"}
        and not any(one.state == "offered" for one in awards)
        and (demand.state == "expired" or not _given_up(session, demand, awards))
    ):
        move_demand(session, demand.id, action="fulfil")


def _given_up(session: Session, demand: Demand, awards: Sequence[Award]) -> bool:
    """Whether a line that a winner did not take on, or that was called off, is not given away anew."""
    ended = [one.id for one in awards if one.state in ("declined", "lapsed", "called_off")]
    query = select(col(AwardLine.demand_line_id)).where(col(AwardLine.award_id).in_(ended))
    given = set(session.scalars(across_tenants(query, "an award concerns every quote of its demand")))
    left = remaining(session, [line for line in lines_of(session, demand.id) if line.id in given])
    return any(rest != 0 for rest in left.values())


def take_quotes_again(session: Session, demand: Demand, states: Sequence[QuoteState]) -> Demand:
    """Firms whose quotes are in these ``states`` hear of it: those may be bettered, and awarded, again."""
    moved = move_demand(session, demand.id, action="fall_back")
    query = select(col(Quote.company_id)).where(
        col(Quote.demand_id) == demand.id, col(Quote.state).in_(states)
    )
    firms = list(session.scalars(across_tenants(query, "an award concerns every quote of its demand")))
    firms = [one for one in firms if one not in kept_apart(session, demand, firms)]
    tell_firms(session, firms, moved, "demand.reopened", f"demand/{demand.id}/again/{moved.version}")
    return moved
