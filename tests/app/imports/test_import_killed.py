"""An import or an indexing run killed at any moment and started again ends as one that was never disturbed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from import_samples import HEADER, company_row, stored, write_csv

from app.core.runtime import Runtime
from app.imports.companies import import_companies
from search.index import Filters, TextLeg
from search.indexer import drain
from search.reconcile import compare

FIRMS = 120

IMPORT = """
import sys, time
from pathlib import Path
from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.settings import Settings
def tell(seen):
    print(seen.done_rows, flush=True)
    time.sleep(0.02)
runtime = Runtime(Settings(data_dir=Path(sys.argv[1]), database_url=sys.argv[2]))
import_companies(Path(sys.argv[3]), runtime=runtime, batch_size=5, progress=tell)
"""

INDEX = """
import sys
from pathlib import Path
from app.core.runtime import Runtime
from app.settings import Settings
from search.indexer import drain
runtime = Runtime(Settings(data_dir=Path(sys.argv[1]), database_url=sys.argv[2]))
runtime.index
print("ready", flush=True)
drain(runtime.changes, runtime.index, batch=3)
"""


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    rows = [company_row(number) for number in range(FIRMS)]
    rows[5][0] = "wrong"
    return write_csv(tmp_path / "firms.csv", [HEADER, *rows])


def start(script: str, runtime: Runtime, *arguments: Path) -> subprocess.Popen[str]:
    said = (runtime.settings.data_dir, runtime.settings.database_url, *arguments)
    command = [sys.executable, "-c", script, *map(str, said)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_an_import_killed_half_way_is_finished_by_another(
    make_runtime: Callable[[str], Runtime], firms: Path
) -> None:
    clean = make_runtime("clean")
    import_companies(firms, runtime=clean)
    runtime = make_runtime("killed")
    chance = random.Random(3)
    for rows in (20, 70):
        run = start(IMPORT, runtime, firms)
        assert run.stdout
        for line in run.stdout:
            if int(line) >= rows:
                break
        time.sleep(chance.uniform(0, 0.05))
        run.kill()
        assert run.wait() == -9
        run.stdout.close()
    landed = len(stored(runtime)["company"])
    assert 60 <= landed < FIRMS - 1
    report = import_companies(firms, runtime=runtime)
    assert (report.created, report.unchanged, report.failed) == (FIRMS - 1 - landed, landed, 1)
    assert stored(runtime) == stored(clean)


def test_indexing_killed_at_any_moment_heals(make_runtime: Callable[[str], Runtime], firms: Path) -> None:
    clean = make_runtime("clean")
    import_companies(firms, runtime=clean)
    clean.index_pending()
    runtime = make_runtime("killed")
    import_companies(firms, runtime=runtime)
    chance = random.Random(7)
    cut = 0
    for _ in range(3):
        run = start(INDEX, runtime)
        assert run.stdout
        assert run.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.05, 0.6))
        run.kill()
        cut += run.wait() == -9
        run.stdout.close()
    assert cut
    drain(runtime.changes, runtime.index)
    assert not compare(runtime.changes, runtime.index)
    assert stored(runtime) == stored(clean)
    keys = [key for key, _ in runtime.index.versions()]
    assert len(keys) == FIRMS - 1
    assert runtime.index.item_count() == clean.index.item_count()
    there, here = clean.index.documents(keys), runtime.index.documents(keys)
    assert {key: (here[key].version, here[key].items) for key in keys} == {
        key: (there[key].version, there[key].items) for key in keys
    }
    for over in ("item", "firm", "name"):
        leg = TextLeg(("水泵", "纸张", "仓储", "沈阳"), over, limit=FIRMS)
        found = [
            {hit.key for hit in index.search([leg], Filters())[0]} for index in (clean.index, runtime.index)
        ]
        assert found[0] == found[1]
        assert len(found[0]) == FIRMS - 1
