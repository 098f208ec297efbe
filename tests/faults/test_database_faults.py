"""PostgreSQL killed and restarted under load; a worker killed in the middle of its batch; a clock set back."""

from __future__ import annotations

import random
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from app.catalogue.supply import DatabaseChanges
from app.core.database import transact
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from search.reconcile import compare
from tests.faults.conftest import NewWorld, Tell
from tests.faults.load import Account, Writers, account, new_uscc, nothing_waits
from tests.services.postgresql import OwnPostgresql, Postgresql
from tests.services.programs import until

pytestmark = pytest.mark.timeout(600)

SET_BACK = Path(__file__).with_name("set_back.py")


def test_postgresql_killed_and_restarted_under_load(
    own_postgresql: OwnPostgresql, new_world: NewWorld, tell: Tell
) -> None:
    world = new_world(own_postgresql.new_database())
    _, address = world.programs.serve()
    with Writers(address, world.token) as writers:
        for end in (own_postgresql.kill, own_postgresql.stop):
            time.sleep(3)
            end()
            time.sleep(1)
            own_postgresql.start()
        time.sleep(3)
        until(lambda: writers.demands, what="writes after the restart")
    assert writers.refused, "the faults came to nothing"
    until(nothing_waits(world.runtime.engine), what="the index to catch up")
    found = account(world.runtime.engine, world.runtime.index, writers)
    tell(found)
    assert (found.lost, found.duplicates) == (0, 0)
    assert not compare(world.runtime.changes, world.runtime.index)


def test_a_worker_killed_in_the_middle_of_its_batches(
    postgresql: Postgresql, new_world: NewWorld, tell: Tell
) -> None:
    with postgresql.database() as url:
        world = new_world(url)
        firms: list[Registration] = []
        chance = random.Random(5)
        killed_within = 0
        for _ in range(3):
            # New work for every worker: one that was not killed in time has done all there was.
            more = [
                Registration(new_uscc(), f"沈阳{n}号机械厂", business_scope=f"水泵{n}型制造。")
                for n in range(len(firms), len(firms) + 1_500)
            ]
            transact(world.runtime.engine, partial(register_companies, registrations=more))
            firms += more
            worker = world.programs.start("worker")
            until(lambda: _claimed(world.runtime.changes), 120, what="the worker to claim")
            time.sleep(chance.uniform(0, 0.5))
            worker.kill()
            worker.wait()
            # Locks go with the connection: nothing has to time out before another worker gets on.
            until(lambda: not _claimed(world.runtime.changes), 5, what="the locks of a dead worker to go")
            killed_within += not nothing_waits(world.runtime.engine)()
        assert killed_within
        worker = world.programs.start("worker", "--once")
        assert worker.wait(120) == 0, world.programs.said()
        indexed = [key for key, _ in world.runtime.index.versions()]
        found = Account(len(firms), len(set(indexed)), len(indexed) - len(set(indexed)))
        tell(f"{found}; {killed_within} of 3 kills left work over")
        assert (found.lost, found.duplicates) == (0, 0)
        assert not compare(world.runtime.changes, world.runtime.index)
        world.runtime.close()


def _claimed(changes: DatabaseChanges) -> bool:
    """Whether somebody holds changes: what waits is more than can be claimed."""
    free = changes.claim(10_000)
    count = len(free.changes) if free else 0
    if free:
        free.release()
    return changes.count_pending() > count


def test_a_clock_set_back(postgresql: Postgresql, new_world: NewWorld, tell: Tell) -> None:
    with postgresql.database() as url:
        world = new_world(url)
        backwards = (sys.executable, str(SET_BACK), "6")
        _, address = world.programs.serve(command=backwards, indexer="false")
        world.programs.start("worker", command=backwards)
        with Writers(address, world.token, threads=2) as writers:
            time.sleep(10)
        until(nothing_waits(world.runtime.engine), what="the index to catch up")
        found = account(world.runtime.engine, world.runtime.index, writers)
        tell(found)
        assert found.acknowledged > 20
        assert (found.lost, found.duplicates) == (0, 0)
        assert not writers.refused
        assert not compare(world.runtime.changes, world.runtime.index)
        world.runtime.close()
