"""A server killed in the middle of filling the index with another encoder, and started again."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from app.core.backends import begun_of, filling_of
from app.core.database import transact
from app.core.ids import company_id
from app.reembedding.job import change_encoder
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from search.reconcile import compare
from tests.faults.conftest import NewWorld, Tell, World
from tests.faults.load import new_uscc
from tests.services.postgresql import Postgresql
from tests.services.programs import until
from tests.weights import narrow_weights

pytestmark = pytest.mark.timeout(900)

FIRMS, BOILERS = 3_000, 12
ROUNDS = 4
"""Servers killed at most until one was in the middle of it."""
PATIENCE = 300
"""Seconds to wait for what is not being tested, on a machine with much else to do."""


@pytest.fixture(params=["embedded", "elasticsearch"])
def searched(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings that name the search engine."""
    if request.param == "embedded":
        return {}
    return {
        "search_url": request.getfixturevalue("elasticsearch_url"),
        "search_index": f"killed-{uuid4().hex[:12]}",
    }


def test_killed_in_the_middle_of_a_change_of_encoder(
    searched: dict[str, str], postgresql: Postgresql, new_world: NewWorld, tmp_path: Path, tell: Tell
) -> None:
    settings = [narrow_weights(tmp_path / f"{size}.npz", size) for size in (64, 96)]
    with postgresql.database() as url:
        world = new_world(url, encoder=settings[0], **searched)
        boilers = _register(world)
        world.runtime.index_pending()
        change_encoder(world.runtime)
        for number in range(1, ROUNDS + 1):
            wanted = settings[number % 2]
            within = _killed_while_filling(world, wanted)
            if within:
                break
        assert within, "every server was done before it was killed"
        before = filling_of(world.runtime.settings)
        assert before
        assert before.setting != wanted
        _, address = world.programs.serve(encoder=wanted)
        answers: Counter[tuple[int, bool]] = Counter()

        def asked_until_filled() -> bool:
            answers[_ask(address, boilers)] += 1
            return _filled_by(world, wanted)

        until(asked_until_filled, PATIENCE, what=f"the new index\n{world.programs.said()}")
        answers[_ask(address, boilers)] += 1
        tell(f"killed at {within} of {FIRMS} firms, server {number}; answers {dict(answers)}")
        assert set(answers) == {(200, True)}, world.programs.said()
        world.runtime.close_index()  # it is another one now
        assert world.runtime.index.count() == FIRMS
        assert not compare(world.runtime.changes, world.runtime.index)
        world.programs.end()
        world.runtime.close()


def _register(world: World) -> set[str]:
    """Registers the firms; the ids of those that make boilers."""
    firms = [
        Registration(new_uscc(), f"沈阳{n}号锅炉厂", business_scope="锅炉制造。")
        if n < BOILERS
        else Registration(new_uscc(), f"沈阳{n}号机械厂", business_scope=f"水泵{n}型制造；阀门{n}型销售。")
        for n in range(FIRMS)
    ]
    transact(world.runtime.engine, partial(register_companies, registrations=firms))
    return {str(company_id(firm.uscc)) for firm in firms[:BOILERS]}


def _killed_while_filling(world: World, setting: str) -> int:
    """How many firms were in the new index when a server told to use this encoder was killed; 0 if it was done already."""
    web, _ = world.programs.serve(encoder=setting)
    until(lambda: _done(world) or _filled_by(world, setting), PATIENCE, what="the change to begin")
    web.kill()
    web.wait()
    return _done(world)


def _done(world: World) -> int:
    begun = begun_of(world.runtime.settings)
    return begun.firms if begun else 0


def _filled_by(world: World, setting: str) -> bool:
    filling = filling_of(world.runtime.settings)
    return filling is not None and filling.setting == setting


def _ask(address: str, expected: set[str]) -> tuple[int, bool]:
    """The status, and whether all that are looked for were found. The first waits for the encoder to be loaded."""
    answer = httpx.get(f"{address}/api/v1/search", params={"q": "锅炉", "limit": 50}, timeout=120)
    items = answer.json()["items"] if answer.status_code == 200 else []
    return answer.status_code, expected <= {item["company"]["id"] for item in items}
