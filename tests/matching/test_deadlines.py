"""Deadlines resolved against a given day: absolute, festival, relative, English, and the traps."""

from __future__ import annotations

from datetime import date

import pytest

from matching.deadlines import find_deadline

TODAY = date(2026, 5, 20)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9月底前到辽阳", "2026-09-30"),
        ("6月10日前必须送到", "2026-06-10"),
        ("2026-12-01", "2026-12-01"),
        ("2026年12月1日前", "2026-12-01"),
        ("三月底前完工", "2027-03-31"),
        ("明年3月底前完工", "2027-03-31"),
        ("厂里9月前要用上", "2026-08-31"),
        ("八月安装", "2026-08-31"),
        ("十二月中旬交货", "2026-12-20"),
        ("一个月内", "2026-06-20"),
        ("两个月内供货", "2026-07-20"),
        ("一个半月内", "2026-07-05"),
        ("20天内到普兰店", "2026-06-09"),
        ("10个工作日内", "2026-06-03"),
        ("交货期三个月", "2026-08-20"),
        ("图纸确认后四个月交货", "2026-09-20"),
        ("约400方，下月用", "2026-06-30"),
        ("下个月初", "2026-06-05"),
        ("月底前", "2026-05-31"),
        ("下周五", "2026-05-29"),
        ("国庆前交还", "2026-10-01"),
        ("春节前到货", "2027-02-06"),
        ("中秋前", "2026-09-25"),
        ("年底前投产", "2026-12-31"),
        ("明年五一前", "2027-05-01"),
        ("暑假内送货", "2026-08-31"),
        ("within 30 days", "2026-06-19"),
        ("in two weeks", "2026-06-03"),
        ("by 10 July", "2026-07-10"),
        ("before Sept 30", "2026-09-30"),
        ("before end of September", "2026-09-30"),
        ("by March 15, 2027", "2027-03-15"),
        ("by the end of next month", "2026-06-30"),
    ],
)
def test_deadline(text: str, day: str) -> None:
    found = find_deadline(text, TODAY)
    assert found is not None
    assert found.day.isoformat() == day
    assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "2003年建的",
        "用不到四个月缝隙就磨大了",
        "每月15吨",
        "质保12个月内",
        "响应不超过24小时",
        "用了18年",
        "交期两三个月还常涨价",
        "月产500吨",
        "2019年3月底前已经停产",
        "2019年3月底前投产的老线",
        "2024-03-01前到货",
        "13月底前",
        "2026年2月30日",
        "a rate valid for six months",
        "",
    ],
)
def test_no_deadline(text: str) -> None:
    assert find_deadline(text, TODAY) is None


def test_month_ends_and_leap_years() -> None:
    found = find_deadline("一个月内", date(2028, 1, 31))
    assert found is not None
    assert found.day == date(2028, 2, 29)
