"""What commands share: the running parts, the console, and errors a person can act on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from app.core.errors import LianqiaoError, SearchDown
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.settings import get_settings
from search.index import SearchUnavailable

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@contextmanager
def running(*, migrated: bool = True) -> Iterator[Runtime]:
    """The program's parts over the data folder, its schema up to date; known errors end with a message, not a trace."""
    logging.basicConfig(level=logging.WARNING)
    runtime = Runtime(get_settings())
    try:
        if migrated:
            migrate(runtime.engine)
        yield runtime
    except (LianqiaoError, SearchUnavailable) as told:
        error = SearchDown(str(told)) if isinstance(told, SearchUnavailable) else told
        problem = error.as_problem(runtime.settings.language)
        err.print(f"[red]{problem['title']}[/red] {problem.get('detail', '')}")
        for entry in problem.get("errors", []):
            err.print(f"  {entry['field']}: {entry['message']}")
        raise typer.Exit(1) from error
    finally:
        runtime.close()


def progress_bar() -> Progress:
    """A bar with count, rate and time left, on stderr so that output can be piped."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=err,
    )


def index_with_bar(runtime: Runtime) -> int:
    """Apply the outbox with a progress bar; returns how many firms were indexed."""
    waiting = runtime.changes.count_pending()
    if not waiting:
        return 0
    with progress_bar() as bar:
        task = bar.add_task("索引 Indexing", total=waiting, note="")
        return runtime.index_pending(lambda done: bar.update(task, completed=done))
