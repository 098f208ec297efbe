"""Counting in this process, shown as Prometheus text. No more than a counter of durations is needed here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds in seconds."""


class Durations:
    """A histogram of seconds; safe between threads."""

    def __init__(self, name: str, help: str) -> None:  # noqa: A002  (Prometheus's own word)
        self.name = name
        self.help = help
        self._lock = threading.Lock()
        self._counts = [0] * (len(BUCKETS) + 1)
        self._sum = 0.0

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count how long the block takes, also when it fails."""
        started = perf_counter()
        try:
            yield
        finally:
            self.observe(perf_counter() - started)

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        at = next((i for i, bound in enumerate(BUCKETS) if seconds <= bound), len(BUCKETS))
        with self._lock:
            self._counts[at] += 1
            self._sum += seconds

    def lines(self) -> Iterator[str]:
        """Prometheus text exposition format 0.0.4: cumulative buckets, sum and count."""
        with self._lock:
            counts, total = list(self._counts), self._sum
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} histogram"
        so_far = 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
            so_far += count
            yield f'{self.name}_bucket{{le="{bound}"}} {so_far}'
        yield f"{self.name}_sum {total:.6f}"
        yield f"{self.name}_count {so_far}"


class Counts:
    """A counter with one label; safe between threads."""

    def __init__(self, name: str, help: str, label: str) -> None:  # noqa: A002  (Prometheus's own word)
        self.name = name
        self.help = help
        self.label = label
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}

    def add(self, value: str) -> None:
        """Count one more of the label's ``value``, which is one of few and never a user's own words."""
        with self._lock:
            self._counts[value] = self._counts.get(value, 0) + 1

    def lines(self) -> Iterator[str]:
        """Prometheus text exposition format 0.0.4."""
        with self._lock:
            counts = sorted(self._counts.items())
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} counter"
        for value, count in counts:
            yield f'{self.name}{{{self.label}="{value}"}} {count}'


MATCH_SECONDS = Durations("lianqiao_match_seconds", "Time to answer a match or search.")
