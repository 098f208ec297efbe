"""From a real database to the index: draining, comparing, repairing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, update
from sqlmodel import col

from app.catalogue.models import Listing
from app.catalogue.supply import DatabaseChanges
from app.core.database import make_engine, unit_of_work
from app.core.ids import company_id
from app.core.outbox import OutboxClaim, OutboxEntry, enqueue, parked, retry, waiting
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.uscc import check_character
from app.settings import Settings
from search.documents import SupplierDocument
from search.embedded import EmbeddedIndex
from search.index import Embed, Filters, Rejection, SearchUnavailable, Vectors
from search.indexer import drain
from search.reconcile import Differences, compare, differences, repair
from tests.contract.search_worlds import DIMENSIONS, embed, keys, words

FIRMS = 25


def uscc(number: int) -> str:
    first = f"91210106MA8T{number:05d}"
    return first + check_character(first)


def key(number: int) -> str:
    return str(company_id(uscc(number)))


def register(engine: Engine, numbers: Sequence[int], scope: str) -> None:
    with unit_of_work(engine) as session:
        register_companies(
            session,
            [Registration(uscc(n), f"沈阳测试{n}号有限公司", business_scope=scope) for n in numbers],
        )


def forget(engine: Engine, number: int, *, version: int | None) -> None:
    """Delete a company, with an outbox entry when a version is given."""
    with unit_of_work(engine) as session:
        run = session.connection()
        run.execute(delete(Listing).where(col(Listing.company_id) == UUID(key(number))))
        run.execute(delete(Company).where(col(Company.id) == UUID(key(number))))
        if version is not None:
            enqueue(session, [(key(number), version)])


def set_version(engine: Engine, number: int, version: int) -> None:
    with unit_of_work(engine) as session:
        session.connection().execute(
            update(Company).where(col(Company.id) == UUID(key(number))).values(version=version)
        )


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with some companies, all of them waiting in the outbox."""
    engine = make_engine(Settings(database_url=database_url))
    register(engine, range(FIRMS), "水泵制造；阀门销售。")
    yield engine
    engine.dispose()


@pytest.fixture
def source(engine: Engine) -> DatabaseChanges:
    return DatabaseChanges(engine)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    index = EmbeddedIndex(tmp_path / "index", embed=embed, dimensions=DIMENSIONS, encoder="bag")
    yield index
    index.close()


def pumps(index: EmbeddedIndex) -> set[str]:
    return set(keys(words(index, "水泵制造", Filters())))


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


def test_compare_and_repair_after_changes_no_entry_tells_of(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    drain(source, index)
    register(engine, [1, 2, FIRMS], "轴承制造。")
    forget(engine, 3, version=None)
    with unit_of_work(engine) as session:
        session.connection().execute(delete(OutboxEntry))
    found = compare(source, index)
    assert (set(found.missing), set(found.stale), set(found.surplus)) == (
        {key(FIRMS)},
        {key(1), key(2)},
        {key(3)},
    )
    assert repair(source, index, differences(source, index)) == 4
    assert not compare(source, index)
    assert set(keys(words(index, "轴承", Filters()))) == {key(1), key(2), key(FIRMS)}


def test_a_database_restored_from_a_backup_is_the_truth(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    register(engine, [FIRMS], "锅炉制造。")
    drain(source, index)
    register(engine, [0], "轴承制造。")
    register(engine, [0], "齿轮制造。")
    forget(engine, 1, version=9)
    drain(source, index)
    # The backup knows firm 0 at version 1, still has firm 1, and has never heard of the last one.
    forget(engine, FIRMS, version=None)
    forget(engine, 0, version=None)
    register(engine, [0, 1], "水泵制造。")
    with unit_of_work(engine) as session:
        session.connection().execute(delete(OutboxEntry))
    found = compare(source, index)
    assert (found.missing, found.stale, found.surplus) == ((key(1),), (key(0),), (key(FIRMS),))
    repair(source, index, differences(source, index))
    assert not compare(source, index)
    assert {key(0), key(1)} <= pumps(index)
    assert words(index, "齿轮 锅炉", Filters()) == []
    # From here on changes flow as ever, also of the firm that was surplus.
    register(engine, [0, 1, FIRMS], "阀门铸造。")
    drain(source, index)
    assert not compare(source, index)
    assert set(keys(words(index, "铸造", Filters()))) == {key(0), key(1), key(FIRMS)}


class Busy(DatabaseChanges):
    """Another process writes and drains a change between a repair's load and its write."""

    def __init__(self, engine: Engine, index: EmbeddedIndex) -> None:
        super().__init__(engine)
        self._of, self._index, self.loads = engine, index, 0

    def load(self, keys: Sequence[str]) -> Mapping[str, SupplierDocument]:  # type: ignore[override]
        loaded = super().load(keys)
        self.loads += 1
        if self.loads == 2:
            register(self._of, [0], "轴承制造。")
            drain(DatabaseChanges(self._of), self._index)
        return loaded


def test_a_repair_does_not_undo_a_change_drained_beside_it(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    drain(source, index)
    set_version(engine, 0, 50)
    register(engine, [0], "齿轮制造。")
    drain(source, index)
    set_version(engine, 0, 3)
    busy = Busy(engine, index)
    repair(busy, index, differences(source, index))
    assert busy.loads == 3
    assert not compare(source, index)
    assert keys(words(index, "轴承", Filters())) == [key(0)]


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


def refused(engine: Engine) -> dict[str, str]:
    with unit_of_work(engine, writing=False) as session:
        return {one.key: one.reason for one in parked(session)}


def poison(title: str) -> Embed:
    """An encoder that breaks on one title."""

    def embed_or_break(titles: Sequence[str]) -> Vectors:
        if title in titles:
            raise ValueError(f"cannot encode {title}")
        return embed(titles)

    return embed_or_break


@pytest.mark.parametrize("batch", [4, 2_000])
def test_a_document_that_breaks_the_index_is_parked_and_the_rest_goes_on(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    register(engine, [3], "锅炉制造。")
    with monkeypatch.context() as patch:
        patch.setattr(index, "_embed", poison("锅炉"))
        drain(source, index, batch=batch)
        assert source.count_pending() == 0
        assert refused(engine) == {key(3): "ValueError: cannot encode 锅炉"}
        assert compare(source, index) == Differences(missing=(key(3),), stale=(), surplus=())
        with unit_of_work(engine) as session:
            assert retry(session) == 1
        with pytest.raises(
            ValueError, match="锅炉"
        ):  # nothing else in the batch: the encoder may be at fault
            drain(source, index)
        assert source.count_pending() == 1
    drain(source, index)
    assert refused(engine) == {}
    assert not compare(source, index)


def test_a_change_that_passes_takes_the_parked_one_away(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(engine, [3], "锅炉制造。")
    with monkeypatch.context() as patch:
        patch.setattr(index, "_embed", poison("锅炉"))
        drain(source, index)
    assert list(refused(engine)) == [key(3)]
    register(engine, [3], "轴承制造。")
    drain(source, index)
    assert refused(engine) == {}
    assert not compare(source, index)


def test_a_company_that_cannot_be_read_is_parked_and_the_rest_goes_on(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    with unit_of_work(engine) as session:
        broken = update(Company).where(col(Company.id) == UUID(key(5))).values(aliases=5)
        session.connection().execute(broken)
    assert drain(source, index, batch=10) == FIRMS
    assert list(refused(engine)) == [key(5)]
    assert index.count() == FIRMS - 1


class Refusing(EmbeddedIndex):
    """Refuses one firm, as a server does whose mapping it does not fit."""

    def apply(
        self,
        upserts: Sequence[SupplierDocument],
        deletes: Sequence[tuple[str, int]] = (),
        *,
        force: bool = False,
    ) -> tuple[Rejection, ...]:
        bad = [document for document in upserts if document.key == key(7)]
        super().apply([document for document in upserts if document not in bad], deletes, force=force)
        return tuple(Rejection(document.key, document.version, "does not fit") for document in bad)


def test_what_the_index_refuses_is_parked_by_draining_and_by_repairing(
    engine: Engine, source: DatabaseChanges, tmp_path: Path
) -> None:
    index = Refusing(tmp_path / "index", embed=embed, dimensions=DIMENSIONS, encoder="bag")
    drain(source, index, batch=10)
    assert refused(engine) == {key(7): "does not fit"}
    with unit_of_work(engine) as session:
        retry(session)
        session.connection().execute(delete(OutboxEntry))
    found = list(differences(source, index))
    assert [(one.key, one.trouble) for one in found] == [(key(7), "missing")]
    repair(source, index, found)
    assert refused(engine) == {key(7): "does not fit"}
    index.close()


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


def test_sides_out_of_order_are_not_compared(source: DatabaseChanges, index: EmbeddedIndex) -> None:
    drain(source, index)
    backwards = sorted(index.versions(), reverse=True)
    index.versions = lambda: iter(backwards)  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="not in order"):
        compare(source, index)


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
