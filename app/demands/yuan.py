"""Sums of money as people write them: 12万, 5千, 1.2万元, ¥90,000, 十二万, 120k."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from matching.numerals import read_number

_TIMES = {"": 1, "百": 100, "千": 1000, "k": 1000, "万": 10**4, "w": 10**4, "m": 10**6, "亿": 10**8}
_SUM = re.compile(
    r"(?:¥|rmb|cny|人民币)?"
    r"(?P<number>\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|[一二两三四五六七八九]?十[一二两三四五六七八九]?|[一二两三四五六七八九])"
    r"(?P<more>[十百千](?=[万亿]))?(?P<times>[百千万亿kwm])?(?:元|圆|块|块钱|yuan|rmb|cny|人民币)?整?"
)


def read_yuan(text: str) -> int | None:
    """Whole yuan that a text says; None where it says no such sum and nothing else."""
    said = _SUM.fullmatch(
        re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("￥", "¥").casefold()
    )
    if not said:
        return None
    more = 10 if said["more"] == "十" else _TIMES[said["more"] or ""]
    value = _number(said["number"]) * more * _TIMES[said["times"] or ""]
    return int(value) if value == int(value) else None


def _number(said: str) -> Decimal:
    read = None if said[0].isdecimal() else read_number(said)
    return Decimal(read[0]) if read else Decimal(said.replace(",", ""))
