"""Text of a bulk row made plain: what a form would refuse, a sheet of fifty thousand rows gets mended.

Control characters, direction overrides and zero-width characters come out of other systems' exports; the sender
cannot see them, so refusing the row would leave nobody able to correct it. They are dropped, and a line break or
tab becomes a blank. Full-width letters and digits become plain, as everywhere here.
"""

from __future__ import annotations

import re

from app.core.text import CONTROL, LINE_BREAKS, SPACE, ZERO_WIDTH

_FULL_WIDTH = "０-９Ａ-Ｚａ-ｚ"
_UNUSUAL = re.compile(f"[{CONTROL}{LINE_BREAKS}{ZERO_WIDTH}\ud800-\udfff{_FULL_WIDTH}]")
_DROPPED = re.compile(f"[{CONTROL}{ZERO_WIDTH}\ud800-\udfff]")
_BREAKS = re.compile(rf"[{SPACE}]*[{LINE_BREAKS}][{SPACE}]*")
_HALF_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_SAYS_NOTHING = re.compile(r"|[-—–/\\*]+|N/?A|NULL|NONE|无|暂无|不详|未填|未公示", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[、,，;；|]\s*")


def plain(text: str) -> str:
    """The text as one clean line."""
    if _UNUSUAL.search(text):
        text = _DROPPED.sub("", _BREAKS.sub(" ", text)).translate(_HALF_WIDTH)
    return text.strip()


def plain_or_nothing(text: str) -> str:
    """The text as one clean line; "" where it only says that there is nothing ("-", "N/A", "无")."""
    text = plain(text)
    return "" if len(text) <= 4 and _SAYS_NOTHING.fullmatch(text) else text


def split_list(text: str) -> tuple[str, ...]:
    """The entries of a cell such as "专精特新、高新技术企业", each once."""
    return tuple(dict.fromkeys(filter(None, map(plain_or_nothing, _BETWEEN.split(text)))))
