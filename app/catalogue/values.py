"""Reading one value of each field type: from JSON, a form or a spreadsheet cell to one clean JSON-able value.

Lenient in spelling (full-width digits, thousands commas, Chinese unit names, usual date forms), strict in meaning.
Every reader takes ``(declared, raw)`` and returns the clean value, or raises ``Refused`` and nothing else.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.catalogue.declarations import FieldDeclaration
from app.catalogue.problems import Refused
from app.catalogue.units import find_unit

Number = int | float

ZERO_WIDTH = "\u200b\ufeff"
"""Left behind by copying from web pages; dropped without a word."""
CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
"""Control characters and direction overrides, as the inside of a regular expression's class."""
LINE_BREAKS = "\t\n\r"

_REFUSED_ANYWHERE = re.compile(f"[{CONTROL}\ud800-\udfff]")
_REFUSED_IN_LINE = re.compile(f"[{CONTROL}{LINE_BREAKS}\ud800-\udfff]")
_HALF_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_DROPPED = dict.fromkeys(map(ord, ZERO_WIDTH))
_NUMBER = re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3}){1,5}|[0-9]{1,18})(\.[0-9]{1,18})?")
_DATE = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)")
_YES = {"true", "yes", "y", "on", "1", "是", "有"}
_NO = {"false", "no", "n", "off", "0", "否", "无"}
_FREE_SHARE = (0, 100)
_LONGEST_KEPT, _MOST_KEPT, _LARGEST_KEPT = 5_000, 200, 1e18


def is_blank(declared: FieldDeclaration, raw: Any) -> bool:
    """Whether a form would send this for a field left empty; a unit chosen beside no value is still empty."""
    if isinstance(raw, str):
        return not raw.translate(_DROPPED).strip()
    if isinstance(raw, Mapping):
        empty = all(raw.get(part) is None or raw.get(part) == "" for part in ("value", "low", "high"))
        return (
            declared.type in {"quantity", "range"} and empty and set(raw) <= {"value", "low", "high", "unit"}
        )
    return raw is None or (isinstance(raw, list | tuple) and len(raw) == 0)


def may_keep(declared: FieldDeclaration, raw: Any) -> bool:
    """Whether a value that is not right yet has the shape of its field, so that a form shows it to be put right."""
    match declared.type:
        case "quantity" | "range":
            return _shaped(raw, {"value", "unit"} if declared.type == "quantity" else {"low", "high", "unit"})
        case "windows":
            return _listed(raw) and all(_shaped(one, {"from", "to", "free"}) for one in raw)
        case "texts" | "options":
            return _listed(raw) and all(_typed(one) for one in raw)
        case _:
            return _typed(raw)


def _typed(raw: Any) -> bool:
    """Whether it is something a person types: words, a number, yes or no; none so long that it fills a page."""
    if isinstance(raw, str):
        return len(raw) <= _LONGEST_KEPT and not _REFUSED_ANYWHERE.search(raw)
    return isinstance(raw, bool) or (isinstance(raw, int | float) and abs(raw) < _LARGEST_KEPT)


def _listed(raw: Any) -> bool:
    return isinstance(raw, list | tuple) and len(raw) <= _MOST_KEPT


def _shaped(raw: Any, names: set[str]) -> bool:
    return isinstance(raw, Mapping) and set(raw) <= names and all(map(_typed, raw.values()))


def read_value(declared: FieldDeclaration, raw: Any) -> Any:
    """The clean value of a field that is not blank; raises Refused with the code and its params."""
    return _READERS[declared.type](declared, raw)


def _clean_text(raw: Any, max_length: int, *, lines: bool = False) -> str:
    if not isinstance(raw, str):
        raise Refused("type", expected="text")
    text = raw.translate(_DROPPED).replace("\r\n", "\n").replace("\r", "\n").strip()
    if (_REFUSED_ANYWHERE if lines else _REFUSED_IN_LINE).search(text):
        raise Refused("control_character")
    if len(text) > max_length:
        raise Refused("too_long", max_length=max_length)
    return text.translate(_HALF_WIDTH)


def _text(declared: FieldDeclaration, raw: Any) -> str:
    text = _clean_text(raw, declared.max_length)
    if declared.pattern and not re.fullmatch(declared.pattern, text):
        raise Refused("bad_format", help={"zh": declared.help.zh, "en": declared.help.en})
    return text


def _long_text(declared: FieldDeclaration, raw: Any) -> str:
    return _clean_text(raw, declared.max_length, lines=True)


def _texts(declared: FieldDeclaration, raw: Any) -> list[str]:
    entries = _entries(declared, raw)
    cleaned = [_clean_text(entry, declared.max_length) for entry in entries]
    if any(not text for text in cleaned):
        raise Refused("type", expected="texts")
    return list(dict.fromkeys(cleaned))


def _entries(declared: FieldDeclaration, raw: Any) -> list[Any]:
    if not isinstance(raw, list | tuple):
        raise Refused("type", expected=declared.type)
    if len(raw) > declared.max_items:
        raise Refused("too_many", max_items=declared.max_items)
    return list(raw)


def _plain_number(raw: Any, expected: str, **where: Any) -> Number:
    if isinstance(raw, str) and len(raw) <= 64:
        written = unicodedata.normalize("NFKC", raw).strip()
        if not _NUMBER.fullmatch(written):
            raise Refused("type", expected=expected, **where)
        raw = float(written.replace(",", "")) if "." in written else int(written.replace(",", ""))
    if (
        isinstance(raw, bool)
        or not isinstance(raw, int | float)
        or (isinstance(raw, float) and not math.isfinite(raw))
    ):
        raise Refused("type", expected=expected, **where)
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw


def _within(value: Number, bounds: tuple[float, float], unit: str = "", **where: Any) -> Number:
    low, high = bounds
    if not low <= value <= high:
        raise Refused("out_of_range", minimum=low, maximum=high, unit=unit, **where)
    return value


def _integer(declared: FieldDeclaration, raw: Any) -> Number:
    value = _plain_number(raw, "integer")
    if not isinstance(value, int):
        raise Refused("type", expected="integer")
    return _within(value, (declared.minimum, declared.maximum), declared.unit)


def _decimal(declared: FieldDeclaration, raw: Any) -> Number:
    return _within(_plain_number(raw, declared.type), (declared.minimum, declared.maximum), declared.unit)


def _members(declared: FieldDeclaration, raw: Any, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping) or not set(raw) <= names:
        raise Refused("type", expected=declared.type)
    return raw


def _unit_of(declared: FieldDeclaration, raw: Any) -> str:
    unit = find_unit(unicodedata.normalize("NFKC", raw)) or find_unit(raw) if isinstance(raw, str) else None
    if unit is None or unit.code not in declared.units:
        raise Refused("unknown_unit", part="unit", units=list(declared.units))
    return unit.code


def _quantity(declared: FieldDeclaration, raw: Any) -> dict[str, Any]:
    given = _members(declared, raw, {"value", "unit"})
    unit = _unit_of(declared, given.get("unit"))
    value = _plain_number(given.get("value"), "quantity", part="value")
    return {"value": _within(value, declared.bounds_in(unit), unit, part="value"), "unit": unit}


def _range(declared: FieldDeclaration, raw: Any) -> dict[str, Any]:
    given = _members(declared, raw, {"low", "high", "unit"})
    unit = _unit_of(declared, given.get("unit"))
    clean: dict[str, Any] = {}
    for part in ("low", "high"):
        if given.get(part) is not None and given.get(part) != "":
            value = _plain_number(given[part], "range", part=part)
            clean[part] = _within(value, declared.bounds_in(unit), unit, part=part)
    if "low" in clean and "high" in clean and clean["low"] > clean["high"]:
        raise Refused("reversed")
    return {**clean, "unit": unit}


def _day(raw: Any, **where: Any) -> str:
    if isinstance(raw, date):  # A spreadsheet cell; its time of day, if any, is dropped.
        raw = f"{raw.year:04d}-{raw.month}-{raw.day}"
    if not isinstance(raw, str):
        raise Refused("type", expected="date", **where)
    written = _DATE.fullmatch(unicodedata.normalize("NFKC", raw[:64]).strip())
    if written:
        year, month, day = (int(part) for part in written.groups() if part)
        try:
            if 1900 <= year <= 2099:
                return date(year, month, day).isoformat()
        except ValueError:
            pass
    raise Refused("malformed_date", **where)


def _date(_declared: FieldDeclaration, raw: Any) -> str:
    return _day(raw)


def _boolean(_declared: FieldDeclaration, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = raw.strip().casefold() if isinstance(raw, str) else ""
    if word in _YES or word in _NO:
        return word in _YES
    raise Refused("type", expected="boolean")


def _option(declared: FieldDeclaration, raw: Any) -> str:
    if isinstance(raw, str) and declared.option(raw.strip()):
        return raw.strip()
    raise Refused("not_an_option", options=[option.model_dump() for option in declared.options])


def _options(declared: FieldDeclaration, raw: Any) -> list[str]:
    if isinstance(raw, str):
        raw = [raw]  # A form with one box ticked sends a single value.
    if not isinstance(raw, list | tuple):
        raise Refused("type", expected="options")
    chosen = {_option(declared, entry) for entry in raw}
    return [option.value for option in declared.options if option.value in chosen]


def _windows(declared: FieldDeclaration, raw: Any) -> list[dict[str, Any]]:
    clean = []
    for entry in _entries(declared, raw):
        given = _members(declared, entry, {"from", "to", "free"})
        start, end = _day(given.get("from"), part="from"), _day(given.get("to"), part="to")
        if start > end:
            raise Refused("reversed")
        share = _plain_number(given.get("free"), "windows", part="free")
        clean.append({"from": start, "to": end, "free": _within(share, _FREE_SHARE, "percent", part="free")})
    return sorted(clean, key=lambda window: (window["from"], window["to"]))


_READERS: dict[str, Callable[[FieldDeclaration, Any], Any]] = {
    "text": _text,
    "long_text": _long_text,
    "texts": _texts,
    "integer": _integer,
    "decimal": _decimal,
    "money": _decimal,
    "quantity": _quantity,
    "range": _range,
    "date": _date,
    "boolean": _boolean,
    "option": _option,
    "options": _options,
    "windows": _windows,
}
