"""Lists as they were shown, so that the ranker can learn what a place in a list is worth.

Noting costs a request nothing but an append: every process keeps what it showed in memory, and a job packs and writes
it seconds later. A process that ends loses those seconds, which are missing from a sample and from nothing else.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import numpy as np
from sqlalchemy import delete, insert
from sqlmodel import col, select

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.ids import new_id
from app.matches.models import Impression
from matching.features import FEATURES
from matching.rank import Matrix
from matching.result import Match
from matching.texts import Floats

if TYPE_CHECKING:
    from app.core.runtime import Runtime
    from app.matches.schemas import Sort

Side = Literal["buyer", "supplier"]

KEPT = timedelta(days=180)
"""How long a list is kept: outcomes of a demand come within months."""
MOST_WAITING = 5_000
"""Lists a process keeps in memory at most; beyond, the oldest are given up."""
_FORGOTTEN_AT_ONCE = 1_000
_STAMP = zlib.crc32("\n".join(FEATURES).encode())
"""Features of another version of the program are not read back as if they were these."""


@dataclass(frozen=True, slots=True)
class ShownList:
    """One list: the other side's ids, best first as shown; scores, shape (n,); features, (n, len(FEATURES)), None of another version."""

    keys: tuple[UUID, ...]
    scores: Floats
    matrix: Matrix | None


@dataclass(frozen=True, slots=True)
class _Noted:
    side: Side
    subject_id: UUID
    model: str
    sort: Sort
    keys: Sequence[UUID]
    matches: Sequence[Match]
    moment: datetime


class ImpressionLog:
    """What this process has shown and not yet written. Safe for threads."""

    def __init__(self) -> None:
        self._waiting: deque[_Noted] = deque(maxlen=MOST_WAITING)

    def note(
        self,
        side: Side,
        subject_id: UUID,
        model: str,
        keys: Sequence[UUID],
        matches: Sequence[Match],
        sort: Sort = "score",
    ) -> None:
        """Somebody was shown ``matches`` of ``keys``, in this order, for a demand (``buyer``) or a firm (``supplier``)."""
        if matches:
            self._waiting.append(_Noted(side, subject_id, model, sort, keys, matches, now()))

    def take(self) -> list[_Noted]:
        """Everything noted so far, no longer waiting."""
        return [self._waiting.popleft() for _ in range(len(self._waiting))]


def pack(shown: ShownList) -> bytes:
    """Ids, scores and features (as 16-bit floats: three digits are plenty to learn from), compressed; about 60 bytes a row."""
    matrix = np.zeros((len(shown.keys), 0)) if shown.matrix is None else shown.matrix
    parts = (
        np.array([_STAMP, len(shown.keys)], "<u4").tobytes(),
        b"".join(key.bytes for key in shown.keys),
        np.asarray(shown.scores, "<f4").tobytes(),
        np.asarray(matrix, "<f2").tobytes(),
    )
    return zlib.compress(b"".join(parts), 6)


def unpack(packed: bytes) -> ShownList:
    """The inverse of ``pack``."""
    raw = zlib.decompress(packed)
    stamp, count = np.frombuffer(raw, "<u4", 2).tolist()
    ids, scores = 8, 8 + 16 * count
    keys = tuple(UUID(bytes=raw[at : at + 16]) for at in range(ids, scores, 16))
    found = np.frombuffer(raw, "<f4", count, scores)
    if stamp != _STAMP:
        return ShownList(keys, found, None)
    features = np.frombuffer(raw, "<f2", offset=scores + 4 * count).astype(np.float32)
    return ShownList(keys, found, features.reshape(count, len(FEATURES)))


def write_impressions(runtime: Runtime) -> int:
    """Pack and write what this process has shown; returns how many lists."""
    noted = runtime.impressions.take()
    rows = [
        {
            "id": new_id(),
            "shown_at": one.moment,
            "side": one.side,
            "subject_id": one.subject_id,
            "model": one.model,
            "sort": one.sort,
            "shown": pack(_shown(one)),
        }
        for one in noted
    ]
    if rows:
        with runtime.session(actor=SYSTEM) as session:
            session.execute(insert(Impression), rows)
    return len(rows)


def _shown(noted: _Noted) -> ShownList:
    return ShownList(
        tuple(noted.keys),
        np.array([match.score for match in noted.matches], np.float32),
        np.array([[match.features[name] for name in FEATURES] for match in noted.matches], np.float32),
    )


def forget_old_impressions(runtime: Runtime) -> int:
    """Drop lists older than ``KEPT``; returns how many."""
    old = col(Impression.shown_at) < now() - KEPT
    query = select(Impression.id).where(old).limit(_FORGOTTEN_AT_ONCE)
    forgotten = 0
    while True:
        with runtime.session(writing=False, actor=SYSTEM) as session:
            keys = list(session.exec(query))
        if not keys:
            return forgotten
        with runtime.session(actor=SYSTEM) as session:
            session.execute(delete(Impression).where(col(Impression.id).in_(keys)))
        forgotten += len(keys)
