"""Quotes side by side: totals worked out alike, the best marked, scored by the buyer's weights.

A quote's price mark is the mean over the lines of the demand of (lowest landed price / its own), a line it does not
offer counting nothing; its mark for lead time is (shortest + 1) / (its own + 1) in days, so that none is divided by; for its rating, the firm's mean of five. This is
the proportional formula of public tenders: the best has the full mark, the others in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.deals.service import ratings
from app.demands.models import Demand, DemandLine
from app.demands.service import get_demand, lines_of
from app.registry.service import company_names
from app.trade.comparison_schemas import ComparedLine, ComparedQuote, Comparison, Flag, WantedLine, Weights
from app.trade.costs import Cost, alternatives, costs, freight, total
from app.trade.parties import require_buyer_of
from app.trade.policy import STANDING, QuoteState
from app.trade.quote_models import Quote, QuoteVersion
from app.trade.quote_schemas import QuoteTerms
from app.trade.quotes import count_sealed, holds, sealed_until
from app.trade.remaining import remaining

UNRATED = 0.6
"""The mark of a firm of which nothing is known: unknown is neither bad nor good."""


@dataclass(frozen=True, slots=True)
class _Column:
    quote: Quote
    version: QuoteVersion
    terms: QuoteTerms
    costs: dict[UUID, Cost]
    rating: float | None

    @property
    def lead(self) -> int | None:
        days = [one.offer.lead_days for one in self.costs.values()]
        return max((one for one in days if one is not None), default=None) if None not in days else None


def compare(session: Session, demand_id: UUID, *, weights: Weights | None = None) -> Comparison:
    """The comparison, for the buyer. Raises Unauthenticated, NotFound, Forbidden."""
    weights = weights or Weights()
    demand = get_demand(session, demand_id)
    require_buyer_of(session, demand)
    lines = lines_of(session, demand_id)
    left = remaining(session, lines)
    columns = [] if sealed_until(demand) else _columns(session, demand, lines)
    names = company_names(session, [one.quote.company_id for one in columns])
    lowest = _lowest(lines, columns)
    quickest = min((one.lead for one in columns if one.lead is not None), default=None)
    shown = [_shown(demand, one, lines, lowest, quickest, weights, names) for one in columns]
    shown.sort(key=lambda one: (-one.score, one.total or Decimal(0), str(one.quote_id)))
    _mark_best(shown, len(lines))
    return Comparison(
        demand_id=demand_id,
        weights=weights,
        sealed=count_sealed(session, demand_id),
        lines=[
            WantedLine(
                id=line.id, name=line.name, quantity=line.quantity, unit=line.unit, awarded=left[line.id] == 0
            )
            for line in lines
        ],
        quotes=shown,
    )


def _columns(session: Session, demand: Demand, lines: Sequence[DemandLine]) -> list[_Column]:
    query = (
        select(Quote, QuoteVersion)
        .join(
            QuoteVersion,
            (col(QuoteVersion.quote_id) == col(Quote.id)) & (col(QuoteVersion.number) == col(Quote.number)),
        )
        .where(col(Quote.demand_id) == demand.id, col(Quote.state).in_(STANDING))
        .order_by(col(Quote.id))
    )
    held = session.execute(query).all()
    rated = ratings(session, [quote.company_id for quote, _version in held])
    found = []
    for quote, version in held:
        terms = QuoteTerms.model_validate(version.terms)
        found.append(_Column(quote, version, terms, costs(lines, terms), rated.get(quote.company_id)))
    return found


def _lowest(lines: Sequence[DemandLine], columns: Sequence[_Column]) -> dict[UUID, Decimal]:
    lowest: dict[UUID, Decimal] = {}
    for line in lines:
        prices = [
            cost.landed
            for one in columns
            if holds(one.terms) and (cost := one.costs.get(line.id)) and cost.landed is not None
        ]
        if prices:
            lowest[line.id] = min(prices)
    return lowest


def _shown(
    demand: Demand,
    column: _Column,
    lines: Sequence[DemandLine],
    lowest: dict[UUID, Decimal],
    quickest: int | None,
    weights: Weights,
    names: dict[UUID, str],
) -> ComparedQuote:
    marks = {
        "price": sum(_share(lowest.get(line.id), column.costs.get(line.id)) for line in lines) / len(lines),
        "lead": (quickest + 1) / (column.lead + 1)
        if quickest is not None and column.lead is not None
        else 0.0,
        "rating": column.rating / 5 if column.rating is not None else UNRATED,
    }
    counted = weights.model_dump()
    whole = sum(counted.values()) or 1
    amounts = [one.amount for one in column.costs.values()]
    return ComparedQuote(
        quote_id=column.quote.id,
        company_id=column.quote.company_id,
        company=names[column.quote.company_id],
        state=cast(QuoteState, column.quote.state),
        number=column.quote.number,
        lines=[_line(cost, lowest.get(key)) for key, cost in column.costs.items()],
        alternatives=[_line(cost, None) for cost in alternatives(lines, column.terms)],
        covered=len(column.costs),
        goods=None if None in amounts else sum((one for one in amounts if one is not None), Decimal(0)),
        freight=column.terms.freight,
        freight_amount=freight(column.terms),
        total=total(column.costs, column.terms),
        lead_days=column.lead,
        rating=column.rating,
        valid_until=column.terms.valid_until,
        expired=not holds(column.terms),
        outdated=column.version.demand_revision < demand.revision,
        payment=column.terms.payment,
        note=column.terms.note,
        score=round(100 * sum(counted[name] * marks[name] for name in counted) / whole, 1),
        best=[],
    )


def _share(lowest: Decimal | None, cost: Cost | None) -> float:
    if lowest is None or cost is None or cost.landed is None:
        return 0.0
    # What is given away is the best there is; an expired quote may be below the lowest that holds.
    return 1.0 if cost.landed == 0 else min(float(lowest / cost.landed), 1.0)


def _line(cost: Cost, lowest: Decimal | None) -> ComparedLine:
    offer = cost.offer
    tax = "" if offer.tax_included else f" +{offer.tax_rate:f}%"
    return ComparedLine(
        demand_line_id=cost.line.id,
        name=offer.name or cost.line.name,
        unit_price=cost.unit_price,
        landed_price=cost.landed,
        quantity=cost.quantity,
        amount=cost.amount,
        lead_days=offer.lead_days,
        min_quantity=offer.min_quantity,
        quoted=f"{offer.unit_price:f}{tax}" + (f" / {offer.unit}" if offer.unit else ""),
        flags=cast("list[Flag]", list(cost.flags)),
        best=lowest is not None and cost.landed == lowest,
    )


def _mark_best(shown: list[ComparedQuote], lines: int) -> None:
    """Totals are compared among quotes for every line, in full: who offers less is cheaper for no merit."""
    valid = [one for one in shown if not one.expired]
    whole = [
        one
        for one in valid
        if one.covered == lines and not any({"short", "unit_differs"} & set(line.flags) for line in one.lines)
    ]
    _mark(whole, "total", [one.total for one in whole])
    _mark(valid, "lead", [one.lead_days for one in valid])
    _mark(valid, "score", [-one.score for one in valid])


def _mark(
    quotes: Sequence[ComparedQuote],
    what: Literal["total", "lead", "score"],
    values: Sequence[Decimal | int | float | None],
) -> None:
    known = [one for one in values if one is not None]
    if not known:
        return
    best = min(known)
    for quote, value in zip(quotes, values, strict=True):
        if value == best:
            quote.best.append(what)
