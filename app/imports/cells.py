"""From what a cell holds to text, and what was lost on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from app.imports.encodings import REPLACEMENT
from app.imports.problems import CellProblem

EXACT_DIGITS = 15
"""A spreadsheet keeps 15 significant digits of a number."""


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one cell, and what is wrong with it."""

    text: str = ""
    problem: CellProblem | None = None


EMPTY = Content()

_SCIENTIFIC = re.compile(r"\d(?:\.(\d+))?E\+(\d{1,3})", re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_EDGES = " \t\r\n\v\f\u00a0\u3000\u200b\u200e\u200f\u2060\ufeff"
_ALL_ZEROS = re.compile(r"0{2,}")


def clean_text(text: str) -> str:
    """A cell's text without blanks at its ends, and without the ``="…"`` that keeps Excel from reading a number."""
    if "_x000" in text:
        text = text.replace("_x000D_", "").replace("_x000A_", "\n")
    text = text.strip(_EDGES)
    if text.startswith('="') and (found := _TEXT_FORMULA.fullmatch(text)):
        return found[1].strip(_EDGES)
    return text


def text_problem(column: str, text: str) -> CellProblem | None:
    """A character that could not be decoded, or a long number a spreadsheet wrote as 9.12101E+17."""
    if REPLACEMENT in text:
        return CellProblem("undecodable_bytes", column, text)
    if "+" in text and (found := _SCIENTIFIC.fullmatch(text)) and len(found[1] or "") < int(found[2]):
        return CellProblem("digits_lost", column, text)
    return None


def number_text(value: int | float, number_format: str = "General") -> str:
    """5.0 as "5", 0.1 as "0.1", never an exponent; 21010 in the format "000000" as "021010"."""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return ""
        plain = format(Decimal(repr(value)), "f")
        text = plain.rstrip("0").rstrip(".") if "." in plain else plain
    else:
        text = str(value)
    return text.zfill(len(number_format)) if _ALL_ZEROS.fullmatch(number_format) and text.isdigit() else text


def number_problem(column: str, value: int | float) -> CellProblem | None:
    """A whole number too long for a spreadsheet to have kept, as when a credit code is entered as a number.

    Other programs write integers with all their digits; those with more than EXACT_DIGITS significant ones are whole.
    """
    if abs(value) < 10**EXACT_DIGITS:
        return None
    digits = str(abs(value))
    if isinstance(value, int) and len(digits.rstrip("0")) > EXACT_DIGITS:
        return None
    return CellProblem("digits_lost", column, number_text(value))


def date_text(value: date) -> str:
    """ISO 8601; the time of day only where there is one."""
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat()


def cell_content(cell: Any, column: str) -> Content:
    """What an openpyxl cell holds, as text; ``column`` is the header to name in a problem."""
    value = cell.value
    if value is None:
        return EMPTY
    if isinstance(value, str):
        text = clean_text(value)
        if cell.data_type == "e":
            return Content("", CellProblem("formula_error", column, text, {"value": text}))
        return Content(text, text_problem(column, text))
    if isinstance(value, bool):
        return Content("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return Content(number_text(value, cell.number_format), number_problem(column, value))
    if isinstance(value, date):
        return Content(date_text(value))
    return Content(value.isoformat(timespec="seconds") if isinstance(value, time) else str(value))
