"""What time has made due, dealt with once by whichever process comes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Select
from sqlmodel import Session

from app.core.actor import SYSTEM

if TYPE_CHECKING:
    from app.core.runtime import Runtime

Row = TypeVar("Row")


def deal_with_due(
    runtime: Runtime, due: Select[Row], deal_with: Callable[[Session, Sequence[Row]], None]
) -> int:
    """Deal with the rows of a limited query in one transaction; returns how many. Looks before it writes."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        if session.scalars(due.limit(1)).first() is None:
            return 0
    with runtime.session(actor=SYSTEM) as session:
        # Another process may be at the same: what it has claimed is its own.
        found = session.scalars(due.with_for_update(skip_locked=True)).all()
        deal_with(session, found)
    return len(found)
