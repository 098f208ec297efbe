"""Reviews that are shown because the time in which they are blind is over: the firms they rate are indexed anew."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from app.core.clock import now
from app.core.due import deal_with_due
from app.core.runtime import Runtime
from app.deals.models import DealReview
from app.deals.reviews import count

_BATCH = 100


def count_shown(runtime: Runtime) -> int:
    """The job that has firms indexed anew whose reviews are shown because BLIND is over. Returns how many reviews."""
    due = (
        select(DealReview)
        .where(col(DealReview.counted).is_(False), col(DealReview.shown_at) <= now())
        .order_by(col(DealReview.id))
        .limit(_BATCH)
    )
    done = 0
    while found := deal_with_due(runtime, due, count):
        done += found
    return done
