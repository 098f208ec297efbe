"""Worlds to break: a database, an index and programs, each of the test's own, with real processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.accounts.keys import make_key
from app.accounts.policy import SCOPES
from app.core.actor import COUNTRY, SYSTEM
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.settings import Settings
from tests.services.postgresql import OwnPostgresql
from tests.services.programs import Programs

Tell = Callable[[object], None]


@pytest.fixture
def tell(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Tell:
    """Prints what a test found, past pytest's capture: it is the test's result as much as its passing is."""

    def say(what: object) -> None:
        with capsys.disabled():
            print(f"\n{request.node.name}: {what}", flush=True)  # noqa: T201

    return say


class World:
    """One database and index, with a Runtime here to look into them and Programs that work on them."""

    def __init__(self, runtime: Runtime, started: Programs) -> None:
        self.runtime = runtime
        self.programs = started
        with runtime.session(actor=SYSTEM) as session:
            self.token = make_key(session, name="faults", scopes=SCOPES, division=COUNTRY).token


NewWorld = Callable[..., World]


@pytest.fixture
def new_world(tmp_path: Path) -> Iterator[NewWorld]:
    """Makes a world on a database, embedded or on the Elasticsearch that ``settings`` name."""
    opened: list[tuple[Runtime, Programs]] = []

    def make(database_url: str, **settings: str) -> World:
        said = {
            "data_dir": str(tmp_path / "data"),
            "database_url": database_url,
            "index_interval_seconds": "0.1",
            **settings,
        }
        runtime = Runtime(Settings.model_validate(said))
        migrate(runtime.engine)
        opened.append((runtime, Programs(tmp_path, said)))
        return World(*opened[-1])

    yield make
    for runtime, started in opened:
        started.end()
        runtime.close()


@pytest.fixture
def own_postgresql() -> Iterator[OwnPostgresql]:
    """A PostgreSQL that may be stopped and killed."""
    server = OwnPostgresql()
    yield server
    server.close()
