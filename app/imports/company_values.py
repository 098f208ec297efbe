"""Single values of a company sheet: from the words of registries and chambers to what a Registration holds.

Each reader takes clean text that is not empty and raises Refused when it cannot be read.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from unicodedata import normalize

from app.imports.row_problems import RowProblem, row_problem, with_suggestions
from app.imports.row_text import split_list
from app.imports.spreadsheet_dates import MalformedDate, parse_date
from app.registry.capital import InvalidCapital, parse_capital
from app.registry.industries import all_industries, get_industry, industry_path
from app.registry.schemas import EMAIL, PHONE
from app.registry.uscc import InvalidUscc, parse_uscc

MOST_ENTRIES = 30
LONGEST_ENTRY = 40
LEAST_DIGITS, LONGEST_NUMBER = 5, 20
"""Of a telephone number; the longest with its separators, so that two numbers with a blank between are not one."""

# The first that is found decides: 吊销，未注销 is revoked, 吊销，已注销 is deregistered.
_STATUS = (
    ("deregistered", re.compile(r"(?<!未)注销|deregistered|dissolved|cancell?ed")),
    ("revoked", re.compile(r"吊销|撤销|责令关闭|revoked")),
    ("suspended", re.compile(r"停业|停止营业|歇业|清算|非正常|suspended|inactive|liquidation")),
    # A firm that moved to another registry goes on under its code.
    (
        "active",
        re.compile(r"存续|在业|在营|开业|在册|正常|营业|登记成立|迁[入出]|\bactive|\bregistered|existing"),
    ),
)
_INDUSTRY = re.compile(r"(?=[A-T0-9])([A-T])?([0-9]{2,4})?(?![0-9A-Z])")
_PEOPLE = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,8})\s*(?:人|名)?")
_NUMBER = re.compile(r"[\d.,]+")
_SEVERAL = re.compile(r"[\s;；,，、/|]+")
_WEBSITE = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)


class Refused(Exception):
    """A value that cannot be read; ``problem`` still lacks its column."""

    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read_uscc(text: str) -> str:
    """A valid unified social credit code."""
    try:
        return parse_uscc(text)
    except InvalidUscc as error:
        found = row_problem(error.code, "", "", **error.params)
        raise Refused(with_suggestions(found, error.suggestions)) from error


def read_capital(text: str, unit: str = "") -> str:
    """The capital as written, a bare number completed by the header's unit ("万元"); known to be readable."""
    if unit and _NUMBER.fullmatch(text):
        text += unit.replace("人民币万元", "万元人民币")
    try:
        parse_capital(text)
    except InvalidCapital as error:
        raise Refused(row_problem(error.code)) from error
    return text


def read_date(text: str) -> date:
    """A day."""
    try:
        return parse_date(text)
    except MalformedDate as error:
        raise Refused(row_problem(error.code)) from error


def read_status(text: str) -> str:
    """One of the registry's statuses."""
    folded = text.casefold()
    for status, words in _STATUS:
        if words.search(folded):
            return status
    raise Refused(row_problem("unknown_status"))


def read_industry(text: str) -> str:
    """A GB/T 4754-2017 code, from "3443", "C3443", "C3443 泵及真空设备制造" or "泵及真空设备制造"."""
    found = _INDUSTRY.match(text.upper())
    code = (found[2] or found[1]) if found else _industry_names().get(text, "")
    if not get_industry(code):
        raise Refused(row_problem("unknown_industry"))
    return code


@cache
def _industry_names() -> dict[str, str]:
    """Name -> code. Where a group and the one class in it are called alike, the group; where others are, ""."""
    names: dict[str, str] = {}
    for industry in all_industries():
        held = names.setdefault(industry.name, industry.code)
        if held not in [step.code for step in industry_path(industry.code)]:
            names[industry.name] = ""
    return names


def read_employees(text: str) -> int:
    """A number of people; a range ("50-99人") is refused, since no number of it is the firm's."""
    found = _PEOPLE.fullmatch(text)
    if not found:
        raise Refused(row_problem("not_a_whole_number"))
    return int(found[1].replace(",", ""))


def read_website(text: str) -> str:
    """A web address: it is shown as a link, so nothing but http and https is taken."""
    if not _WEBSITE.fullmatch(text):
        raise Refused(row_problem("malformed_website"))
    return text


def read_phone(text: str) -> str:
    """The first of the numbers that a cell lists, often with a name beside ("024-88888888 陈工；13800000000")."""
    numbers = phones(text)
    if not numbers:
        raise Refused(row_problem("malformed_phone"))
    return numbers[0]


def phones(text: str) -> list[str]:
    """The telephone numbers that a cell lists, each once, in its order."""
    found = list[str]()
    for said in PHONE.findall(normalize("NFKC", text)):
        numbers = [said] if len(said) <= LONGEST_NUMBER else said.split(" ")
        if _is_phone(numbers[0]):
            found += filter(_is_phone, numbers)
    return list(dict.fromkeys(found))


def _is_phone(number: str) -> bool:
    return sum(map(str.isdecimal, number)) >= LEAST_DIGITS and len(number) <= LONGEST_NUMBER


def read_email(text: str) -> str:
    """The first of the addresses that a cell lists."""
    first = next((part for part in _SEVERAL.split(text) if EMAIL.fullmatch(part)), "")
    if not first:
        raise Refused(row_problem("malformed_email"))
    return first


def read_entries(text: str) -> tuple[str, ...]:
    """Tags or other names."""
    entries = split_list(text)
    if len(entries) > MOST_ENTRIES:
        raise Refused(row_problem("too_many", max_items=MOST_ENTRIES))
    return entries


def read_tags(text: str) -> tuple[str, ...]:
    """Tags, none longer than LONGEST_ENTRY."""
    entries = read_entries(text)
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise Refused(row_problem("too_long", max_length=LONGEST_ENTRY))
    return entries
