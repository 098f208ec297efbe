"""Which representation a reader prefers, and takes compressed: RFC 9110, sections 12.5.1 and 12.5.3."""

from __future__ import annotations

from collections.abc import Sequence


def accepted(header: str) -> list[str]:
    """Media ranges of an Accept header, the most wanted first; those refused with q=0 are left out."""
    ranges = [
        (-quality, at, media)
        for at, (media, quality) in enumerate(_weighed(header))
        if "/" in media and quality > 0
    ]
    return [media for _, _, media in sorted(ranges)]


def takes_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header takes gzip: named and not refused with q=0, or covered by ``*``."""
    codings = dict(_weighed(header))
    return codings.get("gzip", codings.get("*", 0.0)) > 0


def preferred(header: str, offered: Sequence[str]) -> str:
    """The media type among ``offered`` that an Accept header wants most; the first where it does not say."""
    for wanted in accepted(header):
        for media in offered:
            if wanted in (media, "*/*", media.partition("/")[0] + "/*"):
                return media
    return offered[0]


def _weighed(header: str) -> list[tuple[str, float]]:
    """Each value of a header in its order, with its q."""
    found = []
    for part in header.split(","):
        value, *params = (piece.strip().lower() for piece in part.split(";"))
        found.append((value, next((_number(p[2:]) for p in params if p.startswith("q=")), 1.0)))
    return found


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
