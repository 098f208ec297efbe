"""How long to wait before trying again."""

from __future__ import annotations

import random


def backoff(failures: int, *, first: float = 0.5, longest: float = 15.0) -> float:
    """Seconds to wait after so many failures in a row: doubling, and spread so that many losers do not return at once."""
    return min(longest, first * 2.0 ** min(failures - 1, 30)) * random.uniform(0.5, 1.0)  # noqa: S311
