"""Who filled the indexes, and how far those are that are to take over; read from the indexes themselves, by any process."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select

from app.core.actor import SYSTEM
from app.core.backends import begun_of, filling_of
from app.core.outbox import Subject
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.demands.policy import ANSWERABLE
from app.registry.models import Company


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """``total`` counts what belongs into the index, ``done`` what is in the one to take over."""

    encoder: str
    successor: str
    """The encoder of the one to take over; empty when none is being filled."""
    done: int
    total: int

    @property
    def share(self) -> float:
        """How much of the one to take over is filled; 1 when none is being filled."""
        return min(self.done / self.total, 1.0) if self.successor and self.total else 1.0


def share_filled(runtime: Runtime, subject: Subject) -> float:
    """How much of the index to take over is filled; where there is none, 1 without counting. Raises SearchUnavailable."""
    return status_of(runtime, subject).share if begun_of(runtime.settings, subject) else 1.0


def status_of(runtime: Runtime, subject: Subject) -> IndexStatus:
    """Of the index of firms, or of standing demands. Raises SearchUnavailable."""
    filling, begun = filling_of(runtime.settings, subject), begun_of(runtime.settings, subject)
    if subject == "supplier":
        query = select(func.count()).select_from(Company)
    else:
        query = select(func.count()).select_from(Demand).where(col(Demand.state).in_(ANSWERABLE))
    with runtime.session(writing=False, actor=SYSTEM) as session:
        total = session.scalar(query) or 0
    return IndexStatus(
        encoder=filling.encoder if filling else "",
        successor=begun.filling.encoder if begun else "",
        done=begun.firms if begun else 0,
        total=total,
    )
