"""What can be printed and as what file, apart from the printing: its font library takes a third of a second to import."""

from __future__ import annotations

from typing import Literal

LayoutName = Literal["code", "label", "card", "plate"]
Format = Literal["pdf", "png", "svg"]
MEDIA_TYPES: dict[Format, str] = {"pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml"}
