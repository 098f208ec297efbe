"""Moments as forms write them: the local time of China, without a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.core.clock import CHINA, now
from app.core.errors import InvalidInput, Problem


def read_moment(text: str, *, field: str) -> datetime | None:
    """``2026-03-01T09:00`` of a datetime-local field, in UTC; None for nothing. Raises InvalidInput."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        problem = Problem(field, "bad_format", "时间应写作 2026-03-01 09:00")
        raise InvalidInput(problems=[problem]) from None


def end_of_day() -> datetime:
    """The end of today in China, in UTC."""
    tomorrow = (now().astimezone(CHINA) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return tomorrow.astimezone(UTC)
