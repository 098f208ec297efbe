"""Days a deadline may name: parts of months, terms from a day on, and what a found deadline is."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class DeadlineMention:
    """A last day and where the words for it stand."""

    day: date
    start: int
    end: int


def month_day(year: int, month: int, part: str | None, day: int | None, bare_before: bool) -> date | None:
    """The day a month's part (底, 中旬, …) or day number names; ``bare_before`` is "before the month"."""
    if not 1 <= month <= 12:
        return None
    if bare_before:
        return date(year, month, 1) - timedelta(days=1)
    if day is not None:
        return make_date(year, month, day)
    fixed = {"初": 5, "上旬": 10, "中": 15, "中旬": 20}.get(part or "")
    return date(year, month, fixed) if fixed else month_end(year, month)


def after(today: date, count: float, unit: str) -> date | None:
    """``today`` plus a term; five working days are a week."""
    try:
        if unit in ("天", "日"):
            return today + timedelta(days=round(count))
        if unit.endswith("工作日"):
            return today + timedelta(days=round(count * 7 / 5))
        if unit in ("周", "个星期", "星期", "个礼拜"):
            return today + timedelta(days=round(count * 7))
        months = {"个半月": count + 0.5, "个月": count, "个季度": count * 3, "年": count * 12}[unit]
        year, month = add_months(today.year, today.month, int(months))
        day = date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
        return day + timedelta(days=round((months % 1) * 30))
    except (ValueError, OverflowError):
        return None


def make_date(year: int, month: int, day: int) -> date | None:
    """The day, or None when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def add_months(year: int, month: int, ahead: int) -> tuple[int, int]:
    """Year and month ``ahead`` months later."""
    index = year * 12 + month - 1 + ahead
    return index // 12, index % 12 + 1
