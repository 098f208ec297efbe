from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.settings import Settings


@pytest.fixture
def make_runtime(tmp_path: Path) -> Iterator[Callable[[str], Runtime]]:
    made: list[Runtime] = []

    def make(name: str) -> Runtime:
        runtime = Runtime(Settings(data_dir=tmp_path / name))
        migrate(runtime.engine)
        made.append(runtime)
        return runtime

    yield make
    for runtime in made:
        runtime.close()


@pytest.fixture
def runtime(make_runtime: Callable[[str], Runtime]) -> Runtime:
    return make_runtime("data")
