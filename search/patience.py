"""Long work on a search engine that does not answer for a while: wait, ever longer, and go on.

A busy node lets a question run out of time now and then. Work that takes minutes, with nobody's page waiting for it, should
not be lost for that; nor should it wait for ever for a node that is gone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from search.index import SearchUnavailable

T = TypeVar("T")

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
LOOKS_UP_EVERY = 0.2
"""Seconds after which a pause asks whether it is to be cut short."""


class GaveUp(SearchUnavailable):
    """Search did not answer for as long as was to be waited; the last error is the cause."""

    def __init__(self, waited: float, last: SearchUnavailable) -> None:
        super().__init__(
            f"gave up after {waited:.0f} s without an answer: {last}", retry_after=last.retry_after
        )
        self.waited = waited


class Patience:
    """Tries again what search could not do now, until it has done nothing for ``seconds`` in a row.

    ``told`` hears before each pause what is waited for and how many seconds the pause is. ``stopped`` cuts a pause short.
    """

    def __init__(
        self,
        seconds: float,
        *,
        told: Callable[[SearchUnavailable, float], None] = lambda error, pause: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._seconds = seconds
        self._told, self._stopped = told, stopped
        self._failures = 0
        self._since = 0.0

    def progressed(self) -> None:
        """Something was done: the time to wait begins anew with the next failure."""
        self._failures = 0

    def until_done(self, work: Callable[[], T]) -> T:
        """What ``work`` gives; it is begun again after every failure, so it has to go on with what is done already.

        Raises GaveUp when nothing was done for too long, and SearchUnavailable at once where waiting cannot help or
        ``stopped`` says so.
        """
        while True:
            began = time.monotonic()
            try:
                done = work()
            except SearchUnavailable as error:
                if self._stopped() or not error.passing:
                    raise
                self._wait(error, began)
            else:
                self.progressed()
                return done

    def _wait(self, error: SearchUnavailable, began: float) -> None:
        if not self._failures:
            self._since = began
        self._failures += 1
        waited = time.monotonic() - self._since
        if waited >= self._seconds:
            raise GaveUp(waited, error) from error
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures - 1, 30))
        # Several that were turned away together should not come back together, and nobody waits past the end.
        pause = min(pause * random.uniform(0.5, 1.0), self._seconds - waited)  # noqa: S311
        self._told(error, pause)
        until = time.monotonic() + pause
        while (left := until - time.monotonic()) > 0 and not self._stopped():
            time.sleep(min(left, LOOKS_UP_EVERY))
        if self._stopped():
            raise error
