"""From a real database to the index: draining, comparing, repairing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, update
from sqlmodel import SQLModel, col

from app.catalogue.models import Listing
from app.catalogue.supply import DatabaseChanges
from app.core.database import make_engine, unit_of_work
from app.core.ids import company_id
from app.core.outbox import OutboxEntry, enqueue
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.uscc import check_character
from app.settings import Settings
from search.documents import SupplierDocument
from search.embedded import EmbeddedIndex
from search.index import Filters
from search.indexer import Change, compare, drain, repair
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


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with some companies, all of them waiting in the outbox."""
    folder = tmp_path_factory.mktemp("registered")
    engine = make_engine(Settings(data_dir=folder))
    SQLModel.metadata.create_all(engine)
    register(engine, range(FIRMS), "水泵制造；阀门销售。")
    engine.dispose()
    return folder


@pytest.fixture
def engine(registered: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(registered, tmp_path / "data")
    engine = make_engine(Settings(data_dir=tmp_path / "data"))
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

    def done(self, changes: Sequence[Change]) -> None:
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
    assert repair(source, index, found) == 4
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
    repair(source, index, found)
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
    repair(busy, index, compare(source, index))
    assert busy.loads == 3
    assert not compare(source, index)
    assert keys(words(index, "轴承", Filters())) == [key(0)]


def test_a_slower_drain_does_not_forget_an_entry_that_took_a_freed_number(
    engine: Engine, source: DatabaseChanges
) -> None:
    taken = source.pending(1000)
    source.done(taken)
    with unit_of_work(engine) as session:
        enqueue(session, [(key(1), 99)])
    source.done(taken)
    assert [(change.key, change.version) for change in source.pending(10)] == [(key(1), 99)]
