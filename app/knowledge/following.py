"""What matching knows of the trade in this process, kept as the database says."""

from __future__ import annotations

import time
from threading import Lock
from typing import cast

from sqlalchemy import Engine, select
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.database import unit_of_work
from app.knowledge.models import WordEdition, WordRelation
from matching.knowledge import AskedAs, Expander, Kin, OwnRelation, Relation, overlay, shipped

EVERY = 2.0
"""Seconds between two looks at the edition, one row by its key."""


class OwnWords:
    """The shipped tables with the installation's words laid over them.

    Matching asks ``expander``, which costs nothing; ``follow`` reads the words again when their edition has changed, in
    whichever thread looks after the index.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._edition = -1
        self._looked = 0.0
        self._expander = shipped()
        self._asked_as = AskedAs(shipped().knowledge)

    @property
    def expander(self) -> Expander:
        """As of the last ``follow``, of which there has been one at least."""
        if self._edition < 0:
            self.follow()
        return self._expander

    @property
    def asked_as(self) -> AskedAs:
        """What buyers may call a thing in own words; as new as ``expander``."""
        if self._edition < 0:
            self.follow()
        return self._asked_as

    def follow_soon(self) -> None:
        """``follow``, at most every ``EVERY`` seconds."""
        if time.monotonic() - self._looked >= EVERY:
            self.follow()

    def follow(self) -> None:
        """Read the words anew when they have changed since they were read last."""
        with self._lock:
            self._looked = time.monotonic()
            with unit_of_work(self._engine, writing=False, actor=SYSTEM) as session:
                # Before the rows: what is committed in between is read twice rather than never.
                edition = session.scalar(select(col(WordEdition.number))) or 0
                if edition == self._edition:
                    return
                query = select(WordRelation).where(col(WordRelation.state).in_(("approved", "refused")))
                own = [_own(row) for row in session.scalars(query.order_by(col(WordRelation.pair)))]
            expander = _expander(own)
            self._expander, self._asked_as = expander, AskedAs(expander.knowledge)
            self._edition = edition


def _own(row: WordRelation) -> OwnRelation:
    return OwnRelation(
        Relation(row.term, cast("Kin", row.kin), row.other), row.weight, refused=row.state == "refused"
    )


def _expander(own: list[OwnRelation]) -> Expander:
    if not own:
        return shipped()
    made = Expander(overlay(shipped().knowledge, own), like=shipped())
    made.prepare()
    return made
