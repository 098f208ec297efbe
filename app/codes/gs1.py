"""GS1 identification keys in Digital Link paths: which there are, and whether one is well formed.

GS1 General Specifications: 3.2 (GTIN), 3.4 (AI 414, 417), 3.9 (AI 8003, 8004), 7.9 (check digit), figure 7.11-1
(character set 82). Compressed Digital Link URIs are not read.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

CSET82 = r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"""

PRIMARY_KEYS = ("01", "414", "417", "8003", "8004")

_QUALIFIERS: dict[str, tuple[str, ...]] = {
    "01": ("22", "10", "21", "235"),
    "414": ("254", "7040"),
    "417": ("7040",),
    "8003": (),
    "8004": ("7040",),
}
"""Key qualifiers of each primary key, in the order they must be written (GS1 Digital Link URI syntax, 4.6)."""
_VALUES: dict[str, re.Pattern[str]] = {
    "01": re.compile(r"\d{8}|\d{12,14}"),
    "414": re.compile(r"\d{13}"),
    "417": re.compile(r"\d{13}"),
    "8003": re.compile(rf"0\d{{13}}{CSET82}{{0,16}}"),
    "8004": re.compile(rf"{CSET82}{{4,30}}"),
    "10": re.compile(rf"{CSET82}{{1,20}}"),
    "21": re.compile(rf"{CSET82}{{1,20}}"),
    "22": re.compile(rf"{CSET82}{{1,20}}"),
    "235": re.compile(rf"{CSET82}{{1,28}}"),
    "254": re.compile(rf"{CSET82}{{1,20}}"),
    "7040": re.compile(rf"\d{CSET82}{{3}}"),
}


class InvalidGs1(ValueError):
    """A path that is no GS1 key known here; ``code`` is "gs1_path", "gs1_value" or "gs1_check_digit"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_digit_holds(digits: str) -> bool:
    """Whether the last digit is the GS1 check digit of the others: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def read_gs1_path(path: str) -> str:
    """The normal form of a percent-encoded ``<AI>/<value>[/<qualifier>/<value>...]``. Raises InvalidGs1.

    A GTIN gets its 14 digits. Values are percent-encoded again where they must be, so a thing has one normal form.
    """
    parts = path.strip("/").split("/")
    if len(parts) % 2 or parts[0] not in PRIMARY_KEYS:
        raise InvalidGs1("gs1_path")
    primary, *rest = zip(parts[::2], parts[1::2], strict=True)
    order = _QUALIFIERS[primary[0]]
    places = [order.index(ai) if ai in order else -1 for ai, _ in rest]
    if -1 in places or places != sorted(set(places)):
        raise InvalidGs1("gs1_path")
    return "/".join(f"{ai}/{_value(ai, unquote(value))}" for ai, value in (primary, *rest))


def levels(normal: str) -> list[str]:
    """A normal path and those above it, up to its primary key."""
    parts = normal.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -2)]


def _value(ai: str, value: str) -> str:
    if not _VALUES[ai].fullmatch(value):
        raise InvalidGs1("gs1_value")
    checked = value[:14] if ai == "8003" else value
    if ai in ("01", "414", "417", "8003") and not check_digit_holds(checked):
        raise InvalidGs1("gs1_check_digit")
    return value.zfill(14) if ai == "01" else quote(value, safe="")
