"""What a reader asks of the things offered, as it stands in the address: the price of one, the output of a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.catalogue.units import unit_meant
from app.core.errors import InvalidInput
from app.core.i18n import Language
from app.matches.amounts import AmountLimits
from app.web.forms import Errors, errors_of, validated
from matching.need import Need
from matching.numerals import fold

PAIRS = (("max_price", "price_unit"), ("min_capacity", "capacity_unit"))
UNITS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("台", "件", "套", "吨", "千克", "米", "平方米", "立方米"),
    "en": ("piece", "set", "t", "kg", "m", "m2", "m3"),
}
_A_MONTH: Mapping[Language, str] = {"zh": "月", "en": "month"}
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The four fields as they are shown (``typed``), what they come to, and what is wrong with them, by field."""

    typed: Mapping[str, str]
    amounts: AmountLimits
    units: Mapping[str, tuple[str, ...]]
    """What to propose as a unit, by field."""
    errors: Errors = field(default_factory=dict)

    @property
    def set(self) -> bool:
        """Whether anything is asked."""
        return self.amounts.max_price is not None or self.amounts.min_capacity is not None

    def asks(self, number: str) -> bool:
        """Whether ``max_price`` or ``min_capacity`` is asked."""
        return getattr(self.amounts, number) is not None

    def in_address(self) -> dict[str, str]:
        """The parameters that say so: those of the API."""
        return {
            name: self.typed[name] for number, unit in PAIRS if self.asks(number) for name in (number, unit)
        }


def read_limits(query: Mapping[str, str], need: Need, language: Language) -> Limits:
    """The limits of an address. A wrong one is not applied and named; a unit not said is the need's own."""
    units = UNITS[language]
    wanted = need.quantity.unit if need.quantity and unit_meant(need.quantity.unit) else ""
    if wanted:
        units = (wanted, *(one for one in units if one != wanted))
    months = tuple(f"{one}/{_A_MONTH[language]}" for one in units)
    proposed = {"price_unit": units, "capacity_unit": months}
    typed: dict[str, str] = {}
    good: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for number, unit in PAIRS:
        pair = {
            number: query.get(number, "").strip()[:_LONGEST],
            unit: query.get(unit, "").strip()[:_LONGEST] or proposed[unit][0],
        }
        typed |= pair
        if not pair[number]:
            continue
        said = pair | {number: fold(pair[number]).replace(",", "").replace("，", "")}
        try:
            validated(AmountLimits, said)
        except InvalidInput as error:
            errors |= errors_of(error, language)
        else:
            good |= said
    return Limits(typed, AmountLimits.model_validate(good), proposed, errors)
