"""What one thing may cost, as it is said beside the thing: "3000元以内的水泵", "每吨不超过4200元", "2000到3000元", "over 300 yuan each"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from matching.numerals import DIGITS, NUMBER, read_number
from matching.units import alternatives, units

MOST: Final = 1e12
"""Yuan; more is no price."""


@dataclass(frozen=True, slots=True)
class PriceWish:
    """At least and at most so many yuan for one ``unit``, in the reader's own word; "" when none was said."""

    least: float | None = None
    most: float | None = None
    unit: str = ""


# Of a firm or of a whole order, not of one thing.
_OF_ANOTHER: Final = re.compile(
    r"(?:资本金?|资金|资产|产值|营收|收入|投资额?|预算|总价|总额|金额|销售额|合同额?|货款|工资|薪资|[月年日时]薪|租金|月租|运费|押金|定金|利润|税额?)(?:共计?|为|在|约|是)?\s*$"
)


_NOT: Final = "不(?:得|能|可|要)?"
_MOST: Final = rf"{_NOT}(?:超过|超出|超|高于|多于|大于)|低于|少于|小于|最多|最高|≤|<"
_LEAST: Final = rf"{_NOT}(?:低于|少于|小于)|超过|高于|多于|大于|至少|最低|最少|≥|>"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Ranges first: their second half alone would be a bound."""
    unit = alternatives(name for name, one in units().items() if one.free)
    yuan = r"(?:元|块钱?|人民币|RMB|CNY)"
    opening = rf"(?:单价|价格|价位|售价|报价)?(?:要|须|在|得)?(?:[每一]\s?(?P<unit>{unit}))?\s?"
    after = rf"(?:\s?[/每一]\s?(?P<unit2>{unit}))?\s?"
    sign, yuan_said = r"(?P<sign>[¥￥]|CNY|RMB)?", r"(?:\s(?P<yuan>yuan|CNY|RMB))?\b"
    each = rf"(?:\s?(?:each|apiece|(?:/|per|an?)\s?(?P<unit3>{unit})))?"
    alternatives_of = (
        rf"{opening}(?P<low>{NUMBER})\s?{yuan}?\s?[-~到至]\s?(?P<n>{NUMBER})\s?{yuan}{after}(?:之间|左右|以内)?的?"
        rf"|\b(?:between|from)?\s?{sign}\s?(?P<en_low>{DIGITS})(?:\s?-\s?|\sto\s|\sand\s)[¥￥]?\s?(?P<en>{DIGITS}){yuan_said}{each}",
        rf"{opening}(?:(?P<most>{_MOST})|(?P<least>{_LEAST}))?\s?(?P<n>{NUMBER})\s?{yuan}{after}"
        r"(?:(?P<within>以内|之内|以下|封顶|内)|(?P<upwards>以上|之上|往上))?的?"
        r"|\b(?:(?P<en_most>under|below|up to|at most|no more than|less than)|(?P<en_least>over|above|at least|no less than|more than))"
        rf"\s{sign}\s?(?P<en>{DIGITS}){yuan_said}{each}",
    )
    return tuple(re.compile(one, re.IGNORECASE) for one in alternatives_of)


def take_price(folded: str) -> tuple[str, PriceWish | None]:
    """The text without what it says of the price of one thing, and that; a budget or a firm's capital stays where it is."""
    for pattern in _patterns():
        for found in pattern.finditer(folded):
            wish = _wish(found.groupdict())
            if wish is None or _OF_ANOTHER.search(folded[: found.start()]):
                continue
            rest = f"{folded[: found.start()]} {folded[found.end() :]}".strip(" ,，")
            return rest, wish
    return folded, None


def _wish(said: dict[str, str | None]) -> PriceWish | None:
    """What a match comes to; None where it is a number of yuan and no bound, or none that a thing costs."""
    if said["en"] and not (said["sign"] or said["yuan"]):
        return None
    number, low = said["n"] or said["en"] or "", said.get("low") or said.get("en_low")
    read = _yuan(number)
    unit = said["unit"] or said["unit2"] or said["unit3"] or ""
    if read is None:
        return None
    if low:
        # 2到3万元 is 20,000 to 30,000: what counts the second number counts the first.
        first = _yuan(low) if low[-1] in _COUNTS else _yuan(low + _scale(number))
        return None if first is None else PriceWish(min(first, read), max(first, read), unit)
    if said["most"] or said["within"] or said["en_most"]:
        return PriceWish(None, read, unit)
    return PriceWish(read, None, unit) if said["least"] or said["upwards"] or said["en_least"] else None


_COUNTS: Final = "十百千万亿"


def _scale(number: str) -> str:
    """万 of 3万; nothing of 三千, which says itself how much it is."""
    return number[-1] if number[-1] in _COUNTS and number[0].isdigit() else ""


def _yuan(number: str) -> float | None:
    read = read_number(number)
    return float(read[0]) if read and 0 < read[0] <= MOST else None
