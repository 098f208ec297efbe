"""When an e-mail may go out: quiet hours and the hour of the digest, in a person's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Wishes(Protocol):
    """What of a person's preferences decides when they are written to."""

    pace: str
    digest_at: str
    quiet_from: str
    quiet_to: str
    time_zone: str


def mail_time(moment: datetime, wishes: Wishes) -> datetime:
    """When what happens at ``moment`` (UTC) is to be e-mailed, in UTC: not before it, and not in quiet hours.

    A digest comes at its own hour, quiet or not: it was chosen.
    """
    zone = ZoneInfo(wishes.time_zone)
    if wishes.pace == "daily":
        return _next(moment, time.fromisoformat(wishes.digest_at), zone)
    begins, ends = time.fromisoformat(wishes.quiet_from), time.fromisoformat(wishes.quiet_to)
    if not quiet(moment.astimezone(zone).time(), begins, ends):
        return moment
    return _next(moment, ends, zone)


def quiet(at: time, begins: time, ends: time) -> bool:
    """Whether ``at`` lies in the hours from ``begins`` to before ``ends``, over midnight where they say so."""
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends


def _next(moment: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The first moment after ``moment`` at which clocks in ``zone`` show ``at``; where they skip it, when they have."""
    day = moment.astimezone(zone).date() - timedelta(days=1)
    while True:
        found = datetime.combine(day, at, zone).astimezone(UTC)
        if found > moment:
            return found
        day += timedelta(days=1)
