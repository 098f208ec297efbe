"""What a buyer asks of a thing beside what it is: each wish can be met by what a firm states, contradicted, or left open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from matching.need import Amount, Need
from matching.units import to_canonical
from search.documents import Spec

Aspect = Literal[
    "spec",
    "grade",
    "material",
    "standard",
    "model",
    "process",
    "service_area",
    "capacity",
    "quantity",
    "lead_time",
]

_WORDS: tuple[tuple[Aspect, str], ...] = (
    ("grade", "grades"),
    ("material", "materials"),
    ("standard", "standards"),
    ("model", "models"),
    ("process", "processes"),
)
_PERIODS = {"day": "天", "month": "月", "year": "年"}


@dataclass(frozen=True, slots=True)
class Wish:
    """``asked`` is the need's field ("grades[0]"), ``words`` what was said there."""

    aspect: Aspect
    asked: str
    words: str
    measure: Spec | None = None
    """What a stated property is compared with; None where words are compared."""
    instead: Spec | None = None
    """Another property that meets the wish where nothing is said of ``measure``."""


@lru_cache(maxsize=256)
def wishes_of(need: Need, today: date) -> tuple[Wish, ...]:
    """Everything a firm may answer: measures, then words, how many, and by when (unless that is past)."""
    found = [Wish("spec", f"specs[{at}]", spec_text(spec), spec) for at, spec in enumerate(need.specs)]
    head = " ".join((*need.what, *need.also)).lower()
    for aspect, field in _WORDS:
        found += [
            Wish(aspect, f"{field}[{at}]", word)
            for at, word in enumerate(getattr(need, field))
            # A process in the head's own words (激光切割) is what is asked for: the item itself answers that.
            if aspect != "process" or word.lower() not in head
        ]
    if need.place and need.kind in ("logistics", "tech_service"):
        found.append(Wish("service_area", "place", need.place.name))
    if need.quantity and (wish := _quantity(need.quantity)):
        found.append(wish)
    if need.deadline and need.deadline >= today:
        days = Spec("lead_time", None, float((need.deadline - today).days), "day")
        found.append(Wish("lead_time", "deadline", need.deadline.isoformat(), days))
    return tuple(found)


def _quantity(amount: Amount) -> Wish | None:
    """So many a month ask for that output; so many at once, that an order of the size is taken. None for unknown units."""
    words = amount.text or f"{amount.value:g}{amount.unit}"
    rate = to_canonical(amount.value, f"{amount.unit}/{_PERIODS.get(amount.per, '月')}")
    once = to_canonical(amount.value, amount.unit)
    if rate is None or once is None or amount.per == "hour":
        return None
    output = Spec("output", rate[0], None, rate[1])
    if amount.per:
        return Wish("capacity", "quantity", words, output)
    return Wish("quantity", "quantity", words, Spec("min_order", once[0], once[0], once[1]), output)


def spec_text(spec: Spec) -> str:
    """A spec as the buyer wrote it, or its canonical form."""
    if spec.text:
        return spec.text
    low, high = spec.low, spec.high
    value = spec.word or "–".join(f"{bound:g}" for bound in dict.fromkeys((low, high)) if bound is not None)
    return f"{spec.name} {value}{spec.unit}".strip()
