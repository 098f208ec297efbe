"""Slips of the input method put right, and right words left alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.nouns import goods_words
from matching.spelling import correct_name, correct_slips
from matching.understand import understand


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("镙丝镙母", "螺丝螺母"),
        ("不锈钢法栏", "不锈钢法兰"),
        ("蓄电迟", "蓄电池"),
        ("轴称座", "轴承座"),
        ("换热气", "换热器"),
        ("离心蹦", "离心泵"),
        ("减速几", "减速机"),
        ("夹套式换热气", "夹套式换热器"),
    ],
)
def test_slips(written: str, meant: str) -> None:
    assert correct_name(correct_slips(written)) == meant


@pytest.mark.parametrize(
    "name",
    [
        "电焊条",
        "药芯焊丝",
        "电池及能源系统",
        "金属夹",
        "橡胶袋",
        "圆钢",
        "板簧",
        "装载机",
        "玉米芯",
        "压力容器",
        "双头螺柱",
    ],
)
def test_right_words_stay(name: str) -> None:
    assert correct_name(correct_slips(name)) == name


def test_names_of_goods_stay() -> None:
    changed = [word for word in goods_words() if correct_slips(word) != word or correct_name(word) != word]
    assert len(changed) <= 1, "of 9,000 names"


@given(st.text(alphabet="轴承法栏镙丝a1 的不锈钢", max_size=30))
def test_length_stays(text: str) -> None:
    assert len(correct_slips(text)) == len(text)
    assert len(correct_name(text)) == len(text)


def test_need_says_what_was_put_right() -> None:
    need = understand("求购不秀钢法栏200片", today=date(2026, 5, 20))
    assert need.what == ("不锈钢法兰",)
    assert need.corrected == ("不秀钢法栏→不锈钢法兰",)
    assert need.materials == ("不锈钢",)
    assert need.text == "求购不秀钢法栏200片"
