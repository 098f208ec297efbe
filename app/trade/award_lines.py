"""What an award gives away: its lines at a quote's prices, the freight that goes with them, and both as a deal has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.errors import Conflict, InvalidInput, Problem
from app.core.ids import new_id
from app.core.tenancy import across_tenants
from app.deals.schemas import DealLine
from app.demands.models import Demand, DemandLine
from app.demands.service import lines_of
from app.trade.award_schemas import Choice
from app.trade.costs import CENT, Cost, amount_of, costs, freight
from app.trade.quote_models import Award, AwardLine, Quote
from app.trade.quotes import terms_of
from app.trade.remaining import remaining

FREIGHT = "运费 Freight"
"""The line of a deal that holds the freight."""


def lines_of_award(session: Session, award: Award) -> Sequence[AwardLine]:
    """The lines of an award the caller was given."""
    return lines_by_award(session, [award])[award.id]


def lines_by_award(session: Session, awards: Iterable[Award]) -> dict[UUID, list[AwardLine]]:
    """The lines of awards the caller was given, read at once."""
    found: dict[UUID, list[AwardLine]] = {award.id: [] for award in awards}
    query = select(AwardLine).where(col(AwardLine.award_id).in_(list(found)))
    ordered = query.order_by(col(AwardLine.demand_line_id))
    for line in session.scalars(across_tenants(ordered, "whoever was given the award may read it")):
        found[line.award_id].append(line)
    return found


def lines_taken(
    session: Session, lines: Sequence[DemandLine], quote: Quote, choice: Choice, field: str, award_id: UUID
) -> list[AwardLine]:
    """The lines a choice gives to a quote; never empty. Raises InvalidInput, Conflict."""
    offered, left = costs(lines, terms_of(session, quote)), remaining(session, lines)
    asked = {one.demand_line_id: one.quantity for one in choice.lines}
    wanted = asked or dict.fromkeys(key for key in offered if left[key] != 0)
    if not wanted:
        raise Conflict("该报价所报的明细均已授出", code="line_awarded")
    given = []
    for at, (key, quantity) in enumerate(wanted.items()):
        cost = offered.get(key)
        if cost is None or cost.unit_price is None:
            words = "该报价没有报这条明细，或其计价单位无法换算"
            raise InvalidInput(problems=[Problem(f"{field}.lines.{at}.demand_line_id", "not_offered", words)])
        rest = left[key]
        if rest == 0:
            raise Conflict("明细“{name}”已授给其他报价", code="line_awarded", name=cost.line.name)
        most = cost.quantity if rest is None or cost.quantity is None else min(rest, cost.quantity)
        if quantity is not None and most is not None and quantity > most:
            raise Conflict("明细“{name}”最多还能授出 {most}", code="too_much", name=cost.line.name, most=most)
        given.append(_award_line(award_id, cost, cost.unit_price, quantity if quantity is not None else most))
    return given


def _award_line(award_id: UUID, cost: Cost, price: Decimal, quantity: float | None) -> AwardLine:
    return AwardLine(
        award_id=award_id,
        demand_line_id=cost.line.id,
        name=cost.offer.name or cost.line.name,
        quantity=quantity,
        unit=cost.line.unit or cost.offer.unit,
        unit_price=price,
        amount=amount_of(price, quantity),
        lead_days=cost.offer.lead_days,
    )


def same_lines(offered: Mapping[UUID, Cost], wanted: Mapping[UUID, float | None]) -> list[AwardLine]:
    """These lines in these quantities at another quote's prices; empty where it does not offer all of it."""
    award_id, lines = new_id(), []
    for key, quantity in wanted.items():
        cost = offered.get(key)
        if cost is None or cost.unit_price is None:
            return []
        if quantity is not None and cost.quantity is not None and cost.quantity < quantity:
            return []
        lines.append(_award_line(award_id, cost, cost.unit_price, quantity))
    return lines


def freight_of(session: Session, demand: Demand, quote: Quote, lines: Sequence[AwardLine]) -> Decimal | None:
    """The freight that goes with these lines: the quote's, in proportion to their amount; None where none is stated."""
    terms = terms_of(session, quote)
    added = freight(terms)
    if not added:
        return None
    goods = [one.amount for one in costs(lines_of(session, demand.id), terms).values()]
    given = [one.amount for one in lines]
    if None in goods or None in given:
        return added
    whole, part = sum(filter(None, goods), Decimal(0)), sum(filter(None, given), Decimal(0))
    return (added * part / whole).quantize(CENT, ROUND_HALF_UP) if whole else added


def deal_lines(session: Session, award: Award) -> list[DealLine]:
    """The lines of the deal that a confirmed award begins, the freight as a line of its own."""
    lines = [
        DealLine(
            name=line.name,
            demand_line_id=line.demand_line_id,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price.quantize(CENT, ROUND_HALF_UP),
            amount=line.amount,
            lead_days=line.lead_days,
        )
        for line in lines_of_award(session, award)
    ]
    return lines + ([DealLine(name=FREIGHT, amount=award.freight)] if award.freight else [])
