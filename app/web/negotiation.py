"""Which representation a reader prefers: the Accept header of RFC 9110, section 12.5.1."""

from __future__ import annotations

from collections.abc import Sequence


def accepted(header: str) -> list[str]:
    """Media ranges of an Accept header, the most wanted first; those refused with q=0 are left out."""
    ranges = []
    for at, part in enumerate(header.split(",")):
        media, *params = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for param in params:
            if param.startswith("q="):
                quality = _number(param[2:])
        if "/" in media and quality > 0:
            ranges.append((-quality, at, media))
    return [media for _, _, media in sorted(ranges)]


def preferred(header: str, offered: Sequence[str]) -> str:
    """The media type among ``offered`` that an Accept header wants most; the first where it does not say."""
    for wanted in accepted(header):
        for media in offered:
            if wanted in (media, "*/*", media.partition("/")[0] + "/*"):
                return media
    return offered[0]


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
