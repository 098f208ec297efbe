"""What is wrong with a registration, in the words of the person who typed it."""

from __future__ import annotations

from app.core.errors import Problem
from app.registry.capital import InvalidCapital
from app.registry.uscc import InvalidUscc

USCC_MESSAGES = {
    "uscc_empty": "请填写统一社会信用代码",
    "uscc_length": "统一社会信用代码应为 {expected_length} 位，现为 {length} 位",
    "uscc_alphabet": "第 {position} 位“{found}”不是代码字符（代码不用 I、O、S、V、Z）",
    "uscc_division": "第 {position} 位“{found}”应为数字（第 3 至 8 位是区划代码）",
    "uscc_check_character": "校验位不符：第 {position} 位为“{found}”，应为“{expected}”，请核对是否抄错",
}
CAPITAL_MESSAGES = {
    "capital_too_large": "注册资本的数额过大",
    "capital_unreadable": "注册资本应写明数额和单位，如“500万元人民币”",
    "capital_currency": "不认识注册资本的币种，可写人民币、美元、港元、欧元、日元等",
}


def uscc_problem(field: str, error: InvalidUscc) -> Problem:
    """The position at fault and likely readings go into ``params``."""
    params = {**error.params, "suggestions": list(error.suggestions)}
    return Problem(field, error.code, USCC_MESSAGES[error.code], params)


def capital_problem(field: str, error: InvalidCapital) -> Problem:
    """A capital that cannot be read."""
    return Problem(field, error.code, CAPITAL_MESSAGES[error.code])
