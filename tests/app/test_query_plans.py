"""The hottest queries on PostgreSQL (docs/queries.md) can be answered from an index, each of them."""

from __future__ import annotations

from sqlalchemy import event

from app.core.database import make_engine
from app.settings import Settings
from benchmarks.queries import explain, fill, hottest
from tests.services.postgresql import Postgresql

FEW = 60
WHOLE = {"Indexer: lag"}
"""It counts what waits: the whole of a table that is nearly empty."""


def test_every_hot_query_uses_an_index(postgresql: Postgresql) -> None:
    """So few rows would be read whole; with that forbidden, a plan shows whether an index serves the query at all."""
    with postgresql.database() as url:
        engine = make_engine(Settings(database_url=url))
        fill(engine, FEW)

        @event.listens_for(engine, "connect")
        def forbid(connection: object, _: object) -> None:
            connection.execute("SET enable_seqscan = off")  # type: ignore[attr-defined]

        engine.dispose()  # connections made before
        plans = {name: explain(engine, name, run).plan for name, run in hottest(engine).items()}
        engine.dispose()
    assert {name for name, plan in plans.items() if "Seq Scan" in plan} == WHOLE
    assert all("Index" in plan for name, plan in plans.items() if name not in WHOLE)
