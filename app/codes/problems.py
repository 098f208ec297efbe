"""What is wrong with an enterprise code, in the words of the person who typed it."""

from __future__ import annotations

from app.codes.numbers import InvalidCode, parse_code
from app.core.errors import InvalidInput, Problem

CODE_MESSAGES = {
    "code_empty": "请填写企业码",
    "code_length": "企业码应为 {expected_length} 位，现为 {length} 位",
    "code_alphabet": "第 {position} 位“{found}”不是企业码字符",
    "code_check_character": "企业码校验不符，很可能抄错或漏看了一位，请对照原码重新输入",
}
GS1_MESSAGES = {
    "gs1_path": "应为 GS1 标识路径：01、414、417、8003 或 8004，如 417/6901234567892",
    "gs1_value": "GS1 标识的长度或字符不符",
    "gs1_check_digit": "GS1 标识的校验位不符，请核对是否抄错",
}


def code_problem(field: str, error: InvalidCode) -> Problem:
    """The problem as the API and pages show it."""
    return Problem(field, error.code, CODE_MESSAGES[error.code], error.params)


def read_code(text: str, *, field: str = "code") -> str:
    """The normal form of a code; raises InvalidInput saying what is wrong."""
    try:
        return parse_code(text)
    except InvalidCode as error:
        raise InvalidInput(problems=[code_problem(field, error)]) from error
