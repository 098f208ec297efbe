"""Why a row was not imported, in Chinese and in English, each saying what to do."""

from __future__ import annotations

from dataclasses import dataclass

from app.imports.problems import CellProblem, cell_problem_text


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One line of the error file. ``column`` is the header as written, "" when the whole row is meant."""

    code: str
    column: str
    value: str
    zh: str
    en: str


_TEXTS: dict[str, tuple[str, str]] = {
    "required": ("此列必填。", "This column is required."),
    "too_long": ("最多 {max_length} 个字，请缩短。", "Shorten it to at most {max_length} characters."),
    "too_many": ("最多 {max_items} 项，请减少。", "Keep it to at most {max_items} entries."),
    "uscc_length": (
        "统一社会信用代码应为 {expected_length} 位，现为 {length} 位。",
        "A unified social credit code has {expected_length} characters; this has {length}.",
    ),
    "uscc_alphabet": (
        "第 {position} 位“{found}”不是代码字符（代码不用 I、O、S、V、Z）。",
        'Character {position}, "{found}", is not used in these codes (I, O, S, V and Z never are).',
    ),
    "uscc_division": (
        "第 {position} 位“{found}”应为数字（第 3 至 8 位是区划代码）。",
        'Character {position}, "{found}", must be a digit (3 to 8 are the division).',
    ),
    "uscc_check_character": (
        "校验位不符：第 {position} 位为“{found}”，按前 17 位应为“{expected}”，请核对是否抄错。",
        'The check character does not fit: character {position} is "{found}", the first 17 give "{expected}".',
    ),
    "capital_unreadable": (
        "注册资本应写明数额和单位，如“500万元人民币”。",
        'State the amount and its unit, as in "500万元人民币".',
    ),
    "capital_currency": (
        "不认识注册资本的币种，可写人民币、美元、港元、欧元、日元等。",
        "Unknown currency; CNY, USD, HKD, EUR, JPY and others are known.",
    ),
    "capital_too_large": ("注册资本的数额过大，请核对。", "The amount is too large to be true: check it."),
    "malformed_date": (
        "不是日期，请写成 2026-03-31。日在前或月在前的写法无法分辨。",
        "Not a date: write 2026-03-31. Day-first and month-first cannot be told apart.",
    ),
    "impossible_date": ("日历上没有这一天，请核对。", "There is no such day in the calendar: check it."),
    "year_out_of_range": ("年份不可能，请核对。", "The year cannot be right: check it."),
    "unknown_status": (
        "不认识的登记状态。可写：存续、在业、开业、停业、清算、吊销、注销。",
        "Unknown status. Known: active, suspended, revoked, deregistered.",
    ),
    "unknown_industry": (
        "不是《国民经济行业分类》（GB/T 4754-2017）的代码或名称。",
        "Neither a code nor a name of GB/T 4754-2017.",
    ),
    "not_a_whole_number": ("人数应为一个整数，如 86。", "Give one whole number of people, such as 86."),
    "malformed_website": (
        "不是网址，应形如 www.example.cn 或 https://example.cn。",
        "Not a web address, such as www.example.cn or https://example.cn.",
    ),
    "malformed_phone": (
        "不是电话，应为 5 至 20 位数字，可带区号、分机，如 024-88888888。",
        "Not a telephone number of 5 to 20 digits, such as 024-88888888.",
    ),
    "malformed_email": (
        "不是电子邮箱，应形如 sales@example.com。",
        "Not an e-mail address, such as sales@example.com.",
    ),
    "duplicate_in_file": (
        "与第 {row} 行是同一{what}而内容不同，已采用第 {row} 行。请只保留一行。",
        "Row {row} is the same {what_en} with other content and was taken. Keep only one of them.",
    ),
    "unknown_company": (
        "此企业尚未登记，请先导入企业。",
        "This company is not registered yet: import companies first.",
    ),
    "unknown_kind": (
        "不认识的要素类别。可写：{names}。",
        "Unknown kind of production factor. Known: {names_en}.",
    ),
    "unknown_role": ("不认识的供应方式。可写：{names}。", "Unknown role. Known: {names_en}."),
    "not_offered": (
        "企业已撤下或否认此项供给，未覆盖企业的决定。",
        "The company withdrew or dismissed this listing; its decision stands.",
    ),
}


def row_problem(code: str, column: str = "", value: str = "", **params: str | int) -> RowProblem:
    """A problem of one of the codes above."""
    zh, en = _TEXTS[code]
    return RowProblem(code, column, value, zh.format(**params), en.format(**params))


def with_suggestions(problem: RowProblem, suggestions: tuple[str, ...]) -> RowProblem:
    """The same problem, naming what was likely meant."""
    if not suggestions:
        return problem
    zh = f"{problem.zh}可能是：{'、'.join(suggestions)}。"
    en = f"{problem.en} Perhaps: {', '.join(suggestions)}."
    return RowProblem(problem.code, problem.column, problem.value, zh, en)


def from_cell(problem: CellProblem) -> RowProblem:
    """What the table's reader found wrong."""
    return RowProblem(
        problem.code,
        problem.column,
        problem.value,
        cell_problem_text(problem, "zh"),
        cell_problem_text(problem, "en"),
    )
