"""Identifiers.

What a user creates gets a time-ordered UUIDv7. What the registry gives has an identifier already: a company's id is
derived from its unified social credit code, so that an import repeated, or run on another node, gives the same id.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

_COMPANIES = uuid5(NAMESPACE_URL, "urn:lianqiao:company")
_DRAFTS = uuid5(NAMESPACE_URL, "urn:lianqiao:draft")


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, section 6.2, method 3): 48 bits of milliseconds, 12 of their fraction, then random bits.

    Two made one after the other by one process sort so, as long as its clock is not set back.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    raw = bytearray(milliseconds.to_bytes(6, "big") + (0x7000 | fraction).to_bytes(2, "big") + os.urandom(8))
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))


def first_id(moment: datetime) -> UUID:
    """What sorts before every id made by new_id at ``moment`` or later."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def company_id(uscc: str) -> UUID:
    """The id of the company with this unified social credit code."""
    return _named(_COMPANIES, uscc)


def draft_id(uscc: str, role: str, title: str) -> UUID:
    """The id of the listing drafted from this company's business scope."""
    return _named(_DRAFTS, f"{uscc}/{role}/{title}")


def ids_among(keys: Iterable[str]) -> Iterator[UUID]:
    """The keys that are ids; any other, as somebody else may have written it into an index, names no row."""
    for key in keys:
        with suppress(ValueError):
            yield UUID(key)


def _named(namespace: UUID, name: str) -> UUID:
    """``uuid5(namespace, name)``, three times as fast: an import asks for half a million."""
    digest = hashlib.sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)
