"""From a real database to the index: draining the outbox."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from app.catalogue.supply import DatabaseChanges
from app.core.database import unit_of_work
from app.core.outbox import OutboxClaim, OutboxEntry, enqueue, waiting
from search.embedded import EmbeddedIndex
from search.index import Filters, Rejection, SearchUnavailable
from search.indexer import drain
from search.reconcile import compare
from tests.contract.search_worlds import DIMENSIONS, embed, keys, words
from tests.search.registers import FIRMS, forget, key, pumps, refused, register


@pytest.mark.parametrize("batch", [1, 7, FIRMS, 2_000])
def test_draining_in_batches_applies_everything_once(
    source: DatabaseChanges, index: EmbeddedIndex, batch: int
) -> None:
    told: list[int] = []
    assert drain(source, index, batch=batch, progress=told.append) == FIRMS
    assert told[-1] == FIRMS
    assert sorted(told) == told
    assert source.count_pending() == 0
    assert not compare(source, index)
    assert len(pumps(index)) == FIRMS
    assert drain(source, index) == 0


def test_several_changes_of_one_firm_come_to_its_newest(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    register(engine, [0, 1], "轴承制造。")
    register(engine, [0], "齿轮制造。")
    assert source.count_pending() == FIRMS + 3
    drain(source, index, batch=10)
    assert dict(index.versions())[key(0)] == 3
    assert keys(words(index, "齿轮", Filters())) == [key(0)]
    assert not compare(source, index)


def test_a_deleted_company_goes(engine: Engine, source: DatabaseChanges, index: EmbeddedIndex) -> None:
    drain(source, index)
    forget(engine, 3, version=2)
    assert drain(source, index) == 1
    assert key(3) not in dict(index.versions())
    assert not compare(source, index)


def test_what_changes_while_a_batch_is_applied_is_applied_next(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    changed = []

    def meanwhile(applied: int) -> None:
        if not changed:
            changed.append(applied)
            register(engine, range(FIRMS), "轴承制造。")

    drain(source, index, batch=5, progress=meanwhile)
    assert not compare(source, index)
    assert pumps(index) == set()
    assert len(words(index, "轴承", Filters())) == FIRMS


def test_a_failed_batch_stays_in_the_outbox(
    source: DatabaseChanges, index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: object) -> object:
        raise RuntimeError("encoder gone")

    with monkeypatch.context() as patch:
        patch.setattr(index, "_embed", failing)
        with pytest.raises(RuntimeError, match="encoder gone"):
            drain(source, index, batch=5)
    assert source.count_pending() == FIRMS
    drain(source, index, batch=5)
    assert not compare(source, index)


class Interrupted(DatabaseChanges):
    """Stops before entries are forgotten, as a process killed after ``apply``."""

    def claim(self, limit: int, *, besides: Collection[int] = ()) -> OutboxClaim | None:
        taken = super().claim(limit, besides=besides)
        if taken:
            taken.settle = _interrupt  # type: ignore[method-assign]
        return taken


def _interrupt(_rejected: Collection[Rejection]) -> None:
    raise KeyboardInterrupt


def test_a_batch_applied_but_not_forgotten_is_replayed_harmlessly(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    with pytest.raises(KeyboardInterrupt):
        drain(Interrupted(engine), index, batch=5)
    assert source.count_pending() == FIRMS
    assert len(dict(index.versions())) == 5
    drain(source, index)
    assert (index.count(), len(pumps(index))) == (FIRMS, FIRMS)


def test_a_slower_drain_does_not_forget_an_entry_that_took_a_freed_number(
    engine: Engine, source: DatabaseChanges
) -> None:
    taken = source.claim(1000)
    assert taken
    taken.settle([])
    with unit_of_work(engine) as session:
        enqueue(session, [(key(1), 99)])
    taken.settle([])
    left = source.claim(10)
    assert left
    assert [(change.key, change.version) for change in left.changes] == [(key(1), 99)]
    left.release()


class Away(EmbeddedIndex):
    """A search that cannot be reached."""

    def apply(self, *_: object, **__: object) -> tuple[Rejection, ...]:
        raise SearchUnavailable("no connection")


def test_while_search_is_away_everything_stays_in_the_outbox(
    engine: Engine, source: DatabaseChanges, tmp_path: Path
) -> None:
    index = Away(tmp_path / "index", embed=embed, dimensions=DIMENSIONS, encoder="bag")
    with pytest.raises(SearchUnavailable):
        drain(source, index, batch=5)
    assert (source.count_pending(), refused(engine)) == (FIRMS, {})
    free = source.claim(100)
    assert free
    assert len(free.changes) == FIRMS
    free.release()
    index.close()


def test_a_drain_told_to_stop_ends_after_its_batch(source: DatabaseChanges, index: EmbeddedIndex) -> None:
    assert drain(source, index, batch=5, stopped=lambda: True) == 5
    assert source.count_pending() == FIRMS - 5
    assert drain(source, index, batch=5) == FIRMS - 5


def test_two_workers_share_the_work(
    engine: Engine, engine_name: str, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    mine = source.claim(10)
    yours = DatabaseChanges(engine).claim(10)
    assert mine
    assert yours
    shared = {change.id for change in mine.changes} & {change.id for change in yours.changes}
    assert bool(shared) == (engine_name == "sqlite")
    yours.release()
    mine.release()
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: drain(DatabaseChanges(engine), index, batch=2), range(3)))
    assert sum(done) == FIRMS or engine_name == "sqlite"
    assert source.count_pending() == 0
    assert not compare(source, index)


def test_the_lag_is_told_by_the_clock_of_the_database(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        count, age = waiting(session)
        assert count == FIRMS
        assert 0 <= age < 60
        long_ago = datetime.now(UTC) - timedelta(hours=2)
        session.connection().execute(update(OutboxEntry).values(created_at=long_ago))
        assert 7195 < waiting(session)[1] < 7300
        session.connection().execute(delete(OutboxEntry))
        assert waiting(session) == (0, 0.0)
