"""A rebuild while the real node lets questions run out of time: it waits and goes on, or ends with all it has done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.commands import indexing
from app.commands.common import tell_waiting
from app.settings import get_settings
from search.elastic import Connection, ElasticIndex, ElasticSuccessor, Shape, open_index
from search.elastic import bulk as bulk_module
from search.index import SearchUnavailable
from search.patience import GaveUp, Patience
from search.rebuild import rebuild
from tests.contract.search_worlds import DIMENSIONS, Database, embed, firm, keys, words
from tests.services.elasticsearch_nodes import own_alias
from tests.services.tls_proxy import Door, door

KEY = "aWQ6c2VjcmV0"
RUNS_OUT = 1.5
"""Seconds after which a question to the held node runs out of time. A slow node only makes more of them do."""
LONG = 300.0


class Node:
    """The real node, asked with much time, and through a door that may be held shut with little."""

    def __init__(self, url: str, way: Door, alias: str) -> None:
        self.door, self.alias = way, alias
        self._straight = Connection(first_of(url), timeout=60)
        self.through = Connection(first_of(way.url), api_key=KEY, ca_certs=way.ca_certs, timeout=RUNS_OUT)
        self._opened: list[ElasticIndex] = []

    def open(self, alias: str = "", *, through: bool = False, make: bool = True) -> ElasticIndex:
        connection = self.through if through else self._straight
        self._opened.append(
            open_index(
                connection, alias or self.alias, embed=embed, dimensions=DIMENSIONS, encoder="bag",
                shape=Shape(refresh="-1"), make=make,
            )
        )  # fmt: skip
        return self._opened[-1]

    def begin(self) -> ElasticSuccessor:
        live = self.open(through=True).indices
        return ElasticSuccessor(live, lambda: self.open(live.building, through=True, make=False))

    def end(self) -> None:
        self.door.let_go()
        for one in self._opened:
            one.close()
        with self._straight.open() as client:
            names = list(client.indices.get(index=f"{self.alias}-*", features="aliases"))
            client.indices.delete(index=names or "none", ignore_unavailable=True)


def first_of(said: str) -> tuple[str, ...]:
    return (said.split(",")[0],)


@pytest.fixture
def node(elasticsearch_url: str, tmp_path: Path) -> Iterator[Node]:
    with door(first_of(elasticsearch_url)[0], tmp_path / "door", admits=(f"ApiKey {KEY}",)) as way:
        made = Node(elasticsearch_url, way, own_alias(tmp_path.name))
        yield made
        made.end()


@pytest.mark.parametrize(
    ("held", "done"),
    [
        ("/_pit", False),
        ("/_bulk", False),
        ("/_bulk", True),
        ("POST /_aliases", False),
        ("POST /_aliases", True),
    ],
)
def test_a_rebuild_waits_for_a_busy_node_and_goes_on(
    node: Node, held: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ran out of time, and whether the node did it all the same or not."""
    monkeypatch.setattr(bulk_module, "TRIES", 2)
    monkeypatch.setattr(bulk_module, "FIRST_WAIT", 0.01)
    live = node.open()
    live.apply([firm("stays", "水泵"), firm("gone", "水泵")])
    live.refresh()
    database = Database(firm("stays", "水泵"), firm("new", "水泵"))
    told: list[str] = []

    def hear(error: SearchUnavailable, _: float) -> None:
        told.append(str(error))
        node.door.let_go()

    patience = Patience(LONG, told=hear)
    successor = patience.until_done(node.begin)
    node.door.hold(held, done=done)
    assert rebuild(database, successor, patience=patience) is not None
    assert node.door.held
    assert re.search("does not answer|did not take", told[0])
    after = node.open()
    assert dict(after.versions()) == {"stays": 1, "new": 1}
    assert set(keys(words(after, "水泵"))) == {"stays", "new"}
    assert not after.indices.built()


def test_a_node_that_is_gone_is_given_up_and_the_rebuild_gone_on_with(node: Node) -> None:
    live = node.open()
    live.apply([firm("old", "水泵")])
    live.refresh()
    database = Database(*(firm(f"{n}", "水泵") for n in range(5)))
    successor = Patience(LONG).until_done(node.begin)
    node.door.hold()
    with pytest.raises(GaveUp, match=r"gave up after .* does not answer"):
        rebuild(database, successor, patience=Patience(RUNS_OUT))
    node.door.let_go()
    assert keys(words(live, "水泵")) == ["old"]
    again = Patience(LONG).until_done(node.begin)
    assert again.resumed
    assert rebuild(database, again, patience=Patience(LONG)) == 5
    assert node.open().count() == 5


def test_what_waiting_cannot_mend_is_not_waited_for(node: Node) -> None:
    stranger = replace(node.through, api_key="bm9ib2R5")
    action = bulk_module.Action("a", 1, {"key": "a"})
    with stranger.open() as client:
        patience = Patience(LONG, told=refuse)
        with pytest.raises(SearchUnavailable, match="credentials"):
            patience.until_done(lambda: bulk_module.write(client, "a", [action]))


def refuse(error: SearchUnavailable, pause: float) -> None:
    raise AssertionError(f"waited {pause} s for {error}")


def test_stopping_does_not_wait_for_the_end_of_a_pause() -> None:
    asked: list[int] = []

    def fail() -> None:
        asked.append(1)
        raise SearchUnavailable("away")

    with pytest.raises(SearchUnavailable, match="away"):
        Patience(LONG, stopped=lambda: len(asked) > 0).until_done(fail)
    assert len(asked) == 1


def test_the_command_says_what_it_waits_for_and_how_to_go_on(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "data_dir": tmp_path / "data",
        "search_url": node.door.url,
        "search_api_key": KEY,
        "search_ca_certs": node.door.ca_certs,
        "search_index": node.alias,
        "search_timeout_seconds": RUNS_OUT,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"LIANQIAO_{name.upper()}", str(value))
    get_settings.cache_clear()

    def hear(error: SearchUnavailable, pause: float) -> None:
        tell_waiting(error, pause)
        node.door.let_go()

    try:
        node.door.hold()
        gone = CliRunner().invoke(app, ["index", "rebuild", "--wait", "0.1"])
        assert gone.exit_code == 1, gone.output
        assert "运行 lianqiao index rebuild 即接续" in gone.output
        monkeypatch.setattr(indexing, "tell_waiting", hear)
        busy = CliRunner().invoke(app, ["index", "rebuild", "--wait", str(LONG)])
        assert busy.exit_code == 0, busy.output
        assert "Waiting for the search engine" in busy.output
        assert "已重建" in busy.output
    finally:
        get_settings.cache_clear()
