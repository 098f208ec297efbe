"""Units of measure and counting words, Chinese, English and symbols, with their canonical forms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from matching.numerals import fold


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: ``value * factor`` is in ``canonical``, the unit of ``dimension``.

    ``free`` is True when the unit may say how much is wanted (吨, 米, 只), not only a property (mm, kV).
    """

    name: str
    dimension: str
    canonical: str
    factor: float
    free: bool


def load_table(name: str) -> dict[str, Any]:
    """A data file of this package, parsed."""
    return tomllib.loads((files("matching") / "data" / name).read_text(encoding="utf-8"))


@cache
def units() -> dict[str, Unit]:
    """Every unit by name: as spelled, and in lower case where that is not another unit."""
    table = load_table("units.toml")
    found: dict[str, Unit] = {}
    for canonical, names in table.pop("counts").items():
        found.update({name: Unit(name, "count", canonical, 1.0, True) for name in names})
    for dimension, entry in table.items():
        free = set(entry.get("free", ()))
        for name, factor in entry["names"].items():
            found[name] = Unit(name, dimension, entry["unit"], float(factor), name in free)
    for name, unit in list(found.items()):
        # One-letter symbols keep their case: 5T is five tonnes, 5G is not five grams.
        if len(name) > 1:
            found.setdefault(name.lower(), unit)
    return found


def alternatives(names: Iterable[str]) -> str:
    """A regular expression for any of ``names``, longest first, ASCII names not running into other letters."""
    parts = []
    for name in sorted(names, key=lambda n: (-len(n), n)):
        ignore_case = len(name) > 1 and name.isascii()
        pattern = f"(?i:{re.escape(name)})" if ignore_case else re.escape(name)
        parts.append(pattern + (r"(?![A-Za-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""))
    return "(?:" + "|".join(parts) + ")"


_PERIODS: Final = {
    "hour": ("小时", "时", "h", "hr", "hour"),
    "day": ("天", "日", "d", "day"),
    "month": ("个月", "月", "month", "mo"),
    "year": ("年", "year", "yr", "annum", "a"),
    "minute": ("分钟", "分", "min", "minute"),
    "second": ("秒", "s", "sec"),
}
_PERIOD_OF: Final = {word: period for period, words in _PERIODS.items() for word in words}
_TO_CANONICAL_PERIOD: Final = {
    "hour": ("h", 1.0),
    "minute": ("h", 60.0),
    "second": ("h", 3600.0),
    "day": ("month", 30.0),
    "month": ("month", 1.0),
    "year": ("month", 1 / 12),
}
RATE: Final = (
    r"(?:\s?(?:/|每|\bper\b|\ba\b|\bevery\b|\beach\b)\s?(?P<rate>"
    + "|".join(sorted(_PERIOD_OF, key=len, reverse=True))
    + r")(?![A-Za-z]))"
)
"""The "per" of a rate, behind a unit: 吨/月, m3/h, "tons per month"."""

_RATE_TAIL: Final = re.compile(r"(.+?)" + RATE + r"\s*")
_MULTIPLIER: Final = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}


def period(word: str) -> str:
    """ "month" for 月, "hour" for h; empty when ``word`` is not a period."""
    return _PERIOD_OF.get(word.lower(), "")


@lru_cache(maxsize=4096)
def find_unit(name: str) -> Unit | None:
    """The unit called ``name``, as spelled or in lower case; 万米 and 千只 are understood."""
    name = fold(name).strip()
    table = units()
    unit = table.get(name) or (table.get(name.lower()) if len(name) > 1 else None)
    if unit is not None:
        return unit
    scale = re.match(r"[十百千万亿]{1,2}", name)
    if scale and scale[0] in _MULTIPLIER and len(name) > scale.end():
        base = find_unit(name[scale.end() :])
        if base is not None:
            factor = base.factor * _MULTIPLIER[scale[0]]
            return Unit(name, base.dimension, base.canonical, factor, base.free)
    return None


@lru_cache(maxsize=4096)
def to_canonical(value: float, unit: str) -> tuple[float, str] | None:
    """``value`` of ``unit`` in the canonical unit of its dimension, with that unit's name; None if unknown.

    Lengths in mm, masses in kg, areas in m2, volumes in m3, pressures in MPa, powers in kW, voltages in kV.
    Rates per hour or less are per hour (m3/h, t/h), those per day, month or year are per month of 30 days or
    a twelfth of a year (t/month, piece/month); masses in a rate are in t and lengths in m.
    """
    known = find_unit(unit)
    if known is not None:
        return value * known.factor, known.canonical
    tail = _RATE_TAIL.fullmatch(fold(unit).strip().lower()) or _RATE_TAIL.fullmatch(fold(unit).strip())
    if tail is None:
        return None
    base = find_unit(tail[1])
    if base is None:
        return None
    per, scale = _TO_CANONICAL_PERIOD[period(tail["rate"])]
    value *= base.factor * scale
    name = base.canonical
    if base.canonical in ("kg", "mm"):
        value, name = value / 1000, {"kg": "t", "mm": "m"}[base.canonical]
    return value, f"{name}/{per}"
