"""From one encoder to another behind programs that run: no question without an answer, no write lost, nothing mixed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from app.core import backends
from app.core.actor import SYSTEM
from app.core.backends import begin_successor, begun_of
from app.core.database import transact
from app.core.ids import company_id
from app.core.locks import claimed
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.demands.understanding import read_words
from app.matches.service import match_need
from app.matches.standing import DemandChanges
from app.reembedding.job import CLAIM, change_encoder
from app.reembedding.status import status_of
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.settings import Settings
from search import reconcile
from search.elastic import Connection, ElasticSuccessor
from search.elastic import indices as indices_module
from search.elastic import mapping as mapping_module
from search.embedded import filling as filling_module
from search.embedded import index as embedded_module
from search.index import Filters, SearchUnavailable, VectorLeg
from search.rebuild import rebuild
from search.reconcile import compare
from tests.faults.load import new_uscc
from tests.services.programs import until
from tests.weights import narrow_weights

pytestmark = pytest.mark.one_database

BOILERS, FIRMS = 4, 40
Open = Callable[[str], Runtime]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two encoders that agree in nothing, not even in their dimensions."""
    folder = tmp_path_factory.mktemp("weights")
    found = {}
    for name, dimensions in (("old", 64), ("new", 96)):
        found[name] = folder / f"{name}.npz"
        narrow_weights(found[name], dimensions)
    return found


@pytest.fixture(params=["embedded", "elasticsearch"])
def open_on(
    request: pytest.FixtureRequest, tmp_path: Path, weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens the parts of a program that is told to use this encoder, ``old`` or ``new``; each as if a process of its own."""
    monkeypatch.setattr(indices_module, "STAMP_SECONDS", 0.2)
    monkeypatch.setattr(reconcile, "BATCH", 10)
    url, name = "", f"swap-{tmp_path.name}".lower().replace("[", "-").replace("]", "")
    if request.param == "elasticsearch":
        url = request.getfixturevalue("elasticsearch_url")
    opened: list[Runtime] = []

    def make(encoder: str) -> Runtime:
        setting = f"house:{weights.get(encoder, encoder)}"
        settings = Settings(
            data_dir=tmp_path / "data",
            encoder=setting,
            search_url=url,
            search_index=name,
            search_refresh="-1",
        )
        opened.append(Runtime(settings))
        return opened[-1]

    yield make
    for runtime in opened:
        runtime.close()
    if url:
        with Connection(urls=(url,)).open() as client:
            client.indices.delete(index=list(client.indices.get(index=f"{name}-*", features="aliases")))


@pytest.fixture
def old(open_on: Open) -> Runtime:
    """A program at work with the old encoder, with firms in its index."""
    runtime = open_on("old")
    migrate(runtime.engine)
    register(runtime, *(f"锅炉厂{n}" for n in range(BOILERS)), scope="锅炉制造。")
    register(runtime, *(f"机械厂{n}" for n in range(FIRMS - BOILERS)))
    runtime.index_pending()
    change_encoder(runtime)
    assert len(runtime.settled) == 2
    return runtime


def register(runtime: Runtime, *names: str, scope: str = "水泵制造；阀门销售。") -> list[str]:
    firms = [Registration(new_uscc(), f"沈阳{name}", business_scope=scope) for name in names]
    transact(runtime.engine, partial(register_companies, registrations=firms))
    return [str(company_id(firm.uscc)) for firm in firms]


def boilers_found(runtime: Runtime) -> int:
    found = match_need(runtime, read_words("", "锅炉"), limit=BOILERS)
    return sum("锅炉厂" in one.supplier.name for one in found.matches)


class Readers:
    """Asks these programs in turn without pause; each looks for a new index as its indexer would."""

    def __init__(self, *asked: Runtime) -> None:
        self.asked, self.answers, self.failures = asked, 0, []
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Readers:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finished.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._finished.is_set():
            for runtime in self.asked:
                try:
                    found = boilers_found(runtime)
                    runtime.follow()
                except Exception as error:
                    self.failures.append(repr(error))
                else:
                    if found != BOILERS:
                        self.failures.append(f"{found} found")
            self.answers += 1


def index_all(runtime: Runtime) -> None:
    """As the indexer does, which tries again."""

    def round_of() -> bool:
        try:
            runtime.follow()
            runtime.index_pending()
        except SearchUnavailable:
            return False
        return runtime.changes.count_pending() == 0

    until(round_of, what="the index to catch up")
    runtime.index.refresh()


def test_every_question_is_answered_and_every_write_kept(
    old: Runtime, open_on: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = open_on("new")
    before = old.encoder.name
    assert new.encoder.name == before != new.encoders.wanted().name
    written: list[str] = []
    with Readers(old, new) as readers:
        successor = begin_successor(new.settings, new.encoders.wanted())
        stops = iter([False] * 15)
        assert rebuild(new.changes, successor, stopped=lambda: next(stops, True)) is None
        successor.close()
        status = status_of(new, "supplier")
        assert (status.encoder, status.successor) == (before, new.encoders.wanted().name)
        assert 0 < status.done < status.total == FIRMS
        written += register(old, "泵厂甲", scope="锅炉维修。")
        index_all(old)
        until(lambda: readers.answers > 2 or readers.failures, what="answers")
        assert new.encoder.name == before
        assert 0 < change_encoder(new) < FIRMS  # it went on with what was begun
        assert new.encoder.name == new.encoders.wanted().name
        answered = readers.answers
        written += register(old, "泵厂乙", scope="锅炉维修。")
        index_all(old)
        until(lambda: readers.answers > answered + 2 or readers.failures, what="answers")
    assert not readers.failures
    assert old.encoder.name == new.encoder.name
    new.index.refresh()
    assert not compare(new.changes, new.index)
    assert set(new.index.documents(written)) == set(written)
    title = new.index.documents(written)[written[0]].items[0].title
    for runtime in (old, new):
        (hits,) = runtime.index.search([VectorLeg(runtime.encoder.encode_queries([title])[0], 50)], Filters())
        assert hits[0].score > 0.95
    monkeypatch.setattr(backends, "RETIRED_SECONDS", 0.0)  # all have followed
    change_encoder(new)
    assert len(new.settled) == 2
    assert [path.stem for path in (new.settings.data_dir / "encoders").iterdir()] == [new.encoder.name]
    if not new.settings.uses_elasticsearch():
        assert not list(new.settings.data_dir.glob("index*.old"))


def test_who_was_settled_before_follows_and_does_not_turn_it_back(old: Runtime, open_on: Open) -> None:
    new = open_on("new")
    assert change_encoder(new) == FIRMS
    until(lambda: old.follow() or old.encoder.name == new.encoder.name, what="the other process")
    assert change_encoder(old) == 0
    assert old.encoder.name == new.encoder.name
    again = open_on("old")  # started later, so its settings are the newer ones
    assert change_encoder(again) == FIRMS
    assert boilers_found(again) == BOILERS


@pytest.mark.usefixtures("old")
def test_standing_demands_are_filled_anew_too(open_on: Open) -> None:
    new = open_on("new")
    change_encoder(new)
    assert new.searching("demand").encoder.name == new.encoders.wanted().name
    assert not compare(DemandChanges(new.engine), new.demand_index)


def test_an_encoder_whose_file_was_overwritten_is_still_asked(
    old: Runtime, open_on: Open, weights: dict[str, Path], tmp_path: Path
) -> None:
    """`learn encoder` into the same file, and a restart; the kept copy answers until the new index is there."""
    before = old.encoder.name
    mine = tmp_path / "mine.npz"
    mine.write_bytes(weights["new"].read_bytes())
    again = open_on(str(mine))
    weights_of_old = weights["old"].read_bytes()
    weights["old"].unlink()
    try:
        assert again.encoder.name == before
        assert boilers_found(again) == BOILERS
    finally:
        weights["old"].write_bytes(weights_of_old)


def test_an_encoder_that_is_gone_is_named_and_search_is_back_when_the_index_is_built(
    old: Runtime, open_on: Open, weights: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    before = old.encoder.name
    (old.settings.data_dir / "encoders" / f"{before}.npz").unlink()
    moved = weights["old"].rename(weights["old"].with_suffix(".away"))
    try:
        new = open_on("new")
        with pytest.raises(SearchUnavailable):
            boilers_found(new)
        assert before in caplog.text
        assert change_encoder(new) == FIRMS
        assert boilers_found(new) == BOILERS
    finally:
        moved.rename(weights["old"])


def test_an_index_of_an_older_layout_is_filled_anew(open_on: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as release:
        for module in (embedded_module, filling_module, mapping_module, indices_module):
            release.setattr(module, "SCHEMA_VERSION", "0")
        before = open_on("old")
        migrate(before.engine)
        register(before, *(f"锅炉厂{n}" for n in range(BOILERS)), scope="锅炉制造。")
        before.index_pending()
        assert change_encoder(before) == 0
        before.close()
    after = open_on("old")
    with pytest.raises(SearchUnavailable):
        boilers_found(after)
    assert change_encoder(after) == BOILERS
    assert boilers_found(after) == BOILERS
    assert not compare(after.changes, after.index)


def test_given_up_in_the_middle(old: Runtime, open_on: Open) -> None:
    """The settings go back: what was begun is dropped, and writers that it held up go on."""
    new = open_on("new")
    successor = begin_successor(new.settings, new.encoders.wanted())
    rebuild(new.changes, successor, stopped=lambda: True)
    if isinstance(successor, ElasticSuccessor):
        successor._live.hold_writers_of_another()
        register(old, "写不进")
        with pytest.raises(SearchUnavailable):
            old.index_pending()
    successor.close()
    assert begun_of(new.settings)
    again = open_on("old")
    change_encoder(again)
    assert len(again.settled) == 2
    assert begun_of(new.settings) is None
    index_all(again)
    assert not compare(again.changes, again.index)


def test_one_process_at_a_time(old: Runtime, open_on: Open) -> None:
    new = open_on("new")
    with claimed(old.engine, CLAIM, folder=old.settings.data_dir) as mine:
        assert mine
        assert change_encoder(new) == 0
        assert not new.settled
    assert change_encoder(new) == FIRMS
    with new.session(writing=False, actor=SYSTEM):
        assert status_of(new, "supplier").share == 1
