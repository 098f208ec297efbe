"""A database with companies waiting in the outbox, and an index to bring them to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.catalogue.supply import DatabaseChanges
from app.core.database import make_engine
from app.settings import Settings
from search.embedded import EmbeddedIndex
from tests.contract.search_worlds import DIMENSIONS, embed
from tests.search.registers import FIRMS, register


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with some companies, all of them waiting in the outbox."""
    engine = make_engine(Settings(database_url=database_url))
    register(engine, range(FIRMS), "水泵制造；阀门销售。")
    yield engine
    engine.dispose()


@pytest.fixture
def source(engine: Engine) -> DatabaseChanges:
    return DatabaseChanges(engine)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    index = EmbeddedIndex(tmp_path / "index", embed=embed, dimensions=DIMENSIONS, encoder="bag")
    yield index
    index.close()
