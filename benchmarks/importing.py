"""From a register file to searchable firms: seconds by stage and peak memory, in a fresh data folder."""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from pathlib import Path

from rich.table import Table

from app.commands.common import index_with_bar, out
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.settings import get_settings
from benchmarks.results import write_results


def main(suppliers: Path, *, output: Path | None) -> None:
    """Import, draft, embed and index ``suppliers``; print and write the figures."""
    folder = Path(tempfile.mkdtemp(prefix="lianqiao-bench-"))
    runtime = Runtime(get_settings().model_copy(update={"data_dir": folder, "database_url": ""}))
    try:
        migrate(runtime.engine)
        started = time.perf_counter()
        report = import_companies(suppliers, runtime=runtime)
        imported = time.perf_counter()
        index_with_bar(runtime)
        searchable = time.perf_counter()
        figures = {
            "firms": report.created,
            "failed": report.failed,
            "drafts": report.drafts,
            "import_seconds": round(imported - started, 1),
            "index_seconds": round(searchable - imported, 1),
            "total_seconds": round(searchable - started, 1),
            "peak_mb_main": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
        }
    finally:
        runtime.close()
        shutil.rmtree(folder, ignore_errors=True)
    # Reaped children count only after the encoder's processes have ended.
    figures["peak_mb_largest_worker"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, f"{value:,}")
    out.print(table)
    write_results(output, "import", figures)
