"""The figures of /metrics, in Prometheus text exposition format 0.0.4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.catalogue.models import STATUSES as LISTING_STATUSES
from app.catalogue.models import Listing
from app.codes.resolving import SCANS
from app.codes.watch import WALKS
from app.core.actor import SYSTEM
from app.core.metrics import MATCH_SECONDS
from app.core.outbox import ParkedChange, waiting
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.demands.policy import STATES as DEMAND_STATES
from app.reembedding.job import SUBJECTS
from app.reembedding.status import share_filled
from app.registry.models import STATUSES as COMPANY_STATUSES
from app.registry.models import Company
from search.index import SearchUnavailable

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(runtime: Runtime) -> str:
    """All figures as text."""
    # Counts over all tenants: no row leaves.
    with runtime.session(writing=False, actor=SYSTEM) as session:
        lines = list(_stored(session))
    lines += _searched(runtime)
    for figures in (MATCH_SECONDS, SCANS, WALKS):
        lines += figures.lines()
    return "\n".join(lines) + "\n"


def _stored(session: Session) -> Iterator[str]:
    counted = (
        ("companies", "Companies", "status", Company, col(Company.status), COMPANY_STATUSES),
        ("listings", "Listings", "status", Listing, col(Listing.status), LISTING_STATUSES),
        ("demands", "Demands", "state", Demand, col(Demand.state), DEMAND_STATES),
    )
    for name, words, label, table, column, values in counted:
        rows = session.execute(select(column, func.count()).select_from(table).group_by(column))
        held = {row[0]: row[1] for row in rows}
        yield from _header(f"lianqiao_{name}", f"{words} by {label}.")
        for value in values:
            yield f'lianqiao_{name}{{{label}="{value}"}} {held.get(value, 0)}'
    pending, lag = waiting(session)
    yield from _gauge("lianqiao_outbox_pending", "Changes not yet indexed.", pending)
    yield from _gauge("lianqiao_outbox_lag_seconds", "Age of the oldest change not yet indexed.", lag)
    refused = session.execute(select(func.count()).select_from(ParkedChange)).scalar_one()
    yield from _gauge("lianqiao_outbox_parked", "Companies that the index refused.", refused)


def _searched(runtime: Runtime) -> Iterator[str]:
    """What the index says of itself; figures of the database are told whether or not it answers."""
    try:
        count = runtime.index.count()
        shares = {subject: share_filled(runtime, subject) for subject in SUBJECTS}
    except SearchUnavailable:
        yield from _gauge("lianqiao_search_up", "Whether the search index answers.", 0)
        return
    yield from _gauge("lianqiao_search_up", "Whether the search index answers.", 1)
    yield from _gauge("lianqiao_indexed_companies", "Companies in the search index.", count)
    name = "lianqiao_index_successor_share"
    yield from _header(name, "How much of an index that is to take over is filled; 1 when none is.")
    for subject, share in shares.items():
        yield f'{name}{{index="{subject}"}} {share:g}'


def _header(name: str, words: str) -> Sequence[str]:
    return (f"# HELP {name} {words}", f"# TYPE {name} gauge")


def _gauge(name: str, words: str, value: float) -> Sequence[str]:
    return (*_header(name, words), f"{name} {value:g}")
