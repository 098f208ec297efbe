"""Optimistic locking: an edit names the version it was made on."""

from __future__ import annotations

from app.core.errors import PreconditionFailed, PreconditionRequired


def check_version(if_match: str | None, version: int, *, required: bool = True) -> None:
    """Raise PreconditionFailed unless If-Match names ``version`` (or is ``*``); PreconditionRequired when it is absent."""
    if if_match is None:
        if required:
            raise PreconditionRequired
        return
    named = {part.strip().removeprefix("W/").strip('"') for part in if_match.split(",")}
    if "*" not in named and str(version) not in named:
        raise PreconditionFailed
