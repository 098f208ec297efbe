"""What an offer comes to, so that unlike quotes can be compared: with tax, in the demand's unit, freight shared out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from app.catalogue.units import find_unit
from app.demands.models import DemandLine
from app.trade.quote_schemas import Offer, QuoteTerms

CENT = Decimal("0.01")
FINE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Cost:
    """An offer for a line, worked out. CNY with tax; ``unit_price`` is None where the unit does not convert."""

    line: DemandLine
    offer: Offer
    unit_price: Decimal | None
    quantity: float | None
    """What would be bought: what is wanted, or the most that is offered where that is less."""
    amount: Decimal | None
    landed: Decimal | None
    """The unit price with its share of the freight."""
    flags: tuple[str, ...] = ()
    """unit_differs, alternative, short (offers less than wanted), minimum (wants more to be bought than is wanted)."""


def price_with_tax(offer: Offer) -> Decimal:
    """The unit price with value-added tax, in the offer's own unit."""
    if offer.tax_included:
        return offer.unit_price
    return offer.unit_price * (1 + (offer.tax_rate or Decimal(0)) / 100)


def unit_factor(offered: str, wanted: str) -> Decimal | None:
    """How many offered units one wanted unit is (吨 wanted, 千克 offered: 1000); None when they do not convert."""
    if offered == wanted or not offered or not wanted:
        return Decimal(1)
    ours, theirs = find_unit(wanted), find_unit(offered)
    if ours is None or theirs is None or ours.canonical != theirs.canonical:
        return None
    return Decimal(str(ours.factor)) / Decimal(str(theirs.factor))


def costs(lines: Sequence[DemandLine], terms: QuoteTerms) -> dict[UUID, Cost]:
    """What the quote comes to for each line it offers: as asked for, else the first alternative."""
    found: dict[UUID, Cost] = {}
    for line in lines:
        offers = [one for one in terms.lines if one.demand_line_id == line.id]
        chosen = next((one for one in offers if not one.alternative), offers[0] if offers else None)
        if chosen:
            found[line.id] = _cost(line, chosen)
    return _with_freight(found, terms)


def alternatives(lines: Sequence[DemandLine], terms: QuoteTerms) -> list[Cost]:
    """What else the quote offers beside ``costs``, in the order of the lines; without a share of the freight."""
    chosen = {id(one.offer) for one in costs(lines, terms).values()}
    return [
        replace(_cost(line, offer), landed=None)
        for line in lines
        for offer in terms.lines
        if offer.demand_line_id == line.id and id(offer) not in chosen
    ]


def total(found: Mapping[UUID, Cost], terms: QuoteTerms) -> Decimal | None:
    """All lines offered and the freight; None where an amount is not known."""
    amounts = [one.amount for one in found.values()]
    if not amounts or any(one is None for one in amounts):
        return None
    return sum((one for one in amounts if one is not None), Decimal(0)) + (freight(terms) or Decimal(0))


def freight(terms: QuoteTerms) -> Decimal | None:
    """What freight adds; None for goods the buyer fetches, which cost the buyer what nobody knows."""
    if terms.freight == "pickup":
        return None
    return terms.freight_amount or Decimal(0) if terms.freight == "extra" else Decimal(0)


def _cost(line: DemandLine, offer: Offer) -> Cost:
    factor = unit_factor(offer.unit, line.unit)
    price = (price_with_tax(offer) * factor).quantize(FINE, ROUND_HALF_UP) if factor is not None else None
    quantity = line.quantity
    flags = []
    if price is None:
        flags.append("unit_differs")
    if offer.alternative:
        flags.append("alternative")
    if offer.quantity is not None and (quantity is None or offer.quantity < quantity):
        quantity = offer.quantity
        if line.quantity is not None:
            flags.append("short")
    if offer.min_quantity and line.quantity and offer.min_quantity > line.quantity:
        flags.append("minimum")
    return Cost(line, offer, price, quantity, amount_of(price, quantity), price, tuple(flags))


def amount_of(price: Decimal | None, quantity: float | None) -> Decimal | None:
    """Price times quantity, to the cent; None where either is not known."""
    if price is None or quantity is None:
        return None
    return (price * Decimal(str(quantity))).quantize(CENT, ROUND_HALF_UP)


def _with_freight(found: dict[UUID, Cost], terms: QuoteTerms) -> dict[UUID, Cost]:
    """Freight is shared by amount, so that a quote for part of the lines carries all of its freight."""
    goods = sum((one.amount for one in found.values() if one.amount), Decimal(0))
    added = freight(terms)
    if not added or not goods:
        return found
    share = 1 + added / goods
    return {
        key: replace(
            one,
            landed=(one.unit_price * share).quantize(FINE, ROUND_HALF_UP)
            if one.unit_price is not None
            else None,
        )
        for key, one in found.items()
    }
