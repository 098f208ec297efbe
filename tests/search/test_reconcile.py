"""Database and index compared, and repaired where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Engine, delete

from app.catalogue.supply import DatabaseChanges
from app.core.database import unit_of_work
from app.core.outbox import OutboxEntry, enqueue
from app.matches.due import firms_changed
from search.documents import SupplierDocument
from search.embedded import EmbeddedIndex
from search.index import Filters
from search.indexer import drain
from search.reconcile import Difference, compare, differences, repair
from tests.contract.search_worlds import keys, words
from tests.search.registers import FIRMS, forget, key, pumps, refused, register, set_version


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


def test_what_somebody_else_wrote_into_the_index_is_surplus(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    drain(source, index)
    index.apply([replace(source.load([key(0)])[key(0)], key="not-an-id")])
    index.refresh()
    assert list(differences(source, index)) == [Difference("not-an-id", "surplus")]
    assert repair(source, index, differences(source, index)) == 1
    assert not compare(source, index)
    # An entry of such a key in the outbox is settled as of one that has been deleted.
    with unit_of_work(engine) as session:
        enqueue(session, [("not-an-id", 1)])
    register(engine, [0], "轴承制造。")
    drain(DatabaseChanges(engine, then=firms_changed), index)
    assert source.count_pending() == 0
    assert refused(engine) == {}
    assert not compare(source, index)


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


def test_sides_out_of_order_are_not_compared(source: DatabaseChanges, index: EmbeddedIndex) -> None:
    drain(source, index)
    backwards = sorted(index.versions(), reverse=True)
    index.versions = lambda: iter(backwards)  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="not in order"):
        compare(source, index)
