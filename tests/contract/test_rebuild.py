"""A rebuild on every backend: nothing missing, nothing double, whatever is written meanwhile; stopped and gone on with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from search.elastic import Connection, ElasticSuccessor, Shape
from search.elastic import open_index as open_elastic
from search.embedded import EmbeddedIndex, EmbeddedSuccessor
from search.index import SearchIndex, SearchUnavailable
from search.rebuild import Successor, rebuild
from tests.contract.search_worlds import DIMENSIONS, Database, embed, firm, keys, words
from tests.services.elasticsearch_nodes import own_alias
from tests.services.programs import until

FIRMS = 6_000
"""More than two batches of a rebuild."""


class Place:
    """Where an index lives and is rebuilt."""

    def __init__(self, open_index: Callable[[], SearchIndex], begin: Callable[[bool], Successor]) -> None:
        self._open, self._begin = open_index, begin
        self._opened: list[SearchIndex | Successor] = []

    def open(self) -> SearchIndex:
        self._opened.append(self._open())
        return self._opened[-1]

    def begin(self, *, fresh: bool = False) -> Successor:
        self._opened.append(self._begin(fresh))
        return self._opened[-1]

    def close(self) -> None:
        for one in self._opened:
            one.close()


@pytest.fixture(params=["embedded", "elasticsearch"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "embedded":
        live, begun = tmp_path / "index", tmp_path / "index.new"

        def embedded(folder: Path = live) -> EmbeddedIndex:
            return EmbeddedIndex(folder, embed=embed, dimensions=DIMENSIONS, encoder="bag")

        made = Place(embedded, lambda _: EmbeddedSuccessor(live, begun, lambda: embedded(begun)))
        yield made
        made.close()
        return
    connection = Connection(urls=(request.getfixturevalue("elasticsearch_url"),), timeout=60)
    name = own_alias(f"rebuild-{tmp_path.name}")

    def elastic(alias: str = name, make: bool = True) -> SearchIndex:
        return open_elastic(
            connection,
            alias,
            embed=embed,
            dimensions=DIMENSIONS,
            encoder="bag",
            shape=Shape(refresh="-1"),
            make=make,
        )

    def begin(fresh: bool) -> Successor:
        live = elastic().indices
        return ElasticSuccessor(live, lambda: elastic(live.building, make=False), fresh=fresh)

    made = Place(elastic, begin)
    yield made
    made.close()
    with connection.open() as client:
        client.indices.delete(index=list(client.indices.get(index=f"{name}-*", features="aliases")))


def test_a_rebuild_makes_the_index_what_the_database_is(place: Place) -> None:
    live = place.open()
    live.apply([firm("stays", "水泵"), firm("gone", "水泵"), firm("old", "水泵", version=1)])
    live.refresh()
    database = Database(firm("stays", "水泵"), firm("old", "阀门", version=3), firm("new", "水泵"))
    assert rebuild(database, place.begin()) == 3
    assert not database.parked
    again = place.open()
    assert dict(again.versions()) == {"stays": 1, "old": 3, "new": 1}
    assert set(keys(words(again, "水泵"))) == {"stays", "new"}


def test_stopped_and_gone_on_with(place: Place) -> None:
    database = Database(*(firm(f"{n:05d}", f"水泵{n % 50}") for n in range(FIRMS)))
    place.open().apply([firm("00001", "水泵1")])
    told: list[int] = []
    assert rebuild(database, place.begin(), progress=told.append, stopped=lambda: sum(told) > 10_000) is None
    live = place.open()
    live.refresh()
    assert live.count() == 1  # as it was
    assert max(told) < FIRMS
    successor = place.begin()
    assert successor.resumed
    written = rebuild(database, successor, progress=told.append)
    assert written
    assert 0 < written < FIRMS - 1_000
    assert max(told) == FIRMS
    assert place.open().count() == FIRMS


def test_what_is_written_during_a_rebuild_is_there_after_it_once(place: Place) -> None:
    """A worker writes on, as a server's indexer does; it opens the index anew when it has been replaced."""
    database = Database(*(firm(f"{n:05d}", "阀门") for n in range(FIRMS)))
    live = place.open()
    live.apply(list(database.documents.values()))
    live.refresh()
    finished = threading.Event()
    written: list[str] = []

    def work() -> None:
        index, turn = place.open(), 0
        while not finished.is_set() or turn < 3:
            turn += 1
            changed = [
                replace(database.documents[f"{n:05d}"], version=1 + turn) for n in range(0, FIRMS, 500)
            ]
            added = [firm(f"new{turn:04d}", "水泵")]
            for document in [*changed, *added]:
                database.write(document)
            waiting = [*changed, *added]
            while waiting:  # as the outbox: kept until the index has it
                try:
                    index.apply(waiting)
                    waiting = []
                except SearchUnavailable:
                    index = place.open()
            written.extend(document.key for document in added)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        searching = place.open()
        assert rebuild(database, place.begin())
        assert len(words(searching, "阀门", limit=10)) == 10
    finally:
        finished.set()
        worker.join()
    after = place.open()
    after.refresh()
    assert dict(after.versions()) == dict(database.versions())
    assert set(keys(words(after, "水泵", limit=10_000))) == set(written)
    assert after.count() == FIRMS + len(written)


def test_no_question_fails_while_indices_change_places(place: Place) -> None:
    database = Database(firm("a", "水泵"))
    rebuild(database, place.begin())
    asked: list[int] = []
    failed: list[SearchUnavailable] = []
    finished = threading.Event()

    def ask() -> None:
        index = place.open()
        while not finished.is_set():
            try:
                asked.append(len(words(index, "水泵")))
            except SearchUnavailable as error:
                failed.append(error)

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        for _ in range(8):
            before = len(asked)
            rebuild(database, place.begin())
            until(lambda before=before: failed or len(asked) > before + 2, what="answers")
    finally:
        finished.set()
        reader.join()
    assert not failed
    assert set(asked) == {1}


def test_two_rebuilds_at_once_do_no_harm(place: Place) -> None:
    database = Database(*(firm(f"{n}", "水泵") for n in range(20)))
    place.open().apply([firm("0", "水泵")])
    first, second = place.begin(), place.begin()
    assert rebuild(database, first)
    if isinstance(second, ElasticSuccessor):
        # Both fill the same index; the slower one finds that it is live already.
        with pytest.raises(SearchUnavailable, match="no index"):
            rebuild(database, second)
    assert dict(place.open().versions()) == dict(database.versions())


def test_an_open_index_knows_when_it_has_been_replaced(place: Place) -> None:
    live = place.open()
    live.apply([firm("a", "水泵")])
    live.refresh()
    rebuild(Database(firm("a", "阀门", version=2)), place.begin())
    if isinstance(live, EmbeddedIndex):
        assert live.replaced()
        assert keys(words(live, "水泵")) == ["a"]  # requests under way finish on what they have
        with pytest.raises(SearchUnavailable, match="replaced"):
            live.apply([firm("b", "水泵")])
    else:
        assert not live.replaced()
        assert keys(words(live, "阀门")) == ["a"]
