"""Deadlines in English: within 30 days, by 10 June, before the end of September."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Final

from matching.days import DeadlineMention, add_months, after, month_day, month_end

_MONTH_NAMES: Final = {name.lower(): i for i, name in enumerate(calendar.month_name) if name} | {
    name.lower(): i for i, name in enumerate(calendar.month_abbr) if name
}
_NAMES: Final = "|".join(sorted([*_MONTH_NAMES, "sept"], key=len, reverse=True))
_ENGLISH_WITHIN: Final = re.compile(
    r"\b(?:within|in|lead time(?: of)?|delivery (?:time )?(?:within|in)?)\s?:?\s?(?:the next )?(?P<n>\d{1,3}|a|one|two|three|four|five|six)\s(?P<unit>days?|weeks?|months?|working days?)\b",
    re.IGNORECASE,
)
_ENGLISH_DATE: Final = re.compile(
    rf"\b(?:by|before|until|no later than|not later than|deadline:?|delivery:?|due)\s(?P<part>the end of |end of |end |mid[- ]|early )?"
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<m1>{_NAMES})|(?P<m2>{_NAMES})\.?(?:\s(?P<d2>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?)?)\b\.?,?\s?(?P<year>20\d\d)?",
    re.IGNORECASE,
)
_ENGLISH_END: Final = re.compile(
    r"\b(?:by|before)\s(?:the\s)?(?P<what>end of (?:the |this )?(?P<span>month|year|week)|end of next month|next month|christmas|year[- ]end)\b",
    re.IGNORECASE,
)
_WORDS: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def english_dates(folded: str, today: date) -> list[DeadlineMention]:
    """Every date named after "by", "before" and the like, from ``today`` on."""
    found = []
    for m in _ENGLISH_DATE.finditer(folded):
        name = (m["m1"] or m["m2"]).lower()
        month = _MONTH_NAMES.get(name[:3], 9)
        number = m["d1"] or m["d2"]
        part = {"mid": "中", "ear": "初"}.get((m["part"] or "")[:3].lower(), "底" if m["part"] else None)
        day_number = int(number) if number else None
        years = [int(m["year"])] if m["year"] else [today.year, today.year + 1]
        days = [
            month_day(y, month, part, day_number, not (part or number) and m[0].lower().startswith("before"))
            for y in years
        ]
        day = next((d for d in days if d is not None and d >= today), None)
        if day is not None:
            found.append(DeadlineMention(day, m.start(), m.end()))
    for m in _ENGLISH_END.finditer(folded):
        what = m["what"].lower()
        ahead = 1 if "next month" in what else 0
        year, month = add_months(today.year, today.month, ahead)
        if "year" in what:
            end = date(today.year, 12, 31)
        elif "christmas" in what:
            end = date(today.year, 12, 25)
        elif "week" in what:
            end = today + timedelta(days=6 - today.weekday())
        else:
            end = month_end(year, month)
        found.append(DeadlineMention(end, m.start(), m.end()))
    return found


def english_terms(folded: str, today: date) -> list[DeadlineMention]:
    """Every term counted from ``today``: "within 30 days", "in two weeks"."""
    found = []
    for m in _ENGLISH_WITHIN.finditer(folded):
        word = m["n"].lower()
        count = _WORDS.get(word) or int(word) if not word.isdigit() else int(word)
        unit = m["unit"].lower().rstrip("s")
        day = after(today, count, {"day": "天", "week": "周", "month": "个月"}.get(unit, "工作日"))
        if day is not None:
            found.append(DeadlineMention(day, m.start(), m.end()))
    return found
