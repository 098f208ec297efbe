"""A field's value is cleaned, or refused with a code, by the type declared."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest

from app.catalogue.declarations import FieldDeclaration
from app.catalogue.problems import Refused
from app.catalogue.values import is_blank, read_value

WORDS = {"zh": "名称", "en": "Name"}
OPTIONS = [{"value": "a", "zh": "甲", "en": "A"}, {"value": "b", "zh": "乙", "en": "B"}]
MM = {"units": ["mm", "m"], "minimum": 1, "maximum": 5000}


def field(type_: str, **more: Any) -> FieldDeclaration:
    if type_ in {"option", "options"}:
        more["options"] = OPTIONS
    return FieldDeclaration.model_validate({"key": "x", "label": WORDS, "help": WORDS, "type": type_, **more})


@pytest.mark.parametrize(
    ("declared", "raw", "clean"),
    [
        (field("text"), "  ＩＳ８０－65 \u200b", "IS80－65"),
        (field("text", pattern="[A-C][0-9]{2}"), "Ａ０１", "A01"),
        (field("long_text"), "一\r\n二\r三", "一\n二\n三"),
        (field("texts"), ["钢 ", "铝", "钢"], ["钢", "铝"]),
        (field("integer"), "１，２００", 1200),
        (field("integer"), 5.0, 5),
        (field("decimal", minimum=-10), "-0.50", -0.5),
        (field("decimal"), -0.0, 0),
        (field("money"), "3,980.5", 3980.5),
        (
            field("quantity", **MM),
            {"value": "１２", "unit": "米"} | {"value": "3"},
            {"value": 3, "unit": "m"},
        ),
        (
            field("quantity", units=["t/month"]),
            {"value": 500, "unit": "吨/月"},
            {"value": 500, "unit": "t/month"},
        ),
        (field("quantity", units=["m2"]), {"value": 20, "unit": "㎡"}, {"value": 20, "unit": "m2"}),
        (field("range", **MM), {"low": 2, "high": 3, "unit": "m"}, {"low": 2, "high": 3, "unit": "m"}),
        (field("range", **MM), {"low": "", "high": 3, "unit": "m"}, {"high": 3, "unit": "m"}),
        (field("date"), "2026年3月1日", "2026-03-01"),
        (field("date"), "２０２６／３／１", "2026-03-01"),
        (field("date"), datetime.datetime(2026, 3, 1, 8, 30), "2026-03-01"),
        (field("boolean"), "是", True),
        (field("boolean"), "false", False),
        (field("option"), " a ", "a"),
        (field("options"), ["b", "a", "b"], ["a", "b"]),
        (field("options"), "b", ["b"]),
        (
            field("windows"),
            [
                {"from": "2026-05-01", "to": "2026-05-31", "free": "40"},
                {"from": "2026/1/1", "to": "2026/1/1", "free": 0},
            ],
            [
                {"from": "2026-01-01", "to": "2026-01-01", "free": 0},
                {"from": "2026-05-01", "to": "2026-05-31", "free": 40},
            ],
        ),
    ],
)
def test_good_values_come_back_clean(declared: FieldDeclaration, raw: Any, clean: Any) -> None:
    value = read_value(declared, raw)
    assert value == clean
    assert type(value) is type(clean)
    assert read_value(declared, value) == value, "cleaning is done once"


@pytest.mark.parametrize(
    ("declared", "raw", "code"),
    [
        (field("text"), 5, "type"),
        (field("text"), ["a"], "type"),
        (field("text"), {}, "type"),
        (field("text", max_length=3), "四个字啊", "too_long"),
        (field("text"), "a\x00b", "control_character"),
        (field("text"), "a\nb", "control_character"),
        (field("text"), "a\u202eb", "control_character"),
        (field("text"), "a\ud800b", "control_character"),
        (field("long_text"), "a\x07b", "control_character"),
        (field("text", pattern="[A-C][0-9]{2}"), "D01", "bad_format"),
        (field("text", pattern="[A-C][0-9]{2}"), "A011", "bad_format"),
        (field("texts"), "钢", "type"),
        (field("texts"), ["钢", None], "type"),
        (field("texts"), ["钢", " "], "type"),
        (field("texts", max_items=1), ["钢", "铝"], "too_many"),
        (field("integer"), 1.5, "type"),
        (field("integer"), True, "type"),
        (field("integer"), "1e3", "type"),
        (field("integer"), "1,2", "type"),
        (field("integer"), -1, "out_of_range"),
        (field("integer"), 10**400, "out_of_range"),
        (field("integer"), "9" * 5000, "type"),
        (field("decimal"), math.nan, "type"),
        (field("decimal"), math.inf, "type"),
        (field("decimal"), "NaN", "type"),
        (field("decimal"), "٣", "type"),
        (field("money"), -0.01, "out_of_range"),
        (field("money"), "¥5", "type"),
        (field("quantity", **MM), 5, "type"),
        (field("quantity", **MM), {"value": 5}, "unknown_unit"),
        (field("quantity", **MM), {"value": 5, "unit": "kg"}, "unknown_unit"),
        (field("quantity", **MM), {"value": 5, "unit": ["mm"]}, "unknown_unit"),
        (field("quantity", **MM), {"value": 6, "unit": "m"}, "out_of_range"),
        (field("quantity", **MM), {"value": 0.5, "unit": "mm"}, "out_of_range"),
        (field("quantity", **MM), {"value": "much", "unit": "mm"}, "type"),
        (field("quantity", **MM), {"value": 5, "unit": "mm", "about": True}, "type"),
        (field("range", **MM), {"low": 3, "high": 2, "unit": "m"}, "reversed"),
        (field("range", **MM), {"low": 3, "high": 6, "unit": "m"}, "out_of_range"),
        (field("date"), "2026-02-30", "malformed_date"),
        (field("date"), "1899-12-31", "malformed_date"),
        (field("date"), "soon", "malformed_date"),
        (field("date"), datetime.date(1, 1, 1), "malformed_date"),
        (field("date"), 20260301, "type"),
        (field("boolean"), 1, "type"),
        (field("boolean"), "maybe", "type"),
        (field("option"), "c", "not_an_option"),
        (field("option"), ["a"], "not_an_option"),
        (field("options"), ["a", "c"], "not_an_option"),
        (field("options"), {"a": 1}, "type"),
        (field("options"), [["a"]], "not_an_option"),
        (field("windows"), [{"from": "2026-01-02", "to": "2026-01-01", "free": 1}], "reversed"),
        (field("windows"), [{"from": "2026-01-01", "to": "2026-01-02", "free": 101}], "out_of_range"),
        (field("windows"), [{"from": "2026-01-01", "to": "2026-01-02"}], "type"),
        (field("windows"), [{"from": "2026-13-01", "to": "2026-01-02", "free": 1}], "malformed_date"),
        (field("windows"), ["2026"], "type"),
    ],
)
def test_bad_values_are_refused_with_their_code(declared: FieldDeclaration, raw: Any, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_value(declared, raw)
    assert caught.value.code == code


def test_what_a_form_sends_for_an_empty_field_is_blank() -> None:
    blanks: list[Any] = [None, "", "  ", "\u200b", []]
    for blank in blanks:
        assert is_blank(field("text"), blank)
    assert is_blank(field("quantity", **MM), {"value": "", "unit": "mm"})
    assert is_blank(field("range", **MM), {"low": None, "high": "", "unit": "mm"})
    assert not is_blank(field("boolean"), False)
    assert not is_blank(field("integer"), 0)
