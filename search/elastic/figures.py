"""How common tokens are: asked of the cluster now and then, since what is rare today is rare a minute later."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Mapping, Sequence

FRESH_SECONDS = 60.0
KEPT_TOKENS = 100_000


class Figures:
    """The number of items, and in how many each token stands. Safe to share between threads."""

    def __init__(self) -> None:
        self._items: tuple[float, int] = (-math.inf, 0)
        self._frequencies: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def unknown(self, tokens: Iterable[str]) -> list[str] | None:
        """Tokens to ask about; None when there is nothing to ask, not even the number of items."""
        earliest = time.monotonic() - FRESH_SECONDS
        with self._lock:
            missing = [
                t for t in dict.fromkeys(tokens) if self._frequencies.get(t, (-math.inf, 0))[0] < earliest
            ]
            return missing if missing or self._items[0] < earliest else None

    def learn(self, items: int, frequencies: Mapping[str, int]) -> None:
        """What the cluster has just said."""
        now = time.monotonic()
        with self._lock:
            self._items = (now, items)
            if len(self._frequencies) + len(frequencies) > KEPT_TOKENS:
                self._frequencies.clear()
            self._frequencies.update({token: (now, count) for token, count in frequencies.items()})

    def forget(self) -> None:
        """Ask anew."""
        with self._lock:
            self._items = (-math.inf, 0)
            self._frequencies.clear()

    @property
    def items(self) -> int:
        """How many items there were."""
        return self._items[1]

    def frequencies(self, tokens: Sequence[str]) -> dict[str, int]:
        """In how many items each token stood; nothing where it was not asked."""
        with self._lock:
            return {token: self._frequencies.get(token, (0.0, 0))[1] for token in tokens}
