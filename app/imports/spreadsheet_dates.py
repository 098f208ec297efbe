"""Dates as people and spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Literal

EARLIEST_YEAR, LATEST_YEAR = 1800, 2200
"""No firm here is older, and a year beyond is a slip of the keyboard."""

_CLOCK = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_SEPARATED = re.compile(rf"(\d{{4}})\s*([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{1,2}}){_CLOCK}")
_CHINESE = re.compile(rf"(\d{{4}})\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]{_CLOCK}")
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_CLOCK}")


class MalformedDate(ValueError):
    """Text that is no date: not written as one, not in the calendar (2月30日), or in an unlikely year."""

    def __init__(
        self, text: str, code: Literal["malformed_date", "impossible_date", "year_out_of_range"]
    ) -> None:
        self.text = text
        self.code = code
        super().__init__(f"{code}: {text!r}")


def parse_date(text: str) -> date:
    """Read 1999-01-02, 1999/1/2, 1999.1.2, 1999年1月2日 or 19990102, full-width or not, a time of day dropped.

    Day-first and month-first dates (1/2/1999) are refused: nobody can tell them apart. Raises MalformedDate.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if found := _SEPARATED.fullmatch(plain):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _CHINESE.fullmatch(plain) or _COMPACT.fullmatch(plain):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    else:
        raise MalformedDate(text, "malformed_date")
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise MalformedDate(text, "year_out_of_range")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise MalformedDate(text, "impossible_date") from error
