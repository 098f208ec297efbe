"""Long work while the real node lets questions run out of time: it waits and goes on, or ends with all it has done."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import app
from app.commands import common, indexing
from app.commands.common import GAVE_UP, tell_waiting
from app.core.runtime import Runtime
from app.settings import get_settings
from search.elastic import Connection, ElasticIndex, ElasticSuccessor, Shape, open_index
from search.elastic import bulk as bulk_module
from search.index import Rejection, SearchUnavailable
from search.patience import GaveUp, Patience
from search.rebuild import rebuild
from tests.app.imports.import_samples import make_uscc
from tests.contract.search_worlds import DIMENSIONS, Database, embed, firm, keys, words
from tests.services.elasticsearch_nodes import own_alias
from tests.services.tls_proxy import Door, door

KEY = "aWQ6c2VjcmV0"
RUNS_OUT = 1.5
"""Seconds after which a question to the held node runs out of time. A slow node only makes more of them do."""
LONG = 300.0
SHORT = 0.1


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

    def live(self) -> int:
        """How many firms there are in it, whatever filled it."""
        with self._straight.open() as client:
            client.indices.refresh(index=self.alias)
            return int(client.count(index=self.alias, query={"term": {"live": True}})["count"])

    def plant(self, *strangers: str) -> None:
        """Firms that no database knows."""
        with self._straight.open() as client:
            for key in strangers:
                client.index(index=self.alias, id=key, document={"key": key, "version": 1, "live": True})

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


@pytest.fixture
def commands(node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Runs commands on the node behind its door, which opens as soon as one says that it waits."""
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

    def hear(error: SearchUnavailable, pause: float) -> None:
        tell_waiting(error, pause)
        node.door.let_go()

    def run(*said: str, wait: float) -> Result:
        with monkeypatch.context() as patched:
            if wait == LONG:
                patched.setattr(indexing, "tell_waiting", hear)
                patched.setattr(common, "tell_waiting", hear)
            return CliRunner().invoke(app, [*said, "--wait", str(wait)])

    get_settings.cache_clear()
    yield run
    get_settings.cache_clear()


def test_a_rebuild_says_what_it_waits_for_and_how_to_go_on(
    node: Node, commands: Callable[..., Result]
) -> None:
    node.door.hold()
    gone = commands("index", "rebuild", wait=SHORT)
    assert gone.exit_code == GAVE_UP, gone.output
    assert "运行 lianqiao index rebuild 即接续" in gone.output
    busy = commands("index", "rebuild", wait=LONG)
    assert busy.exit_code == 0, busy.output
    assert "Waiting for the search engine" in busy.output
    assert "已重建" in busy.output


def sheet_of_one(folder: Path) -> Path:
    sheet = folder / "firms.csv"
    sheet.write_text(f"统一社会信用代码,企业名称,经营范围\n{make_uscc(1)},沈阳潜鳞泵业有限公司,水泵制造\n")
    return sheet


def test_an_import_is_kept_and_indexed_once_the_node_answers(
    node: Node, commands: Callable[..., Result], tmp_path: Path
) -> None:
    sheet = sheet_of_one(tmp_path)
    node.door.hold()
    gone = commands("import", "companies", str(sheet), "--json", wait=SHORT)
    assert gone.exit_code == GAVE_UP, gone.output
    assert json.loads(gone.stdout)["created"] == 1, gone.output
    assert "waits in the database" in gone.stderr
    busy = commands("import", "companies", str(sheet), wait=LONG)
    assert busy.exit_code == 0, busy.output
    assert "Waiting for the search engine" in busy.stderr
    assert node.live() == 1


def test_a_check_waits_and_counts_each_difference_once(
    node: Node, commands: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_module, "TRIES", 2)
    monkeypatch.setattr(bulk_module, "FIRST_WAIT", 0.01)
    assert commands("index", "check", wait=LONG).exit_code == 0
    node.plant(*(str(UUID(int=n)) for n in range(3)))
    node.door.hold("/_bulk")
    gone = commands("index", "check", wait=SHORT)
    assert gone.exit_code == GAVE_UP, gone.output
    assert "run `lianqiao index check` again" in gone.stderr
    busy = commands("index", "check", "--json", wait=LONG)
    assert busy.exit_code == 0, busy.output
    assert json.loads(busy.stdout)["surplus"] == json.loads(busy.stdout)["repaired"] == 3
    assert "Waiting for the search engine" in busy.stderr
    assert node.live() == 0


def test_what_was_parked_is_tried_again_once_the_node_answers(
    node: Node, commands: Callable[..., Result], tmp_path: Path
) -> None:
    sheet = sheet_of_one(tmp_path)
    assert commands("import", "companies", str(sheet), wait=LONG).exit_code == 0
    runtime = Runtime(get_settings())
    try:
        key, version = next(iter(runtime.changes.versions()))
        runtime.changes.park([Rejection(key, version, "refused")])
    finally:
        runtime.close()
    node.door.hold()
    gone = commands("index", "retry", wait=SHORT)
    assert gone.exit_code == GAVE_UP, gone.output
    assert "waits in the database" in gone.stderr
    busy = commands("index", "check", wait=LONG)
    assert busy.exit_code == 0, busy.output
    assert "搁置 0" in busy.output
