"""E-mail addresses and phone numbers in one normal form, since they are how people are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pydantic_core import PydanticCustomError

from app.core.errors import InvalidInput, Problem
from app.core.text import Line, mask_email

_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_FOREIGN = re.compile(r"\+[1-9][0-9]{7,14}")


@dataclass(frozen=True, slots=True)
class Contact:
    """Where somebody can be reached: ``value`` is a lower-case address, or a number in E.164 form."""

    kind: Literal["email", "phone"]
    value: str


def read_contact(text: str, *, field: str = "contact") -> Contact:
    """The contact somebody typed. Raises InvalidInput."""
    try:
        typed = Line(254).clean(text).casefold()
    except PydanticCustomError:
        typed = ""  # too long or unprintable: a contact of no kind
    if _EMAIL.fullmatch(typed) and len(typed) <= 254:
        return Contact("email", typed)
    digits = re.sub(r"[\s().-]", "", typed)
    if _MOBILE.fullmatch(digits.removeprefix("+86").removeprefix("0086")):
        return Contact("phone", "+86" + digits[-11:])
    if _FOREIGN.fullmatch(digits):
        return Contact("phone", digits)
    raise InvalidInput(
        problems=[Problem(field, "malformed_contact", "请填写手机号（如 13800000000）或电子邮箱")]
    )


def masked(contact: str) -> str:
    """A contact of which enough shows to recognise it: w***@example.com, +86138****0000."""
    if "@" in contact:
        return mask_email(contact)
    return f"{contact[:-8]}****{contact[-4:]}"
