"""What one thing may cost, as it is said beside the thing: "3000元以内的水泵", "每吨不超过4200元", "under 3000 yuan each"."""

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
    """At most so many yuan for one ``unit``, in the reader's own word; "" when none was said."""

    most: float
    unit: str = ""


# Of a firm or of a whole order, not of one thing.
_OF_ANOTHER: Final = re.compile(
    r"(?:资本金?|资金|资产|产值|营收|收入|投资额?|预算|总价|总额|金额|销售额|合同额?|货款)(?:共计?|为|在|约|是)?\s*$"
)


@cache
def _pattern() -> re.Pattern[str]:
    unit = alternatives(name for name, one in units().items() if one.free)
    yuan = r"(?:元|块钱?|人民币|RMB|CNY)"
    return re.compile(
        rf"(?:单价|价格|价位|售价|报价)?(?:要|须|在|得)?(?:[每一]\s?(?P<unit>{unit}))?\s?"
        rf"(?P<most>不超过|不高于|不超|低于|少于|最多|最高|≤|<)?\s?(?P<n>{NUMBER})\s?{yuan}"
        rf"(?:\s?[/每一]\s?(?P<unit2>{unit}))?\s?(?P<within>以内|之内|以下|封顶|内)?的?"
        rf"|\b(?:under|below|up to|at most|no more than|less than)\s(?P<sign>[¥￥]|CNY|RMB)?\s?(?P<en>{DIGITS})"
        rf"(?:\s(?P<yuan>yuan|CNY|RMB))?\b(?:\s?(?:each|apiece|(?:/|per|an?)\s?(?P<unit3>{unit})))?",
        re.IGNORECASE,
    )


def take_price(folded: str) -> tuple[str, PriceWish | None]:
    """The text without what it says of the price of one thing, and that; a budget or a firm's capital stays where it is."""
    for found in _pattern().finditer(folded):
        said = found["most"] or found["within"] or (found["en"] and (found["sign"] or found["yuan"]))
        read = read_number(found["n"] or found["en"])
        if not said or read is None or not 0 < read[0] <= MOST or _OF_ANOTHER.search(folded[: found.start()]):
            continue
        rest = f"{folded[: found.start()]} {folded[found.end() :]}".strip(" ,，")
        return rest, PriceWish(float(read[0]), found["unit"] or found["unit2"] or found["unit3"] or "")
    return folded, None
