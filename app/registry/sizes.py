"""Size class of a firm: 统计上大中小微型企业划分办法(2017), National Bureau of Statistics, 国统字〔2017〕213号.

A firm is put in a class only from what the method asks for: employees, revenue or assets, by industry. Registered
capital is not among them and proves nothing about size, so without those figures the class is "unknown".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SizeClass = Literal["micro", "small", "medium", "large", "unknown"]

_CLASSES: tuple[SizeClass, ...] = ("micro", "small", "medium", "large")

Bounds = tuple[float, float, float]
"""Lower bounds of small, medium and large."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """The bounds the method sets; None where it does not ask for the figure. Money in 万元."""

    employees: Bounds | None = None
    revenue: Bounds | None = None
    assets: Bounds | None = None


_FARMING = _Rule(revenue=(50, 500, 20_000))
_INDUSTRY = _Rule(employees=(20, 300, 1_000), revenue=(300, 2_000, 40_000))
_CONSTRUCTION = _Rule(revenue=(300, 6_000, 80_000), assets=(300, 5_000, 80_000))
_WHOLESALE = _Rule(employees=(5, 20, 200), revenue=(1_000, 5_000, 40_000))
_RETAIL = _Rule(employees=(10, 50, 300), revenue=(100, 500, 20_000))
_TRANSPORT = _Rule(employees=(20, 300, 1_000), revenue=(200, 3_000, 30_000))
_STORAGE = _Rule(employees=(20, 100, 200), revenue=(100, 1_000, 30_000))
_POST = _Rule(employees=(20, 300, 1_000), revenue=(100, 2_000, 30_000))
_LODGING_AND_CATERING = _Rule(employees=(10, 100, 300), revenue=(100, 2_000, 10_000))
_TRANSMISSION = _Rule(employees=(10, 100, 2_000), revenue=(100, 1_000, 100_000))
_SOFTWARE = _Rule(employees=(10, 100, 300), revenue=(50, 1_000, 10_000))
_DEVELOPERS = _Rule(revenue=(100, 1_000, 200_000), assets=(2_000, 5_000, 10_000))
_PROPERTY = _Rule(employees=(100, 300, 1_000), revenue=(500, 1_000, 5_000))
_LEASING_AND_BUSINESS = _Rule(employees=(10, 100, 300), assets=(100, 8_000, 120_000))
_OTHER = _Rule(employees=(10, 100, 300))

# GB/T 4754-2017 codes; the longest that begins the firm's own applies. Absent are the trades the method leaves
# out: railways (53), finance (66 to 69), owner-operated property (704), education (83), health (84), government.
_RULES: dict[str, _Rule] = {
    **{f"{division:02}": _FARMING for division in range(1, 6)},
    **{f"{division:02}": _INDUSTRY for division in range(6, 47)},
    **{str(division): _CONSTRUCTION for division in range(47, 51)},
    "51": _WHOLESALE,
    "52": _RETAIL,
    **{str(division): _TRANSPORT for division in range(54, 59)},
    "591": _TRANSPORT,
    **{f"59{group}": _STORAGE for group in range(2, 10)},
    "60": _POST,
    "61": _LODGING_AND_CATERING,
    "62": _LODGING_AND_CATERING,
    "63": _TRANSMISSION,
    "64": _TRANSMISSION,
    "65": _SOFTWARE,
    "701": _DEVELOPERS,
    "702": _PROPERTY,
    "703": _OTHER,
    "709": _OTHER,
    "71": _LEASING_AND_BUSINESS,
    "72": _LEASING_AND_BUSINESS,
    **{str(division): _OTHER for division in [*range(73, 83), *range(85, 91)]},
}


def size_class(
    industry: str,
    *,
    employees: int | None = None,
    revenue_cny: float | None = None,
    assets_cny: float | None = None,
) -> SizeClass:
    """The class of a firm with this GB/T 4754-2017 code (with or without its section letter).

    Yearly revenue and total assets are in yuan. Large, medium and small need every figure of the rule at or
    above their bound; one figure in the micro range makes a firm micro, even when the others are not known.
    """
    code = industry.strip().lstrip("ABCDEFGHIJKLMNOPQRST")
    rule = next((_RULES[code[:n]] for n in range(len(code), 1, -1) if code[:n] in _RULES), None)
    if rule is None:
        return "unknown"
    asked = [
        (rule.employees, employees),
        (rule.revenue, None if revenue_cny is None else revenue_cny / 10_000),
        (rule.assets, None if assets_cny is None else assets_cny / 10_000),
    ]
    ranks = [_rank(bounds, figure) for bounds, figure in asked if bounds is not None]
    known = [rank for rank in ranks if rank is not None]
    if 0 in known:
        return "micro"
    return _CLASSES[min(known)] if len(known) == len(ranks) else "unknown"


def _rank(bounds: Bounds, figure: float | None) -> int | None:
    return None if figure is None else sum(figure >= bound for bound in bounds)
