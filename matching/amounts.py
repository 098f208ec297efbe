"""How many the buyer wants, told apart from pack sizes, capacities, story and other numbers around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from matching.grades import grade_at
from matching.need import Amount
from matching.numerals import DIGITS, NUMBER, fold, numbers, read_number
from matching.units import RATE, alternatives, find_unit, period, units

_LONGEST_TEXT: Final = 20_000
_MOST_NUMBERS: Final = 400
"""Numbers judged in one text: what comes behind so many is a table, not a demand."""
_WINDOW: Final = 14
"""Characters looked at before and behind a number to judge what it counts."""


@dataclass(frozen=True, slots=True)
class AmountMention:
    """An amount, where it stands, and how surely it is the quantity wanted (higher is surer)."""

    amount: Amount
    start: int
    end: int
    score: float


@cache
def _counted() -> re.Pattern[str]:
    names = [name for name, unit in units().items() if unit.free]
    unit = alternatives(names)
    number = rf"(?:{DIGITS}\s?[十百千万亿]{{0,2}}|{NUMBER})"
    return re.compile(
        rf"(?<![A-Za-z0-9.×Φ/+])(?P<num>{number})(?P<more>[余多来])?"
        rf"(?:\s?(?:~|-|到|至|\bto\b)\s?(?P<top>{number}))?"
        rf"\s?(?:(?:[xX×]\s?|个\s?)(?=\d0(?:GP|HQ)|柜|标箱))?(?P<unit>{unit})(?P<half>半)?{RATE}?",
    )


_PER_BEFORE: Final = re.compile(
    r"(?:每个?|按|平均|一个|(?<![0-9一二两三四五六七八九十个几半\d]))(?P<per>月|年|天|日|季度)"
    r"(?:需求?量?|用量?|供货?量?|产能?|消耗量?|采购量?|出货量?|发货量?|均|度|要|走|订|加工|各|收|出)*"
    r"[:为是在]?\s?(?:约|大约|大概|左右|不少于|至少|近)?\s?$"
    r"|一(?P<one>年|天)(?:大概|大约|约|差不多|总共|要用?|用|需要?|能用|做)*\s?$"
    r"|每个?(?P<far>月|年|天|日)(?=[要需用]|外协|采购|大概|消耗)[^\d]{0,11}$"
)
_PER_ENGLISH: Final = re.compile(
    r"\b(?P<per>monthly|yearly|annual|annually|daily)\b[a-z ]{0,14}[:]?\s?$", re.IGNORECASE
)
_PER_ENGLISH_AFTER: Final = re.compile(
    r"(?:[A-Za-z]{0,12}\s){0,5}?(?:per|a|every|each)\s(?P<per>month|year|day)\b|\s?(?P<adverb>monthly|annually|yearly|daily)\b",
    re.IGNORECASE,
)
_ENGLISH_PERIODS: Final = {
    "monthly": "month",
    "yearly": "year",
    "annual": "year",
    "annually": "year",
    "daily": "day",
}

_WANTED: Final = re.compile(
    r"(?:共计?|合计|总共|总计|需要?|想要?|要|采购|求购|购买|购|订购|定购|订做|定做|订|定制|数量|首批|先期|一次|大约|约|计划|各"
    r"|找|求|上|换|需求量?|用量|下单|招聘?|急招|急需|来|做|加工|共需|合共|首单|首期|批量|总量"
    r"|\bneed|\bwant|\bbuy|\border|\bquantity|\bqty|\bpurchase|\brequire|\bfor|\babout|\blooking for|\binitially)[:为是的]?\s?(?:约|大约|至少|不少于|about|around)?\s?$",
    re.IGNORECASE,
)
_NOT_WANTED: Final = re.compile(
    r"(?:现有|已有|我们?有|我厂有|拥有|目前有|现场有|原有|库存|具备|还有|具有|安装有|现场|之前|以前|去年|今年|员工|职工|工人|不低于|不少于"
    r"|年产|日处理(?:能力|量)?|处理能力|产能|达到|扩到|提到|新招了?|用了|\bown|\bhave|\bwe had|寿命|三出|一模|预算|注册资[本金]"
    r"|单件|单重|单块|单价|净重|毛重|自重|每件|每盒|每箱|每袋|每包|每台|每套|每桶|每卷|每瓶|每捆|每根|每个|每块|每片|pack|装|分|载重|起重量|承重|额定|称重"
    r"|工位|车间|泊位|船台|带|含|配|配有|附|装有|其中|里有|内有|设|从|第|前|后|另|同|这|那|某|任|per|every)[:为是的]?\s?(?:约|大约|近)?\s?$",
    re.IGNORECASE,
)
_SAMPLE: Final = re.compile(
    r"(?:试样|样品|打样|试装|小样|先试|试用|试制|先要|先做|先拿|先来|sample|trial)", re.IGNORECASE
)
_DIMENSION_BEFORE: Final = re.compile(
    r"(?:长|宽|高|厚|重|径|扬程|距|深|缝|流量|风量|循环量|重量|度|容积|面积|距离|跨度|程|口到[^，。]{0,8}|long|wide|high|depth|length|width)"
    r"[:为是达]?\s?(?:约|大约)?\s?$"
)
_SPEC_AFTER: Final = re.compile(
    r"\s?(?:装|的[^，。；]|级|型|长|宽|高|厚|深|以上的|吊|行车|起重|叉车|拖车|货车|卡车|罐车|[^，。]{0,2}炉)|/\s?(?:袋|桶|箱|包|瓶|盒|件)"
)
_NOT_UNIT_AFTER: Final = re.compile(
    r"(?:工作日|小时|月(?!饼)|人(?!字|造)|厂|工位|校区|车间|点(?!火)|供应商|厂家|多月|班|季度|年|方案|问题|方面|要求|条件|星期|礼拜|区|路|向|层面|阶段|侧)"
)
_STORY: Final = re.compile(
    r"(?:我们是|我厂是|我司是|本厂|我公司|我们做|我厂|我们厂|建厂|成立|年产|目前|现在用的|之前|以前|since|founded|we are|our (?:plant|company|factory))",
    re.IGNORECASE,
)
_CLAUSE_MARKS: Final = "，。；！？;!?\n、"


@dataclass(frozen=True, slots=True)
class Amounts:
    """Every figure with a unit that may be counted: the likely quantities, and where all of them stand."""

    mentions: tuple[AmountMention, ...]
    spans: tuple[tuple[int, int], ...]
    """Of figures in digits (50套, 3.5吨), wanted or not: no part of a thing's name."""

    def surest(self, start: int = 0, end: int = _LONGEST_TEXT) -> AmountMention | None:
        """The quantity wanted among what stands between ``start`` and ``end``."""
        inside = [m for m in self.mentions if start <= m.start < end]
        return max(inside, key=lambda m: m.score, default=None)


def find_amounts(text: str) -> Amounts:
    """What of ``text`` looks like a quantity."""
    folded = fold(text[:_LONGEST_TEXT])
    matches = list(islice(numbers(_counted(), folded), _MOST_NUMBERS))
    judged = (_judge(match, folded) for match in matches)
    return Amounts(
        tuple(mention for mention in judged if mention is not None),
        tuple(match.span() for match in matches if match["num"][0].isdigit()),
    )


def find_amount(text: str) -> AmountMention | None:
    """The quantity wanted, with where it stands; None when no number in ``text`` looks like one."""
    return find_amounts(text).surest()


def read_amount(text: str) -> Amount | None:
    """How many the buyer wants, unit as written; ``20万枚`` is 200,000 枚, ``月5万袋`` is per month."""
    mention = find_amount(text)
    return None if mention is None else mention.amount


def _judge(match: re.Match[str], folded: str) -> AmountMention | None:
    number = read_number(match["top"] or match["num"])
    unit = find_unit(match["unit"])
    if number is None or unit is None:
        return None
    start, end = match.span()
    if unit.dimension == "volume" and grade_at(folded, start) == match[0]:
        return None  # 316L不锈钢 is no 316 litres
    before = folded[max(0, start - _WINDOW) : start]
    clause_start = max(before.rfind(mark) for mark in _CLAUSE_MARKS)
    before = before[clause_start + 1 :]
    after = folded[end : end + _WINDOW]
    if _NOT_UNIT_AFTER.match(after) and unit.dimension == "count":
        return None
    if match["num"] in ("一", "1") and re.match(r"(?:[家种款批次直般定起样]|厂|供应|方面)", after):
        return None
    per, per_start = _per(match, before, after, start)
    if per in ("hour", "minute", "second"):
        return None
    score = _score(match, folded, before, after, unit.dimension, per)
    if score < 1.0:
        return None
    value = number[0] + (0.5 if match["half"] else 0.0)
    text = folded[per_start:end].strip()
    amount = Amount(value=value, unit=match["unit"], per=per, text=text)  # type: ignore[arg-type]
    return AmountMention(amount, per_start, end, score)


def _per(match: re.Match[str], before: str, after: str, start: int) -> tuple[str, int]:
    """ "month", "year", "day", "hour" or "" for once, and where the words that say so begin."""
    if match["rate"]:
        return period(match["rate"]), start
    found = _PER_BEFORE.search(before)
    english = None if found else _PER_ENGLISH.search(before)
    if english:
        return _ENGLISH_PERIODS[english["per"].lower()], start - len(before) + english.start()
    if found:
        word = found["per"] or found["one"] or found["far"]
        return period(word), start if found["far"] else start - len(before) + found.start()
    if re.search(r"(?:每|一)(?:个?小时|分钟|秒)[^，。]{0,4}$|时产[^，。]{0,3}$|\bhourly\b", before):
        return "hour", start
    if after[:1].isascii():
        behind = _PER_ENGLISH_AFTER.match(after + match.string[match.end() + len(after) : match.end() + 60])
        if behind:
            word = (behind["per"] or behind["adverb"]).lower()
            return _ENGLISH_PERIODS.get(word, word), start
    return "", start


def _score(match: re.Match[str], folded: str, before: str, after: str, dimension: str, per: str) -> float:
    score = 2.0 if dimension == "count" else 1.2
    alone_before, alone_after = (
        not before.strip(),
        not after.strip() or after.strip()[0] in _CLAUSE_MARKS + ".)（(",
    )
    wanted = _WANTED.search(before)
    if wanted:
        score += 2.0
    elif _NOT_WANTED.search(before):
        score -= 4.0
    if per:
        score += 2.5
        if re.search(r"(?:[年月日]产|产能|生产能力|处理)", folded[max(0, match.start() - 8) : match.start()]):
            score -= 6.0
    if alone_before and alone_after:
        score += 2.0 if dimension == "count" else 1.2
    elif alone_after:
        score += 0.5
    if dimension != "count":
        if _DIMENSION_BEFORE.search(before):
            score -= 4.0
        if _SPEC_AFTER.match(after):
            score -= 3.0
    elif re.match(r"\s?/\s?(?:箱|盒|袋|包|桶|托|box|carton)", after):
        score -= 4.0
    sentence = _sentence(folded, match.start(), match.end())
    if _SAMPLE.search(sentence):
        score -= 0.8
    if _STORY.search(sentence) and not wanted:
        score -= 2.5
    if match["unit"] in ("人", "名", "位") and not re.search(r"招|聘|需|找|要|焊工|工人|派", before):
        score -= 3.0
    if match["num"] in ("一", "1") and dimension == "count" and not alone_after and not per:
        score -= 0.6
    return score


def _sentence(folded: str, start: int, end: int) -> str:
    """The clause around a number, at most 40 characters each way."""
    left = folded[max(0, start - 40) : start]
    cut = max(left.rfind(mark) for mark in "，。；！？;\n")
    right = folded[end : end + 40]
    stops = [i for i in (right.find(mark) for mark in "，。；！？;\n") if i >= 0]
    return left[cut + 1 :] + folded[start:end] + right[: min(stops, default=len(right))]
