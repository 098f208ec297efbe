"""What can be wrong with a table, and what to tell the person who made it, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["zh", "en"]
Params = Mapping[str, str | int]


class UnreadableTable(ValueError):
    """A file that cannot be read as a table; ``code`` is stable, ``params`` fill the message."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params: Params = params
        super().__init__(f"{code}: {dict(params)}" if params else code)


class UnreadableMapping(ValueError):
    """A column mapping file that cannot be used; ``code`` is stable, ``params`` fill the message."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params: Params = params
        super().__init__(f"{code}: {dict(params)}" if params else code)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing wrong in one row. ``column`` is the header as written, empty when the whole row is meant."""

    code: str
    column: str = ""
    value: str = ""
    params: Params = field(default_factory=dict)


_TABLE_TEXTS: dict[str, tuple[str, str]] = {
    "unsupported_format": (
        "不支持这种文件（{format}）。请在 Excel 或 WPS 中另存为 .xlsx，或导出为 UTF-8 编码的 .csv，再上传。",
        "This kind of file ({format}) is not supported. Save it as .xlsx, or export it as UTF-8 .csv, and upload again.",
    ),
    "encrypted_workbook": (
        "工作簿有打开密码。请先去掉密码（文件 → 信息 → 保护工作簿），再上传。",
        "The workbook is protected by a password. Remove it (File → Info → Protect Workbook) and upload again.",
    ),
    "damaged_file": (
        "文件已损坏或没有传完整（大约在第 {line} 行）。请重新导出后再上传。",
        "The file is damaged or incomplete (near line {line}). Export it again and upload it again.",
    ),
    "too_large": (
        "文件解压后超过 {limit_mb} MB。请拆成几个文件分别上传。",
        "The file unpacks to more than {limit_mb} MB. Split it and upload the parts one by one.",
    ),
    "undecodable_bytes": (
        "第 {line} 行起文字编码无法识别。请将文件另存为“CSV UTF-8（逗号分隔）”或 .xlsx，再上传。",
        'From line {line} on, the text encoding is not recognised. Save it as "CSV UTF-8" or .xlsx and upload again.',
    ),
    "empty_table": (
        "文件里没有任何内容。请确认表头和数据在第一个可见的工作表中，再上传。",
        "The file holds no rows. Check that headers and data stand in a visible sheet and upload again.",
    ),
    "no_known_headers": (
        "前 {rows} 行里没有认出表头（看到的是：{found}）。请把表头改成模板中的名称，或提供列对应文件；"
        "如果看到的是乱码，请另存为 UTF-8 编码。",
        "No known column names in the first {rows} rows (seen: {found}). Rename the headers as in the template, or give "
        "a column mapping file; if what is seen is garbled, save the file as UTF-8.",
    ),
    "missing_columns": (
        "缺少必需的列：{columns}（未认出的列：{found}）。请改正表头，或提供列对应文件。",
        "Required columns are missing: {columns} (not recognised: {found}). Correct the headers, or give a column "
        "mapping file.",
    ),
    "no_such_sheet": (
        "没有名为“{sheet}”的工作表。可选：{sheets}。",
        'There is no sheet named "{sheet}". There are: {sheets}.',
    ),
}

_MAPPING_TEXTS: dict[str, tuple[str, str]] = {
    "unreadable": (
        "列对应文件无法读取（{detail}）。请使用 UTF-8 编码的 .toml 或 .json 文件。",
        "The column mapping cannot be read ({detail}). Use a .toml or .json file in UTF-8.",
    ),
    "no_columns": (
        '列对应文件缺少 columns 一节，例如 {{"columns": {{"公司": "name"}}}}。',
        'The column mapping has no "columns" section, such as {{"columns": {{"公司": "name"}}}}.',
    ),
    "not_text": (
        "列对应文件中“{column}”一项的值必须是字段名（文字）。",
        'In the column mapping the value of "{column}" must be a field name (text).',
    ),
    "unknown_field": (
        "列对应文件把“{column}”对应到不存在的字段“{field}”。可用字段：{fields}。",
        'The column mapping sends "{column}" to the unknown field "{field}". Known fields: {fields}.',
    ),
}

_CELL_TEXTS: dict[str, tuple[str, str]] = {
    "undecodable_bytes": (
        "有文字因编码错误而丢失（显示为 \ufffd）。请在原文件中改正此单元格。",
        "Characters were lost to a wrong encoding (shown as \ufffd). Correct this cell in the original file.",
    ),
    "digits_lost": (
        "长数字被存成了数值，末尾的数字已丢失。请把该列设为“文本”格式后重新填写。",
        'A long code was stored as a number and its last digits are lost. Format the column as "Text" and enter it again.',
    ),
    "formula_error": (
        "公式结果是错误值 {value}。请改正公式或直接填写内容。",
        "The formula gives the error {value}. Correct it or enter the content directly.",
    ),
    "unclosed_quote": (
        '此行有没有配对的双引号，本行未读入。请补上引号，或把内容里的一个双引号写成两个（""）。',
        'A double quote on this line is never closed, so the line was not read. Close it, or double it ("") inside a value.',
    ),
    "field_too_long": (
        "单元格超过 {limit} 个字符，本行未读入。请缩短内容。",
        "A cell is longer than {limit} characters, so the line was not read. Shorten it.",
    ),
    "too_many_cells": (
        "此行有 {found} 个单元格，表头只有 {expected} 个，内容可能错位。含分隔符的内容请加双引号。",
        "This row has {found} cells but the header has {expected}, so values may be shifted. "
        "Quote values that contain the delimiter.",
    ),
}


def _text(texts: Mapping[str, tuple[str, str]], code: str, params: Params, language: Language) -> str:
    return texts[code][0 if language == "zh" else 1].format(**params)


def table_problem_text(error: UnreadableTable, language: Language) -> str:
    """What is wrong with the file and what to do about it."""
    return _text(_TABLE_TEXTS, error.code, error.params, language)


def mapping_problem_text(error: UnreadableMapping, language: Language) -> str:
    """What is wrong with the column mapping file and what to do about it."""
    return _text(_MAPPING_TEXTS, error.code, error.params, language)


def cell_problem_text(problem: CellProblem, language: Language) -> str:
    """What is wrong in the row and what to do about it."""
    return _text(_CELL_TEXTS, problem.code, problem.params, language)
