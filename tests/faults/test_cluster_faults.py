"""Elasticsearch and everything on it: nodes killed, all of them away for a while, two workers and a rebuild at once.

LIANQIAO_TEST_OUTAGE_SECONDS says how long all nodes are away (30 when it does not).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.actor import SYSTEM
from app.core.database import transact
from app.core.ids import company_id
from app.demands.service import list_demands
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from search.reconcile import compare
from tests.faults.conftest import NewWorld, Tell, World
from tests.faults.load import SCOPE, Account, Readers, Writers, account, new_uscc, nothing_waits
from tests.services.elasticsearch_nodes import Cluster, ServiceMissing, running
from tests.services.postgresql import Postgresql
from tests.services.programs import until

OUTAGE = float(os.environ.get("LIANQIAO_TEST_OUTAGE_SECONDS", "30"))
CODES = [new_uscc() for _ in range(300)]
"""Firms in the index before anything breaks."""
BOILERS = {str(company_id(uscc)) for uscc in CODES[:12]}
"""What readers look for."""

ENOUGH = 300
"""Queries of a storm: with fewer, one that fails would already be one in a hundred, or close to it."""

PATIENCE = 300
"""Seconds to wait for what is not being tested: a start, a replica, on a machine with much else to do."""

pytestmark = pytest.mark.timeout(900)

Begin = Callable[..., World]


def nodes(folder: Path, count: int) -> Iterator[Cluster]:
    """A cluster of a test's own."""
    try:
        with running(folder, nodes=count) as cluster:
            yield cluster
    except ServiceMissing as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None


@pytest.fixture
def three_nodes(tmp_path: Path) -> Iterator[Cluster]:
    """Three nodes that may be killed."""
    yield from nodes(tmp_path / "elasticsearch", 3)


@pytest.fixture
def one_node(tmp_path: Path) -> Iterator[Cluster]:
    """One node that may be killed."""
    yield from nodes(tmp_path / "elasticsearch", 1)


@pytest.fixture
def begin(postgresql: Postgresql, new_world: NewWorld) -> Iterator[Begin]:
    """Makes a world on PostgreSQL and a cluster, with firms registered but not yet indexed."""
    with postgresql.database() as url:
        made: list[World] = []

        def make(cluster: Cluster, settings: Mapping[str, str]) -> World:
            world = new_world(url, search_url=cluster.url, **settings)
            made.append(world)
            transact(world.runtime.engine, partial(register_companies, registrations=_firms()))
            return world

        yield make
        for world in made:
            world.programs.end()
            world.runtime.close()


def _firms() -> list[Registration]:
    boilers = [
        Registration(uscc, f"沈阳{uscc[12:17]}号锅炉厂", business_scope="锅炉制造。") for uscc in CODES[:12]
    ]
    others = [Registration(uscc, f"沈阳{uscc[12:17]}号机械厂", business_scope=SCOPE) for uscc in CODES[12:]]
    return [*boilers, *others]


def found(address: str) -> set[str]:
    """The ids of firms found by what readers look for."""
    try:
        answer = httpx.get(f"{address}/api/v1/search", params={"q": "锅炉", "limit": 50}, timeout=60)
    except httpx.TimeoutException:  # the first waits for the encoder to be loaded
        return set()
    return {item["company"]["id"] for item in answer.json()["items"]} if answer.status_code == 200 else set()


def settled(world: World, writers: Writers) -> Account:
    """The account once the outbox is empty, after a look that database and index agree."""
    engine = world.runtime.engine
    until(nothing_waits(engine), PATIENCE, what=f"the index to catch up\n{world.programs.said()}")
    assert not compare(world.runtime.changes, world.runtime.index)
    return account(engine, world.runtime.index, writers)


def test_a_node_killed_during_a_bulk_load_and_a_query_storm(
    three_nodes: Cluster, begin: Begin, tell: Tell
) -> None:
    world = begin(three_nodes, {"search_replicas": "1", "search_shards": "2"})
    _, address = world.programs.serve(indexer="false")
    for _ in range(2):
        world.programs.start("worker")
    until(lambda: found(address) >= BOILERS, PATIENCE, what="the firms to be found")
    until(lambda: _health(three_nodes)["status"] == "green", PATIENCE, what="replicas")
    bulk = [Registration(new_uscc(), f"大连{n}号机械厂", business_scope=SCOPE) for n in range(1_500)]
    with (
        Readers(address, set(BOILERS)) as readers,
        Writers(address, world.token, threads=2) as writers,
    ):
        for start in range(0, len(bulk), 500):
            part = bulk[start : start + 500]
            transact(world.runtime.engine, partial(register_companies, registrations=part))
            if start == 500:
                three_nodes.nodes[_elected(three_nodes)].kill()
                killed_after = readers.statuses.total()
        until(
            lambda: readers.statuses.total() > killed_after + ENOUGH, PATIENCE, what="answers after the kill"
        )
    kept = settled(world, writers)
    expected = len(CODES) + len(bulk) + len(writers.companies)
    tell(f"{kept}; firms {expected}, indexed {world.runtime.index.count()}")
    tell(f"queries {readers.statuses.total()}, errors {readers.failed:.2%}, wrong {readers.wrong}")
    assert (kept.lost, kept.duplicates, world.runtime.index.count()) == (0, 0, expected)
    assert (readers.wrong, readers.failed < 0.01) == (0, True), readers.statuses


def _health(cluster: Cluster) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(f"{cluster.urls[0]}/_cluster/health", timeout=10).json()
    return answer


def _elected(cluster: Cluster) -> int:
    """The number of the node that leads: the hardest one to lose."""
    told = httpx.get(f"{cluster.urls[0]}/_cat/master?format=json&h=node", timeout=10).json()
    return [node.name for node in cluster.nodes].index(told[0]["node"])


def test_all_nodes_away_for_a_while(three_nodes: Cluster, begin: Begin, tell: Tell) -> None:
    world = begin(three_nodes, {"search_replicas": "1"})
    _, address = world.programs.serve()
    until(lambda: found(address) >= BOILERS, PATIENCE, what="the firms to be found")
    with Writers(address, world.token, threads=2) as writers:
        until(lambda: writers.companies and writers.demands, PATIENCE, what="writes")
        for node in three_nodes.nodes:
            node.kill()
        before = len(writers.companies) + len(writers.demands)
        deadline = time.monotonic() + OUTAGE
        answers = []
        while time.monotonic() < deadline:
            answers.append(httpx.get(f"{address}/api/v1/search", params={"q": "锅炉"}, timeout=30))
            time.sleep(0.5)
        until(lambda: len(writers.companies) + len(writers.demands) > before + 4, PATIENCE, what="writes")
        during = len(writers.companies) + len(writers.demands) - before
        for node in three_nodes.nodes:
            node.start()
        three_nodes.wait(seconds=PATIENCE)
    assert {answer.status_code for answer in answers} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    assert not writers.refused
    kept = settled(world, writers)
    tell(f"away {OUTAGE:g} s, {during} writes acknowledged meanwhile; {kept}")
    until(lambda: found(address) >= BOILERS, PATIENCE, what="search to be back")
    assert (kept.lost, kept.duplicates) == (0, 0)
    with world.runtime.session(writing=False, actor=SYSTEM) as session:
        assert {demand.title for demand in list_demands(session, limit=100)[0]} <= set(writers.demands)


def test_two_workers_and_a_rebuild_at_once(one_node: Cluster, begin: Begin, tell: Tell) -> None:
    # The node is not what breaks here; on a machine with much else to do it may take its time to answer.
    world = begin(one_node, {"search_timeout_seconds": "60"})
    _, address = world.programs.serve(indexer="false")
    for _ in range(2):
        world.programs.start("worker")
    until(lambda: found(address) >= BOILERS, PATIENCE, what="the firms to be found")
    with (
        Readers(address, set(BOILERS), threads=1) as readers,
        Writers(address, world.token) as writers,
    ):
        for _ in range(2):
            rebuild = world.programs.start("index", "rebuild")
            rebuild.wait(PATIENCE)
            assert rebuild.returncode == 0, world.programs.said()
        until(lambda: readers.statuses.total() > ENOUGH, PATIENCE, what="answers")
    until(nothing_waits(world.runtime.engine), PATIENCE, what="the index to catch up")
    world.runtime.close_index()  # it is another one now
    kept = settled(world, writers)
    tell(f"{kept}; queries {readers.statuses.total()}, errors {readers.failed:.2%}, wrong {readers.wrong}")
    assert (kept.lost, kept.duplicates) == (0, 0)
    assert (readers.wrong, readers.failed < 0.01) == (0, True), readers.statuses
