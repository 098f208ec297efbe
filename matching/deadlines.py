"""By when: absolute, relative and festival dates in Chinese and English, resolved against a given day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from matching.days import DeadlineMention, add_months, after, make_date, month_day
from matching.deadlines_en import english_dates, english_terms
from matching.numerals import fold, read_number

_CN: Final = r"[一二三四五六七八九十两]{1,3}"
_NUM: Final = rf"(?:\d{{1,4}}|{_CN}|半)"
_BEFORE: Final = r"(?:之前|以前|前|为止)"

_ISO: Final = re.compile(r"(?<!\d)(20\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)[日号]?")
_MONTH: Final = re.compile(
    rf"(?<![\d.每个几数两])(?P<year>明年|今年|后年|次年|20\d\d年)?(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?!产|度)"
    rf"(?:份)?(?:(?P<day>3[01]|[12]?\d|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]|(?P<part>底|末|中旬|中|上旬|下旬|初))?(?P<before>{_BEFORE})?"
)
_MONTH_USE: Final = re.compile(
    r"[^，。；]{0,6}?(?:用|安装|交|送|到货|到位|完工|投产|开工|调试|进场|供货|发货|验收|上线|要)"
)
_RELATIVE_MONTH: Final = re.compile(
    rf"(?P<which>下下个?月|下个?月|次月|本月|这个月|当月|月)(?:(?P<part>底|末|中旬|初|上旬)|(?P<day>3[01]|[12]?\d)[日号])?(?P<before>{_BEFORE})?"
)
_WEEK: Final = re.compile(
    rf"(?P<which>下下|下|本|这)个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])?(?:{_BEFORE})?|(?:周|星期|礼拜)(?P<bare>[一二三四五六日天末])(?:{_BEFORE}|[要送交到用])"
)
_AHEAD: Final = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3}
_DAY: Final = re.compile(rf"(大后天|后天|明天|今天)(?:{_BEFORE}|(?=[要送交到用急]|就|必须|上午|下午|晚上))")
_YEAR_END: Final = re.compile(
    rf"(?P<which>明年|今年|本年)?(?P<part>年底|年末|底|上半年|下半年|年内|春节|端午|中秋|国庆|元旦|五一|劳动节|十一|暑假|寒假|开春|入冬|供暖期|供暖季|采暖季|采暖期|年前)(?P<tail>节|长假|内|{_BEFORE}|以?前)?"
)
_WITHIN: Final = re.compile(
    rf"(?P<n>{_NUM})\s?(?P<unit>个半月|个工作日|工作日|天|日|周|个星期|星期|个礼拜|个月|个季度|年)(?P<in>之内|以内|内)?"
)
_TERM_BEFORE: Final = re.compile(
    r"(?:交货期|供货期|交期|工期|货期|交货时间|供货时间)[:为是要在]?\s?(?:约|不超过|最长|控制在)?\s?$"
)
_TERM_AFTER: Final = re.compile(
    r"后?(?:交[货样件付清]|出件|出货|拿证|完成|供货|到货|交付|完工|发货|送到|交货到|交清|到位|上线|验收|安装完)"
)
_NOT_A_TERM: Final = re.compile(
    r"(?:质保|保修|账期|付款|租期|有效期|保质期|响应|使用|用不到|用了|停产|已经|历时|寿命|员工|成立|提前|每)[^，。；]{0,6}$"
)

# First day of the Spring Festival, Dragon Boat and Mid-Autumn (Purple Mountain Observatory's calendar).
_LUNAR: Final = {
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)),
    2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
}
_FIXED: Final = {
    "国庆": (10, 1),
    "十一": (10, 1),
    "元旦": (1, 1),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "暑假": (8, 31),
    "寒假": (2, 28),
    "开春": (3, 31),
    "入冬": (11, 30),
    "供暖期": (11, 1),
    "供暖季": (11, 1),
    "采暖季": (11, 1),
    "采暖期": (11, 1),
    "上半年": (6, 30),
    "下半年": (12, 31),
}
_LUNAR_INDEX: Final = {"春节": 0, "年前": 0, "端午": 1, "中秋": 2}


def find_deadline(text: str, today: date) -> DeadlineMention | None:
    """The last day named in ``text``, on or after ``today``; a month without a day is its last day.

    Absolute dates win over festivals, those over relative terms; past dates are story and are left out.
    """
    folded = fold(text)
    found: list[tuple[int, DeadlineMention]] = []
    for rank, (reader, needs) in enumerate(_READERS):
        if not any(mark in folded for mark in needs):  # quicker than trying the pattern everywhere
            continue
        for mention in reader(folded, today):
            if mention.day >= today and folded[mention.end : mention.end + 1] not in ("已", "没", "未"):
                found.append((rank, mention))
        if found and rank >= 2:
            break
    return min(found, key=lambda item: (item[0], item[1].start))[1] if found else None


def _iso(folded: str, _today: date) -> list[DeadlineMention]:
    return [
        DeadlineMention(day, m.start(), m.end())
        for m in _ISO.finditer(folded)
        if (day := make_date(int(m[1]), int(m[2]), int(m[3]))) is not None
    ]


def _months(folded: str, today: date) -> list[DeadlineMention]:
    found = []
    for m in _MONTH.finditer(folded):
        if not (m["before"] or m["part"] or m["day"] or _MONTH_USE.match(folded, m.end(), m.end() + 12)):
            continue
        month = _int(m["month"])
        day_number = _int(m["day"]) if m["day"] else None
        bare_before = bool(m["before"] and not m["part"] and not m["day"])
        year = _year(m["year"], today)
        if year is None:
            day = month_day(today.year, month, m["part"], day_number, bare_before)
            if day is not None and day < today:
                day = month_day(today.year + 1, month, m["part"], day_number, bare_before)
        else:
            day = month_day(year, month, m["part"], day_number, bare_before)
        if day is not None:
            found.append(DeadlineMention(day, m.start(), m.end()))
    return found


def _relative_months(folded: str, today: date) -> list[DeadlineMention]:
    found = []
    for m in _RELATIVE_MONTH.finditer(folded):
        which = m["which"]
        if which == "月" and (
            not m["part"]
            or folded[m.start() - 1 : m.start()] in tuple("个每按一二三四五六七八九十0123456789年")
        ):
            continue
        if which != "月" and folded[m.start() - 1 : m.start()] in tuple("每按"):
            continue
        ahead = {"下下": 2, "下个": 1, "下月": 1, "次月": 1}.get(which[:2], 0)
        year, month = add_months(today.year, today.month, ahead)
        number = int(m["day"]) if m["day"] else None
        day = month_day(year, month, m["part"], number, bool(m["before"] and not m["part"] and not number))
        if day is not None:
            found.append(DeadlineMention(day, m.start(), m.end()))
    return found


def _weeks(folded: str, today: date) -> list[DeadlineMention]:
    found = []
    for m in _WEEK.finditer(folded):
        ahead = {"下下": 2, "下": 1}.get(m["which"] or "", 0)
        named = m["day"] or m["bare"]
        weekday = {"末": 6, "日": 6, "天": 6, None: 6}.get(named, "一二三四五六".find(named or "日"))
        monday = today - timedelta(days=today.weekday())
        if m["bare"] and weekday < today.weekday():
            ahead = 1
        found.append(DeadlineMention(monday + timedelta(days=7 * ahead + weekday), m.start(), m.end()))
    return found


def _days(folded: str, today: date) -> list[DeadlineMention]:
    return [
        DeadlineMention(today + timedelta(days=_AHEAD[m[1]]), m.start(), m.end())
        for m in _DAY.finditer(folded)
    ]


def _festivals(folded: str, today: date) -> list[DeadlineMention]:
    found = []
    for m in _YEAR_END.finditer(folded):
        part = m["part"]
        tail = m["tail"] or ""
        if part == "底" and not m["which"]:
            continue
        if part in ("十一", "五一") and not tail.endswith(("前", "节", "长假")):
            continue
        if part == "年前" and re.search(
            r"[\d一二三四五六七八九十几两多]\s?$", folded[max(0, m.start() - 2) : m.start()]
        ):
            continue
        day = _named_day(part, _year(m["which"], today), today)
        if day is not None:
            found.append(DeadlineMention(day, m.start(), m.end()))
    return found


def _named_day(part: str, year: int | None, today: date) -> date | None:
    for candidate in [year] if year else [today.year, today.year + 1]:
        if part in _LUNAR_INDEX:
            lunar = _LUNAR.get(candidate)
            day = None if lunar is None else date(candidate, *lunar[_LUNAR_INDEX[part]])
        else:
            day = date(candidate, *_FIXED.get(part, (12, 31)))
        if day is not None and (day >= today or year):
            return day
    return None


def _terms(folded: str, today: date) -> list[DeadlineMention]:
    found = []
    for m in _WITHIN.finditer(folded):
        before = folded[max(0, m.start() - 12) : m.start()]
        stated = m["in"] or _TERM_BEFORE.search(before) or _TERM_AFTER.match(folded, m.end())
        if not stated or _NOT_A_TERM.search(before) or before[-1:].isdigit():
            continue
        number = read_number(m["n"])
        if number is None or number[1] or number[0] > 1000:
            continue
        day = after(today, number[0], m["unit"])
        if day is not None:
            found.append(DeadlineMention(day, m.start(), m.end()))
    return found


def _year(word: str | None, today: date) -> int | None:
    if not word:
        return None
    if word[:1].isdigit():
        return int(word[:4])
    return today.year + {"明年": 1, "次年": 1, "后年": 2}.get(word, 0)


def _int(text: str) -> int:
    number = read_number(text)
    return 0 if number is None else int(number[0])


# Most exact first; with each the characters of which a text has one, or the reader finds nothing.
_READERS: Final[tuple[tuple[Callable[[str, date], list[DeadlineMention]], str], ...]] = (
    (_iso, "-/.年"),
    (_months, "月"),
    (english_dates, "yYeEoOlLuU"),
    (_festivals, "年底节午秋庆旦一假春冬期季内"),
    (_terms, "天日周月年期拜度"),
    (english_terms, "yYkKhH"),
    (_relative_months, "月"),
    (_weeks, "周期拜"),
    (_days, "天"),
)
