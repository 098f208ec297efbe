"""Properties with a notation of their own: DN50, PN16, Φ130×2450, M20×80, 600×400, HRC40~45, 8.8级, ±0.02."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from matching.units import to_canonical
from search.documents import Spec

_N: Final = r"\d{1,7}(?:\.\d{1,5})?"
_X: Final = r"\s?[×xX]\s?"
_R: Final = r"\s?(?:~|-|到|至|/)\s?"
_LENGTH_UNIT: Final = r"(?:\s?(?P<unit>mm|毫米|cm|厘米|公分|m|米|μm)(?![A-Za-z0-9/]))?"

Reader = Callable[["re.Match[str]"], list[Spec]]


def _mm(value: str, unit: str | None) -> float:
    found = to_canonical(float(value), unit or "mm")
    return round(found[0], 6) if found else float(value)


def _exact(name: str, value: float, unit: str, text: str) -> Spec:
    return Spec(name=name, low=value, high=value, unit=unit, text=text)


def _nominal_diameter(m: re.Match[str]) -> list[Spec]:
    low = float(m[1])
    high = float(m[2]) if m[2] else low
    return [Spec("nominal_diameter", min(low, high), max(low, high), "mm", text=m[0])]


def _nominal_pressure(m: re.Match[str]) -> list[Spec]:
    # PN is in bar (EN 1333) unless MPa is written behind it.
    factor = 1.0 if m[3] else 0.1
    low = float(m[1]) * factor
    high = float(m[2]) * factor if m[2] else low
    return [Spec("nominal_pressure", round(min(low, high), 6), round(max(low, high), 6), "MPa", text=m[0])]


def _round_size(m: re.Match[str]) -> list[Spec]:
    unit = m["unit"]
    first = _mm(m["a"], unit)
    specs = [
        Spec("diameter", first, _mm(m["to"], unit), "mm", text=m[0])
        if m["to"]
        else _exact("diameter", first, "mm", m[0])
    ]
    rest = [_mm(value, unit) for value in (m["b"], m["c"]) if value]
    # A second number far below the diameter is a tube's wall, otherwise the length.
    if rest and rest[0] <= first / 4:
        specs.append(_exact("thickness", rest.pop(0), "mm", m[0]))
    specs.extend(_exact("length", value, "mm", m[0]) for value in rest[:1])
    return specs


def _thread(m: re.Match[str]) -> list[Spec]:
    size = float(m[1])
    specs = [Spec("thread", word=f"M{m[1]}", text=m[0])]
    rest = [float(v) for v in (m[2], m[3]) if v]
    # ISO 724: the pitch is at most 6 mm and well below the diameter.
    if rest and rest[0] <= 6 and rest[0] <= size / 2:
        specs.append(_exact("pitch", rest.pop(0), "mm", m[0]))
    specs.extend(_exact("length", value, "mm", m[0]) for value in rest[:1])
    return specs


def _sides(m: re.Match[str]) -> list[Spec]:
    unit = m["unit"] or m["first"]
    sides = sorted((_mm(v, unit) for v in (m["a"], m["b"], m["c"]) if v), reverse=True)
    return [_exact(f"size_{i}", side, "mm", m[0]) for i, side in enumerate(sides, 1)]


def _hardness(m: re.Match[str]) -> list[Spec]:
    scale = m[1].upper()
    low = float(m[3])
    high = float(m[4]) if m[4] else low
    most, least = m[2] in ("≤", "<") or m[5] == "以下", m[2] in ("≥", ">") or m[5] == "以上"
    return [
        Spec(
            "hardness", None if most else min(low, high), None if least else max(low, high), scale, text=m[0]
        )
    ]


def _tolerance(m: re.Match[str]) -> list[Spec]:
    unit = m[2] or "mm"
    if unit in ("%", "°", "℃", "度"):
        return [
            Spec(
                "tolerance",
                None,
                float(m[1]),
                {"%": "percent", "℃": "celsius"}.get(unit, "degree"),
                text=m[0],
            )
        ]
    return [Spec("tolerance", None, _mm(m[1], unit), "mm", text=m[0])]


def _roughness(m: re.Match[str]) -> list[Spec]:
    return [Spec("roughness", None, float(m[1]), "μm", text=m[0])]


def _grade_class(m: re.Match[str]) -> list[Spec]:
    return [Spec("class", word=m[1].upper() if m[1][-1:].isalpha() else m[1], text=m[0])]


def _protection(m: re.Match[str]) -> list[Spec]:
    return [Spec("protection", word=f"IP{m[1]}", text=m[0])]


def _conductor(m: re.Match[str]) -> list[Spec]:
    return [
        Spec("conductor", word=re.sub(r"\s|[xX]", lambda s: "×" if s[0] in "xX" else "", m[1]), text=m[0])
    ]


def _ratio(m: re.Match[str]) -> list[Spec]:
    return [Spec("ratio", word=m[1], text=m[0])]


def _size_codes(m: re.Match[str]) -> list[Spec]:
    return [Spec("size_code", word=word, text=m[0]) for word in re.split(r"[、/,]", m[1])]


def _kilogram_pressure(m: re.Match[str]) -> list[Spec]:
    # In workshops "8公斤" of pressure is 8 kgf/cm².
    return [_exact("pressure", round(float(m[1]) * 0.0980665, 6), "MPa", m[0])]


def _mesh(m: re.Match[str]) -> list[Spec]:
    low = float(m[1])
    high = float(m[2]) if m[2] else low
    return [Spec("mesh", min(low, high), max(low, high), "mesh", text=m[0])]


_FORMS: Final[tuple[tuple[re.Pattern[str], Reader, str], ...]] = tuple(
    (re.compile(pattern), reader, needs)
    # The third is a set of characters of which a text has one, or the pattern cannot be there.
    for pattern, reader, needs in (
        (rf"(?<![A-Za-z])(?:DN|Dn|dn)\s?({_N})(?:{_R}(?:DN)?({_N}))?", _nominal_diameter, "nN"),
        (rf"(?<![A-Za-z])PN\s?({_N})(?:{_R}(?:PN)?({_N}))?(\s?[Mm][Pp]a)?", _nominal_pressure, "N"),
        (
            rf"Φ\s?(?P<a>{_N})(?:\s?[~-]\s?Φ?(?P<to>{_N}))?(?:{_X}(?P<b>{_N}))?(?:{_X}(?P<c>{_N}))?{_LENGTH_UNIT}",
            _round_size, "Φ",
        ),
        (rf"(?<![A-Za-z0-9])M({_N})(?:{_X}({_N}))?(?:{_X}({_N}))?(?![\dA-Za-z.%])(?!-[A-Z])", _thread, "M"),
        (rf"(?<![\d×])(\d{{1,2}}{_X}{_N}\+\d{{1,2}}{_X}{_N})(?![\d×])", _conductor, "+"),
        (rf"((?:\d{{1,2}}{_X}{_N}\+)?\d{{1,2}}{_X}{_N})\s?(?:mm2|mm²|平方毫米|平方(?!米|厘米))", _conductor, "方m"),
        (
            rf"(?<![A-Za-z0-9.×])(?P<a>{_N})(?P<first>mm|cm|m|米)?{_X}(?P<b>{_N})(?:mm|cm|m|米)?(?:{_X}(?P<c>{_N}))?{_LENGTH_UNIT}(?![0-9A-Za-z×])",
            _sides, "×xX",
        ),
        (
            rf"(?<![A-Za-z])(HRC|HRB|HRA|HB|HBW|HV|HSD|HS|邵氏A?)\s?(≥|≤|>|<)?\s?({_N})(?:{_R}(?:HRC|HB|HV|HSD)?({_N}))?\s?(以上|以下)?",
            _hardness, "H邵",
        ),
        (rf"±\s?({_N})\s?(mm|毫米|μm|丝|cm|%|℃|°|度)?", _tolerance, "±"),
        (rf"(?<![A-Za-z])R[az]\s?[≤<]?\s?({_N})(?:\s?μm)?", _roughness, "R"),
        (
            r"(?<![A-Za-z0-9.])(\d{1,2}\.\d[SsBC]?|\d{1,2}\.9|[ABCDEFGHPS]\d{0,3}|0\.\d[Ss]?)\s?级",
            _grade_class, "级",
        ),
        (r"(?<![A-Za-z0-9.])(\d{1,2}\.9S)(?!级)", _grade_class, "S"),
        (r"(?i:\b(?:class|grade)\s)(\d{1,2}\.\d{1,2})(?!\d)", _grade_class, "cCgG"),
        (r"(?<![A-Za-z])IP\s?(\d{2}[A-Z]?)(?![0-9])", _protection, "P"),
        (r"变比\s?(\d{1,6}/\d{1,4})", _ratio, "变"),
        (r"(?<![\d.])(\d{1,4}(?:[、/]\d{1,4}){0,4})(?:规格|型号|#规格)", _size_codes, "规型"),
        (rf"(?:耐压|承压|压力|试压|打压)[:为达约]?\s?({_N})\s?(?:公斤|kg)(?!/)", _kilogram_pressure, "压"),
        (rf"({_N})(?:{_R}({_N}))?\s?目", _mesh, "目"),
    )
)  # fmt: skip


def special_specs(folded: str) -> Iterator[tuple[int, int, list[Spec]]]:
    """Every notation found in folded text as (start, end, specs), the more telling notations first."""
    for pattern, reader, needs in _FORMS:
        if not any(mark in folded for mark in needs):  # quicker than trying the pattern everywhere
            continue
        for match in pattern.finditer(folded):
            yield match.start(), match.end(), reader(match)
