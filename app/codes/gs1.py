"""GS1 identification keys in Digital Link paths: which there are, and whether one is well formed.

GS1 General Specifications: 3.2 (GTIN), 3.4 (AI 414, 417), 3.9 (AI 8003, 8004), 7.9 (check digit), figure 7.11-1
(character set 82). A GTIN is kept with 14 digits, whichever of its lengths was written.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

CSET82 = r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"""

_CHECKED = re.compile(r"\d{8}|\d{12,14}")
_GLN = re.compile(r"\d{13}")
_SERIAL = re.compile(rf"{CSET82}{{1,20}}")
_GRAI = re.compile(rf"0(\d{{13}})({CSET82}{{0,16}})")
_GIAI = re.compile(rf"{CSET82}{{4,30}}")

PRIMARY_KEYS = ("01", "414", "417", "8003", "8004")


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
    """The normal form of ``<AI>/<value>`` or ``01/<GTIN>/21/<serial>``. Raises InvalidGs1.

    Values stand percent-decoded in the result, except "/" which would not be told from the separator.
    """
    parts = path.strip("/").split("/")
    if len(parts) not in (2, 4) or parts[0] not in PRIMARY_KEYS:
        raise InvalidGs1("gs1_path")
    key, value = parts[0], unquote(parts[1])
    if key == "01":
        normal = f"01/{_gtin(value)}"
        return normal + _serial(parts[2:])
    if len(parts) != 2:
        raise InvalidGs1("gs1_path")
    return f"{key}/{_single(key, value)}"


def _gtin(value: str) -> str:
    if not _CHECKED.fullmatch(value):
        raise InvalidGs1("gs1_value")
    if not check_digit_holds(value):
        raise InvalidGs1("gs1_check_digit")
    return value.zfill(14)


def _serial(parts: list[str]) -> str:
    if not parts:
        return ""
    serial = unquote(parts[1])
    if parts[0] != "21":
        raise InvalidGs1("gs1_path")
    if not _SERIAL.fullmatch(serial):
        raise InvalidGs1("gs1_value")
    return f"/21/{serial.replace('/', '%2F')}"


def _single(key: str, value: str) -> str:
    if key == "8004":
        if not _GIAI.fullmatch(value):
            raise InvalidGs1("gs1_value")
    elif key == "8003":
        grai = _GRAI.fullmatch(value)
        if not grai:
            raise InvalidGs1("gs1_value")
        if not check_digit_holds(grai[1]):
            raise InvalidGs1("gs1_check_digit")
    elif not _GLN.fullmatch(value):
        raise InvalidGs1("gs1_value")
    elif not check_digit_holds(value):
        raise InvalidGs1("gs1_check_digit")
    return value.replace("/", "%2F")
