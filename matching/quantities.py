"""Measured properties read from free text, in canonical units, and whether one fits another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from matching.amounts import AmountMention, find_amount, read_amount
from matching.fitting import fits
from matching.numerals import DIGITS, NUMBER, fold, numbers, read_number
from matching.spec_names import spec_name, spec_names
from matching.special_specs import special_specs
from matching.units import RATE, Unit, alternatives, load_table, period, to_canonical, units
from search.documents import Spec

__all__ = [
    "AmountMention",
    "SpecMention",
    "find_amount",
    "fits",
    "read_amount",
    "read_specs",
    "spec_name",
    "to_canonical",
]

LONGEST_TEXT: Final = 20_000
"""Characters read of a text; what stands behind is ignored."""


@dataclass(frozen=True, slots=True)
class SpecMention:
    """A spec and where it stands: ``text[start:end]`` of the text it was read from."""

    spec: Spec
    start: int
    end: int


_AT_LEAST: Final = r"≥|>=|>|不低于|不小于|不少于|大于等于|大于|超过|高于|至少|min\.?|at least|over|above"
_AT_MOST: Final = r"≤|<=|<|不超过|不大于|不高于|小于等于|小于|低于|最大|最高|至多|max\.?|up to|at most|below|under|less than"
_ABOUT: Final = r"约|大约|近|大概|approx\.?|about|around|~"
_BEFORE_NUMBER: Final = re.compile(
    rf"(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST}))?\s*(?:{_ABOUT})?\s*$", re.IGNORECASE
)
_AFTER_NUMBER: Final = re.compile(r"\s?(?:(?P<least>以上|及以上|起)|(?P<most>以下|以内|及以下|封顶))")
_RANGE: Final = r"\s?(?:[~～]|-{1,2}|到|至|\bto\b)\s?"
_CONTENT_NAME: Final = re.compile(
    r"(?<![A-Za-z])([A-Z][A-Za-z0-9]{0,7}|[\u4e00-\u9fff]{1,3}(?:含量|率))[:为是]?\s?$"
)
_BOUNDED_CONTENT: Final = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{1,4})[:为是]?\s?$")
_PER_BEFORE: Final = re.compile(
    r"(?:每(小时|分钟|秒|天|日|个?月|年)|(月|年|日)(?:产|处理)|时(?:产|处理))(?:能力|[能量])?约?\s*$"
)


@cache
def _measured() -> re.Pattern[str]:
    names = [name for name, unit in units().items() if unit.dimension != "count"]
    counts = [name for name, unit in units().items() if unit.dimension == "count"]
    unit = alternatives(names)
    any_unit = alternatives(names + counts)
    return re.compile(
        rf"(?<![A-Za-z0-9.×])(?<![A-Za-z]-)(?P<low>[+-]?{DIGITS}\s?[百千万]?|{NUMBER})"
        rf"(?:\s?(?P<unit1>{unit})?{_RANGE}(?P<high>{DIGITS}\s?[百千万]?))?"
        rf"\s?(?P<unit>{any_unit}){RATE}?"
    )


@cache
def _named() -> re.Pattern[str]:
    table = load_table("specs.toml")
    words = [w for e in table.values() if "unit" in e for w in e["words"] if len(w) > 1]
    lone = "长宽高厚深"
    name = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    return re.compile(
        rf"(?<![A-Za-z增提成最升专特])(?P<name>{name}|[{lone}](?=\s?[:=]?\s?\d))\s?[:为是=]?\s?(?:{_ABOUT})?"
        rf"(?P<op>{_AT_LEAST}|{_AT_MOST})?\s?±?"
        rf"(?P<low>{DIGITS})(?:{_RANGE}(?P<high>{DIGITS}))?(?![\d×x.%A-Za-z])"
        rf"|(?<![A-Za-z0-9.×])(?P<behind>{DIGITS})(?P<after>[厚宽长高深])(?![度期])",
        re.IGNORECASE,
    )


def read_specs(text: str) -> list[SpecMention]:
    """Measured properties in ``text``, in reading order, values in canonical units, spans in ``text``.

    How many are wanted is not a property (`read_amount`): a bare 约400方 or 50kg is left out, while 长12米,
    单重12kg or 50kg/袋 are read. A property without a name gets its dimension's ("voltage", "size").
    """
    folded = fold(text[:LONGEST_TEXT])
    mentions: list[SpecMention] = []
    taken = bytearray(len(folded) + 1)

    def take(specs: list[Spec], start: int, end: int) -> None:
        if specs and not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            mentions.extend(SpecMention(spec, start, end) for spec in specs)

    for start, end, specs in special_specs(folded):
        take(specs, start, end)
    for start, end, specs in _measured_specs(folded):
        take(specs, start, end)
    for start, end, specs in _named_specs(folded):
        take(specs, start, end)
    mentions.sort(key=lambda m: m.start)
    return mentions


def _measured_specs(folded: str) -> Iterator[tuple[int, int, list[Spec]]]:
    for match in numbers(_measured(), folded):
        unit = _unit_of(match["unit"])
        if unit is None:
            continue
        read = read_number(match["low"].lstrip("+-"))
        if read is None:
            continue
        low = -read[0] if match["low"].startswith("-") else read[0]
        high = low
        if match["high"]:
            top = read_number(match["high"])
            if top is not None:
                high = top[0]
        start, end = match.span()
        window = folded[max(0, start - 16) : start]
        prefix = _BEFORE_NUMBER.search(window)
        head = window[: prefix.start()] if prefix else window
        suffix = _AFTER_NUMBER.match(folded, end)
        rate = match["rate"] or ""
        per = _PER_BEFORE.search(head)
        if per and not rate:
            rate = (per[1] or per[2] or "时").removeprefix("个")
        name, name_length = _property_name(
            head, folded, end, unit, rate, bounded=bool(prefix and (prefix["least"] or prefix["most"]))
        )
        if not name:
            continue
        unit_name = f"{match['unit']}/{rate}" if rate else match["unit"]
        bottom = _canonical(low, f"{match['unit1']}" if match["unit1"] else unit_name)
        top_value = _canonical(high, unit_name)
        if bottom is None or top_value is None:
            continue
        least = bool((prefix and prefix["least"]) or (suffix and suffix["least"]))
        most = bool((prefix and prefix["most"]) or (suffix and suffix["most"]))
        first = start - len(window) + (prefix.start() if prefix else len(window)) - name_length
        last = suffix.end() if suffix else end
        span_end = max(last, end)
        low_value, high_value = sorted((bottom[0], top_value[0]))
        if per and not match["rate"]:
            first = start - len(window) + per.start()
        yield (
            first,
            span_end,
            [
                Spec(
                    name=name,
                    low=None if most else low_value,
                    high=None if least else high_value,
                    unit=top_value[1],
                    text=folded[first:span_end].strip(),
                )
            ],
        )


def _unit_of(name: str) -> Unit | None:
    return units().get(name) or units().get(name.lower())


def _canonical(value: float, unit: str) -> tuple[float, str] | None:
    found = to_canonical(value, unit)
    return None if found is None else (round(found[0], 9), found[1])


_PACK_AFTER: Final = re.compile(
    r"\s?(?:[桶袋瓶盒箱]?装|/\s?(?:袋|桶|箱|包|瓶|盒|盘|卷|件|罐|bag|drum|carton|roll)|每(?:袋|桶|箱|包|瓶|盒)|per (?:bag|carton|drum)|级|型)"
)
_LIFTS: Final = re.compile(
    r"的?(?:[单双]梁|行车|桥式|门式|龙门吊|起重|叉车|吊车|汽车吊|(?:电动|手拉)葫芦|千斤顶|地磅|汽车衡|升降)"
)
_SPAN_IN_METRES: Final = 100
"""A bare span below this is in metres: nobody builds a bridge of 22.5 mm."""
_PACK_BEFORE: Final = re.compile(r"(?:桶|袋|瓶|盒|箱)装\s?$")
_LIFTER_BEFORE: Final = re.compile(r"(?:叉车|行车|天车|葫芦|吊车|起重机|单轨吊|千斤顶|电梯|平车)\s?$")
_GENERIC_NAME: Final = {"length": "size", "mass": "weight", "percent": "content"}
_SPEC_ONLY_DIMENSIONS: Final = {"length", "mass", "volume", "area"}


def _property_name(
    head: str, folded: str, end: int, unit: Unit, rate: str, *, bounded: bool
) -> tuple[str, int]:
    """Name of the property a number belongs to, and how many characters of ``head`` spell it."""
    names = spec_names()
    before = names.before.search(head)
    if before and not (unit.dimension == "count" and not rate):
        name = names.of_word[before[1].lower()]
        if name == "length" and before[1] == "长" and head[: before.start()].endswith(("增", "延")):
            return "", 0
        content = _CONTENT_NAME.search(head) if before[1] == "含量" else None
        if content and len(content[1]) > 2:
            return f"content:{content[1]}", len(head) - content.start()
        if name in ("output", "throughput") and not rate:
            return "", 0
        return ("output" if name == "throughput" and period(rate) == "month" else name), len(
            head
        ) - before.start()
    if rate:
        per = period(rate)
        if per in ("hour", "minute", "second"):
            return ("flow" if unit.dimension == "volume" else "throughput"), 0
        made = re.search(r"(产|处理)(?:能力|[能量])?约?\s*$", head)
        return ("", 0) if made is None else (("output" if made[1] == "产" else "throughput"), 0)
    if unit.dimension == "count":
        return "", 0
    after = names.after.match(folded, end)
    if after and unit.dimension == "length":
        return names.of_word[after[1].lower()], 0
    if unit.dimension == "layers" and re.match(r"平台|楼|厂房|车间|建筑|小", folded[end : end + 2]):
        return "", 0
    if unit.dimension == "percent":
        content = _CONTENT_NAME.search(head) or (bounded and _BOUNDED_CONTENT.search(head)) or None
        if content:
            return f"content:{content[1]}", len(head) - content.start()
        return "content", 0
    if unit.dimension == "mass" and _LIFTS.match(folded, end):
        return "load", 0
    if unit.dimension == "mass" and _LIFTER_BEFORE.search(head):
        return "load", 0
    if unit.free and not _PACK_BEFORE.search(head) and not _PACK_AFTER.match(folded, end):
        return "", 0
    if unit.dimension in _SPEC_ONLY_DIMENSIONS and not unit.free and unit.name in ("两", "道", "尺", "丝"):
        return ("tolerance" if unit.name == "丝" else ""), 0
    return _GENERIC_NAME.get(unit.dimension, unit.dimension), 0


def _named_specs(folded: str) -> Iterator[tuple[int, int, list[Spec]]]:
    names = spec_names()
    for match in _named().finditer(folded):
        name = names.of_word.get((match["name"] or match["after"]).lower())
        if name is None:
            continue
        scale = 1000.0 if name == "span" else 1.0
        low = float((match["low"] or match["behind"]).replace(",", "")[:18])
        high = float(match["high"].replace(",", "")[:18]) if match["high"] else low
        if scale > 1.0 and high < _SPAN_IN_METRES:
            low, high = low * scale, high * scale
        op = (match["op"] or "").lower()
        least = bool(op and re.fullmatch(_AT_LEAST, op))
        suffix = _AFTER_NUMBER.match(folded, match.end())
        least = least or bool(suffix and suffix["least"])
        most = (
            bool(op and re.fullmatch(_AT_MOST, op)) or name == "tolerance" or bool(suffix and suffix["most"])
        )
        yield (
            match.start(),
            match.end(),
            [
                Spec(
                    name=name,
                    low=None if most else min(low, high),
                    high=None if least else max(low, high),
                    unit=names.default_unit[name],
                    text=match[0].strip(),
                )
            ],
        )
