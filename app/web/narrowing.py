"""What a reader asks of the things offered, as it stands in the address: the price of one, the output of a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.catalogue.units import UNITS, find_unit
from app.core.errors import InvalidInput
from app.core.i18n import Language
from app.matches.amounts import AmountLimits
from app.web.forms import Errors, errors_of, validated
from matching.need import Need
from matching.numerals import fold

PRICES = ("min_price", "max_price")
SETS = ((PRICES, "price_unit"), (("min_capacity",), "capacity_unit"))
"""Numbers with the unit they are of."""
_COUNTED = ("machine", "piece", "set", "t", "kg", "m", "m2", "m3")
"""Codes of units to propose: of a price as they are, of an output in a month."""
_A_MONTH = "/month"
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The fields as they are shown (``typed``), what they come to, and what is wrong with them, by field."""

    typed: Mapping[str, str]
    amounts: AmountLimits
    units: Mapping[str, tuple[str, ...]]
    """What to propose as a unit, by field."""
    errors: Errors = field(default_factory=dict)

    @property
    def set(self) -> bool:
        """Whether anything is asked."""
        return any(self.asks(unit) for _, unit in SETS)

    def asks(self, unit: str) -> bool:
        """Whether any number of ``price_unit``, or of ``capacity_unit``, is asked."""
        return bool(getattr(self.amounts, unit))

    def without(self, unit: str) -> Limits:
        """The same with nothing asked of that unit."""
        numbers = next(numbers for numbers, one in SETS if one == unit)
        return replace(self, amounts=self.amounts.model_copy(update={**dict.fromkeys(numbers), unit: ""}))


def read_limits(query: Mapping[str, str], need: Need, language: Language) -> Limits:
    """The limits of an address. A wrong one is not applied and named; a unit not said is the need's own."""
    known = find_unit(need.quantity.unit) if need.quantity else None
    own = known.code.partition("/")[0] if known else ""  # of 吨/月 things are priced by the 吨
    codes = list(dict.fromkeys([own, *_COUNTED] if own in UNITS else _COUNTED))
    months = [code + _A_MONTH for code in codes if code + _A_MONTH in UNITS]
    proposed = {"price_unit": _names(codes, language), "capacity_unit": _names(months, language)}
    typed: dict[str, str] = {}
    good: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for numbers, unit in SETS:
        asked = {number: query.get(number, "").strip()[:_LONGEST] for number in numbers}
        asked[unit] = query.get(unit, "").strip()[:_LONGEST] or proposed[unit][0]
        typed |= asked
        if not any(asked[number] for number in numbers):
            continue
        said = {name: text for name, text in asked.items() if text}
        said |= {
            number: fold(said[number]).replace(",", "").replace("，", "")
            for number in numbers
            if number in said
        }
        try:
            validated(AmountLimits, said)
        except InvalidInput as error:
            errors |= errors_of(error, language)
        else:
            good |= said
    return Limits(typed, AmountLimits.model_validate(good), proposed, errors)


def _names(codes: Sequence[str], language: Language) -> tuple[str, ...]:
    """What units are called in a field: one piece, so not by the plural that English names are."""
    return tuple(UNITS[code].zh if language == "zh" else code for code in codes)
