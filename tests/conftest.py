"""Fixtures every test may use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.core.database import make_engine
from app.core.migrate import migrate
from app.settings import Settings
from tests.services import elasticsearch_nodes
from tests.services.postgresql import Postgresql, PostgresqlMissing, open_postgresql

ROOT = Path(__file__).resolve().parent.parent


FOR_TESTS = ("LIANQIAO_TEST_", "LIANQIAO_SHARED_DATA", "LIANQIAO_CHROMIUM")


def pytest_configure() -> None:
    """Forget the settings of whoever runs the tests: what they write must not go into somebody's own world."""
    Settings.model_config["env_file"] = None
    for name in [one for one in os.environ if one.startswith("LIANQIAO_") and not one.startswith(FOR_TESTS)]:
        del os.environ[name]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real registrations and taxonomies; absent in a user's clone."""
    folder = Path(os.environ.get("LIANQIAO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data absent: {folder} does not exist (set LIANQIAO_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Elasticsearch for the whole session: the one named by LIANQIAO_TEST_ELASTICSEARCH_URL, or a node of our own."""
    if named := os.environ.get("LIANQIAO_TEST_ELASTICSEARCH_URL"):
        yield named
        return
    try:
        elasticsearch_nodes.assemble()
    except elasticsearch_nodes.ServiceMissing as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None
    with elasticsearch_nodes.running(tmp_path_factory.mktemp("elasticsearch")) as cluster:
        yield cluster.url


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A real PostgreSQL; without one the test fails and says how to get it."""
    try:
        server = open_postgresql()
    except PostgresqlMissing as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Postgresql) -> Iterator[str]:
    """The name of a database at the newest schema, to copy."""
    with postgresql.database() as url:
        _migrate(url)
        name = make_url(url).database
        assert name
        yield name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest schema, to copy."""
    file = tmp_path_factory.mktemp("template") / "lianqiao.db"
    _migrate(f"sqlite:///{file}")
    return file


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches a database on both; a module that one is enough for is marked ``one_database``."""
    if "engine_name" in metafunc.fixturenames:
        engines = ["sqlite", "postgresql"]
        if metafunc.definition.get_closest_marker("one_database"):
            engines = engines[:1]
        metafunc.parametrize("engine_name", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgresql``."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the test's own, at the newest schema."""
    yield from databases(engine_name, request, tmp_path)


def databases(engine_name: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """One migrated database for a fixture of any scope; ``folder`` takes it where the database is a file."""
    if engine_name == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), folder / 'lianqiao.db')}"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    with server.database(template=request.getfixturevalue("postgresql_template")) as url:
        yield url


def _migrate(url: str) -> None:
    engine = make_engine(Settings(database_url=url))
    migrate(engine)
    engine.dispose()
