"""Text as people send it: one line or several, made plain where that is harmless, refused where it is not.

Zero-width characters and outer blanks are dropped, full-width letters and digits become plain. Control characters,
direction overrides and lone surrogates are refused: they break logs, sheets and searches later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from app.core.refusals import refusal

ZERO_WIDTH = "\u200b\ufeff"
CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
LINE_BREAKS = "\t\n\r"
SPACE = "\t\n\r \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"

CONTROL_CHARACTER = "含有不可见的控制字符或不该有的换行，请重新输入"
BLANK = "不能为空"
TOO_LONG = "最多 {max_length} 个字，请缩短"

_DROPPED = dict.fromkeys(map(ord, ZERO_WIDTH))
_HALF_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_REFUSED = {
    False: re.compile(f"[{CONTROL}{LINE_BREAKS}\ud800-\udfff]"),
    True: re.compile(f"[{CONTROL}\ud800-\udfff]"),
}


def printable(text: Any, longest: int = 64) -> str:
    """Something a stranger made up (a field name, a path), short and fit to be sent back as UTF-8."""
    return str(text)[:longest].encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Line:
    """Marks a ``str`` field as one line: ``Annotated[str, Line(120, min_length=1)]``. Lengths are in characters."""

    max_length: int
    min_length: int = 0

    _lines = False

    def clean(self, raw: str) -> str:
        """The plain text; raises a refusal saying what is wrong."""
        if len(raw) > self.max_length:
            raise refusal("too_long", TOO_LONG, max_length=self.max_length)
        # Before strip(), which takes some control characters for blanks.
        if _REFUSED[self._lines].search(raw):
            raise refusal("control_character", CONTROL_CHARACTER)
        text = raw.translate(_DROPPED).replace("\r\n", "\n").strip()
        if self.min_length and not text:
            raise refusal("required", BLANK)
        return text.translate(_HALF_WIDTH)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.clean, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        refused = CONTROL + ("" if self._lines else LINE_BREAKS)
        pattern = f"^[^{refused}]*$"
        if self.min_length:
            pattern = f"^[^{refused}]*[^{refused}{SPACE}{ZERO_WIDTH}][^{refused}]*$"
        described: JsonSchemaValue = {
            "type": "string",
            "maxLength": self.max_length,
            # Spelled out, so that the schema survives being read, printed and pasted.
            "pattern": "".join(char if " " <= char <= "~" else f"\\u{ord(char):04x}" for char in pattern),
        }
        return described | ({"minLength": self.min_length} if self.min_length else {})


class Prose(Line):
    """Marks a ``str`` field as running text, where lines may break."""

    __slots__ = ()
    _lines = True


def never_null(schema: dict[str, Any]) -> None:
    """For a field of a patch that may be absent but not null: takes null and the default out of its JSON schema."""
    schema.pop("default", None)
    schema |= schema.pop("anyOf")[0]


def mask_email(email: str) -> str:
    """chen@example.com -> c***@example.com; "" for what is no address."""
    user, at, host = email.partition("@")
    return f"{user[:1]}***{at}{host}" if at else ""
