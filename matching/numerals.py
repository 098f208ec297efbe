"""Numbers as people write them: full-width digits, thousands commas, 万, Chinese numerals, "a dozen or so"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_KEPT_FULL_WIDTH: Final = "，；！？"
"""Full-width marks that end a clause stay themselves: a half-width comma may be a thousands separator."""


def _fold_table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT_FULL_WIDTH}
    for targets, replacement in (
        ("\u3000\u00a0\u2002\u2003\u2009\t", " "),
        ("〜∼﹏∽", "~"),
        ("–—−‐‑﹣―─", "-"),
        ("*＊✕✖╳⨯", "×"),
        ("φϕØø⌀∅", "Φ"),
        ("µ", "μ"),
        ("≧⩾", "≥"),
        ("≦⩽", "≤"),
        ("〇", "零"),
        ("﹢", "+"),
        ("﹪", "%"),
        ("º˚", "°"),
    ):
        table.update({ord(mark): replacement for mark in targets})
    return table


_FOLD: Final = _fold_table()


def fold(text: str) -> str:
    """``text`` with full-width letters, digits and look-alike signs in one form; the length never changes,
    so positions found in the folded text are positions in the original."""
    return text.translate(_FOLD)


_BEGINS: Final = re.compile(r"[+\-\d零一二两三四五六七八九十百千万亿几数半]")


def numbers(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """As ``pattern.finditer(text)`` for a pattern that begins with a number: tried only where one may begin."""
    reached = 0
    for begin in _BEGINS.finditer(text):
        if begin.start() < reached:
            continue
        match = pattern.match(text, begin.start())
        if match is not None:
            reached = match.end()
            yield match


DIGITS: Final = r"(?:\d{1,3}+(?:,\d{3})++(?![\d,])|\d++)(?:\.\d++)?"
"""A plain decimal number, with or without thousands commas."""

ARABIC: Final = rf"{DIGITS}\s?[十百千万亿]{{0,2}}"
CHINESE: Final = (
    r"(?!零[件部配售担星碎]|千斤顶)[几数]?[零一二两三四五六七八九十百千万亿]{1,12}+[几多余来]?|半"
)
NUMBER: Final = rf"(?:{ARABIC}|{CHINESE})"
"""Any number with its multiplier: "1,800", "20万", "三十", "十几"."""

_DIGIT: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_SCALE: Final = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_ARABIC: Final = re.compile(rf"({DIGITS})\s?([十百千万亿]{{0,2}})")


def read_number(text: str) -> tuple[float, bool] | None:
    """Value of one number as matched by `NUMBER`, and whether it is approximate (十几, 数百, 两三).

    Approximate values are the middle of what the words allow: 十几 is 15, 几十 is 50. None when it is no number.
    """
    text = text.strip()
    arabic = _ARABIC.fullmatch(text)
    if arabic:
        value = float(arabic[1].replace(",", "")[:18])
        for scale in arabic[2]:
            value *= _SCALE[scale]
        return value, False
    if text == "半":
        return 0.5, False
    approximate = False
    if text[:1] in ("几", "数"):
        approximate, text = True, "五" + text[1:]
    if text[-1:] and text[-1] in "几多余来":
        approximate, text = True, text[:-1]
        base = _chinese(text)
        return None if base is None else (base + _SCALE.get(text[-1:], 0) / 2, approximate)
    adjacent = re.fullmatch(r"[一二两三四五六七八九]([一二两三四五六七八九])([十百千万]?)", text)
    if adjacent:
        return float(_DIGIT[adjacent[1]] * _SCALE.get(adjacent[2], 1)), True
    whole = _chinese(text)
    return None if whole is None else (whole, approximate)


def _chinese(text: str) -> float | None:
    """Value of a well-formed Chinese numeral (三千五百, 两万, 一二三)."""
    if not text or any(c not in _DIGIT and c not in _SCALE for c in text):
        return None
    if all(c in _DIGIT for c in text):
        return float("".join(str(_DIGIT[c]) for c in text))
    total, section, digit, last_scale = 0, 0, 0, 0
    for c in text:
        if c in _DIGIT:
            digit = _DIGIT[c]
            if c == "零":
                last_scale = 0
            continue
        scale = _SCALE[c]
        if scale >= 10_000:
            total = (total + section + digit or 1) * scale
            section = 0
        else:
            section += (digit or 1) * scale
        digit, last_scale = 0, scale
    # "三千五" means 3,500 while "三千零五" means 3,005.
    tail = digit * last_scale // 10 if last_scale else digit
    return float(total + section + tail)
