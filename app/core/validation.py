"""What pydantic found wrong with a request, as Problems a person can act on. What was sent is never repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.errors import Problem
from app.core.refusals import REFUSED
from app.core.text import BLANK, CONTROL_CHARACTER, TOO_LONG, printable

MOST_PROBLEMS = 50

MESSAGES: dict[str, tuple[str, str]] = {
    # pydantic's error type: our code (the same words the catalogue uses), and the message.
    "missing": ("required", "必填"),
    "string_too_short": ("required", BLANK),
    "string_too_long": ("too_long", TOO_LONG),
    "string_unicode": ("control_character", CONTROL_CHARACTER),
    "string_pattern_mismatch": ("bad_format", "格式不符，应匹配 {pattern}"),
    "string_type": ("type", "应为文字"),
    "int_type": ("type", "应为整数"),
    "int_parsing": ("type", "应为整数"),
    "int_from_float": ("type", "应为整数"),
    "float_type": ("type", "应为数字"),
    "float_parsing": ("type", "应为数字"),
    "finite_number": ("type", "应为数字"),
    "bool_type": ("type", "应为 true 或 false"),
    "bool_parsing": ("type", "应为 true 或 false"),
    "list_type": ("type", "应为列表"),
    "model_type": ("type", "应为对象"),
    "model_attributes_type": ("type", "应为 JSON 对象，并带 Content-Type: application/json"),
    "dict_type": ("type", "应为对象"),
    "uuid_type": ("type", "应为 UUID"),
    "uuid_parsing": ("type", "应为 UUID"),
    "literal_error": ("not_an_option", "须为以下之一：{expected}"),
    "enum": ("not_an_option", "须为以下之一：{expected}"),
    "greater_than_equal": ("out_of_range", "不得小于 {ge}"),
    "greater_than": ("out_of_range", "须大于 {gt}"),
    "less_than_equal": ("out_of_range", "不得大于 {le}"),
    "less_than": ("out_of_range", "须小于 {lt}"),
    "too_long": ("too_many", "最多 {max_length} 项，请减少"),
    "too_short": ("too_few", "至少 {min_length} 项"),
    "invalid": ("invalid", "不符合要求"),
    "extra_forbidden": ("unknown_field", "没有这个字段，请删去"),
    "json_invalid": ("malformed_json", "不是有效的 JSON"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        ("malformed_date", "须为真实存在的日期，如 2026-03-31"),
    ),
}


def problems_of(errors: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Problems, in the order found, of what ``ValidationError.errors()`` gives for a request."""
    return [_problem(error) for error in errors[:MOST_PROBLEMS]]


def _problem(error: Mapping[str, Any]) -> Problem:
    kind = error["type"]
    where = error["loc"][1:] if kind != "json_invalid" else ()
    field = ".".join(printable(part) for part in where)
    if kind == REFUSED:
        said = error["ctx"]
        return Problem(field, said["code"], said["message"], said["params"])
    params = {name: _shown(value) for name, value in error.get("ctx", {}).items()}
    if kind not in MESSAGES and kind.endswith(("_type", "_parsing")):
        return Problem(field, "type", "类型不符")
    code, message = MESSAGES.get(kind, MESSAGES["invalid"])
    used = {name: value for name, value in params.items() if "{" + name + "}" in message}
    return Problem(field, code, message, used)


def _shown(value: Any) -> Any:
    """A limit as JSON: numbers as they are, lists of literals without pydantic's quotes."""
    if isinstance(value, int | float):
        return value
    return str(value).replace("'", "").replace(" or ", ", ")
