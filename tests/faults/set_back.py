"""`lianqiao` in a process whose clock is set back by an hour: ``python set_back.py SECONDS serve ...``, so long after the start."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable

import app.core.clock

HOUR = 3600


def set_back(after: float) -> None:
    """Wind time.time and app.core.clock.now back, ``after`` seconds from now."""
    due = time.monotonic() + after
    real, real_ns = time.time, time.time_ns

    def lag() -> int:
        return HOUR if time.monotonic() > due else 0

    time.time = lambda: real() - lag()
    time.time_ns = lambda: real_ns() - lag() * 1_000_000_000

    class Wound(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            return datetime.datetime.fromtimestamp(time.time(), tz)

    app.core.clock.datetime = Wound  # type: ignore[misc]


def main(run: Callable[[], object]) -> None:
    """Take the first argument for the delay and leave the rest to the command."""
    set_back(float(sys.argv.pop(1)))
    run()


if __name__ == "__main__":
    from app.cli import app as lianqiao

    main(lianqiao)
