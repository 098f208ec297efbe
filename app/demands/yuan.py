"""Sums of money as people write them: 12万, 5千, 1.2万元, ¥90,000, 十二万, 120k."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_TIMES = {"": 1, "百": 100, "千": 1000, "k": 1000, "万": 10**4, "w": 10**4, "m": 10**6, "亿": 10**8}
_DIGITS = {word: value for value, word in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_SUM = re.compile(
    r"(?:¥|rmb|cny|人民币)?"
    r"(?P<number>\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?P<tens>[一二两三四五六七八九]?十)?(?P<ones>[一二两三四五六七八九])?)"
    r"(?P<more>[十百千](?=[万亿]))?(?P<times>[百千万亿kwm])?(?:元|圆|块|块钱|yuan|rmb|cny|人民币)?整?"
)


def read_yuan(text: str) -> int | None:
    """Whole yuan that a text says; None where it says no such sum and nothing else."""
    said = _SUM.fullmatch(
        re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("￥", "¥").casefold()
    )
    if not said or not said["number"]:
        return None
    more = 10 if said["more"] == "十" else _TIMES[said["more"] or ""]
    value = _number(said) * more * _TIMES[said["times"] or ""]
    return int(value) if value == int(value) else None


def _number(said: re.Match[str]) -> Decimal:
    if said["tens"] or said["ones"]:
        tens = _DIGITS.get(said["tens"][:-1], 1) if said["tens"] else 0
        return Decimal(10 * tens + _DIGITS.get(said["ones"] or "", 0))
    return Decimal(said["number"].replace(",", ""))
