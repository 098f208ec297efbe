"""What is wrong with a listing's fields, as codes for programs and sentences for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from app.catalogue.declarations import FieldDeclaration, Language
from app.catalogue.units import UNITS


@dataclasses.dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field. ``params`` is JSON-able and never repeats what was sent.

    ``params["label"]`` holds the field's words (zh, en) and ``params["part"]`` the member of a quantity, range or
    window at fault, where there is one.
    """

    field: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class InvalidFields(ValueError):
    """The fields of a listing were refused; ``problems`` lists every field at fault, in form order."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{problem.field}: {problem.code}" for problem in self.problems))


class Refused(Exception):
    """One value cannot be read; becomes a FieldProblem once the field is known."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def problem(declared: FieldDeclaration, code: str, **params: Any) -> FieldProblem:
    """A problem of a declared field, carrying its label."""
    return FieldProblem(
        declared.key, code, {"label": {"zh": declared.label.zh, "en": declared.label.en}, **params}
    )


_EXPECTED = {
    "object": ("由字段名和取值组成的对象", "an object of field names and values"),
    "text": ("文字", "text"),
    "long_text": ("文字", "text"),
    "texts": ("由若干段文字组成的列表", "a list of texts"),
    "integer": ("整数", "a whole number"),
    "decimal": ("数字", "a number"),
    "money": ("以元为单位的数字", "a number, in CNY"),
    "quantity": (
        '数值和单位，如 {"value": 500, "unit": "t"}',
        'a value and a unit, as {"value": 500, "unit": "t"}',
    ),
    "range": (
        '下限、上限（至少一个）和单位，如 {"low": 10, "high": 50, "unit": "mm"}',
        'low, high (at least one) and unit, as {"low": 10, "high": 50, "unit": "mm"}',
    ),
    "date": ("日期", "a date"),
    "boolean": ("是或否", "yes or no (true or false)"),
    "option": ("一个选项", "one option"),
    "options": ("由若干选项组成的列表", "a list of options"),
    "windows": (
        '时段列表，如 [{"from": "2026-01-01", "to": "2026-03-31", "free": 40}]',
        'a list of windows, as [{"from": "2026-01-01", "to": "2026-03-31", "free": 40}]',
    ),
}

_MESSAGES: dict[str, tuple[str, str]] = {
    "unknown_field": (
        "没有{label}这个字段，请删去；可填：{names}。",
        "There is no field {label}: remove it. Known: {names}.",
    ),
    "hidden_field": (
        "{label}只在“{when}”为{values}时填写，请删去或修改“{when}”。",
        "{label} is asked for only when {when} is {values}: remove it or change {when}.",
    ),
    "required": ("请填写{label}。", "Fill in {label}."),
    "type": ("{label}应为{expected}。", "{label} must be {expected}."),
    "not_an_option": ("{label}须从以下选项中选取：{options}。", "Choose {label} from: {options}."),
    "unknown_unit": ("{label}的单位须为：{units}。", "State {label} in one of: {units}."),
    "out_of_range": (
        "{label}须在 {minimum} 至 {maximum}{unit} 之间。",
        "{label} must be from {minimum} to {maximum}{unit}.",
    ),
    "reversed": ("{label}的起始值大于结束值，请对调。", "{label} starts above its end: swap the two."),
    "too_long": (
        "{label}最多 {max_length} 个字，请缩短。",
        "Shorten {label} to at most {max_length} characters.",
    ),
    "too_many": ("{label}最多 {max_items} 项，请减少。", "Keep {label} to at most {max_items} entries."),
    "control_character": (
        "{label}含有不可见的控制字符或不该有的换行，请重新输入。",
        "{label} holds an invisible control character or a line break: type it again.",
    ),
    "malformed_date": (
        "{label}须为 1900 至 2099 年间真实存在的日期，如 2026-03-31。",
        "{label} must be a real date from 1900 to 2099, written as 2026-03-31.",
    ),
    "bad_format": ("{label}格式不符：{help}", "{label} is not in the expected form: {help}"),
}

CODES = frozenset(_MESSAGES)


def problem_text(found: FieldProblem, language: Language) -> str:
    """A sentence saying what is wrong and what to do, in ``language``."""
    chinese = language == "zh"
    words = {key: _in_words(key, value, language) for key, value in found.params.items()}
    label = words.get("label") or found.field or ("字段" if chinese else "fields")
    words["label"] = f"“{label}”"
    words.setdefault("unit", "")
    return _MESSAGES[found.code][0 if chinese else 1].format(**words)


def _in_words(key: str, value: Any, language: Language) -> str:
    chinese = language == "zh"
    if key in {"label", "when", "help"}:
        return str(value[language])
    if key == "expected":
        return _EXPECTED[value][0 if chinese else 1]
    if key in {"options", "values"}:
        shown = [
            f"{item['value']}（{item['zh']}）" if chinese else f"{item['value']} ({item['en']})"
            for item in value
        ]
        return ("、" if chinese else ", ").join(shown)
    if key == "units":
        shown = [f"{code}（{UNITS[code].zh}）" if chinese else code for code in value]
        return ("、" if chinese else ", ").join(shown)
    if key == "names":
        return ("、" if chinese else ", ").join(value)
    if key == "unit":
        return f" {UNITS[value].in_language(language)}" if value else ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:.10g}"
    return str(value)
