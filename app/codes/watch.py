"""Who walks the code space: clients that guess codes, or read one firm after another, are slowed, counted and named in the log.

Kept in this process: every server process watches its own share. Networks, not people: an IPv4 address, or the /64 an
IPv6 address lies in. Nothing is stored.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic

from app.core.metrics import Counts

log = logging.getLogger(__name__)

WINDOW = 600.0
"""Seconds over which misses and codes are counted."""
MOST_NETWORKS = 20_000
WALKS = Counts("lianqiao_code_walks_total", "Clients slowed for walking the code space.", "sign")


@dataclass(slots=True)
class _Seen:
    since: float
    misses: int = 0
    codes: set[str] = field(default_factory=set)
    told: bool = False


def network_of(address: str) -> str:
    """What is counted as one client; the text itself when it is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 6:
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)


class Watch:
    """Counts of one application. ``misses`` and ``codes`` are how many a network may have in ``WINDOW``; 0 is no limit."""

    def __init__(self, *, misses: int, codes: int) -> None:
        self._limits = {"misses": misses, "codes": codes}
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, network: str) -> int:
        """Seconds until this network may ask again; 0 when it may ask now."""
        with self._lock:
            seen = self._current(network)
            over = (
                "misses" if _over(seen.misses, self._limits["misses"])
                else "codes" if _over(len(seen.codes), self._limits["codes"])
                else ""
            )  # fmt: skip
            if not over:
                return 0
            if not seen.told:
                seen.told = True
                WALKS.add(over)
                log.warning("the code space is being walked from %s: too many %s", network, over)
            return max(1, round(seen.since + WINDOW - monotonic()))

    def missed(self, network: str) -> None:
        """A code that is none was asked for."""
        with self._lock:
            self._current(network).misses += 1

    def read(self, network: str, code: str) -> None:
        """A code was read; reading one again costs nothing."""
        if self._limits["codes"]:
            with self._lock:
                self._current(network).codes.add(code)

    def _current(self, network: str) -> _Seen:
        seen = self._seen.get(network)
        if seen is None or monotonic() - seen.since > WINDOW:
            seen = self._seen[network] = _Seen(monotonic())
            while len(self._seen) > MOST_NETWORKS:
                self._seen.popitem(last=False)
        self._seen.move_to_end(network)
        return seen


def _over(count: int, limit: int) -> bool:
    return 0 < limit <= count
