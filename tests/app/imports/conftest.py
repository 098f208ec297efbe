from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from app.core.runtime import Runtime
from app.settings import Settings
from tests.conftest import databases


@pytest.fixture
def make_runtime(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], Runtime]]:
    """Makes worlds by name, on SQLite and then on PostgreSQL."""
    with ExitStack() as opened:

        def make(name: str) -> Runtime:
            folder = tmp_path / name
            folder.mkdir()
            url = opened.enter_context(contextmanager(databases)(engine_name, request, folder))
            runtime = Runtime(Settings(data_dir=folder, database_url=url))
            opened.callback(runtime.close)
            return runtime

        yield make


@pytest.fixture
def runtime(make_runtime: Callable[[str], Runtime]) -> Runtime:
    return make_runtime("data")
