"""What commands share: the running parts, the console, and errors a person can act on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from os import EX_TEMPFAIL
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from app.core.actor import COUNTRY
from app.core.errors import InvalidInput, LianqiaoError, Problem, SearchDown
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.settings import get_settings
from search.index import SearchUnavailable
from search.patience import GaveUp, Patience
from search.places import load_gazetteer

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

LONGEST_WAIT = 600.0
"""Seconds without anything done after which long work gives a cluster up: enough for a node that is started anew."""
GAVE_UP = EX_TEMPFAIL
"""The exit status of a command that waited in vain: the same command will do once search is back."""
WAITS_IN_DATABASE = (
    "数据已保存，待索引的变更留在数据库中：恢复后由后台进程写入，或运行 lianqiao index check。\n"
    "All is stored; what is not indexed yet waits in the database for a worker, or for `lianqiao index check`, once search is back."
)

Wait = Annotated[
    float,
    typer.Option(
        "--wait",
        min=0,
        metavar="SECONDS",
        help="搜索引擎无应答时最多等待 How long to wait for a search engine that does not answer",
    ),
]


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
        raise typer.Exit(GAVE_UP if isinstance(told, GaveUp) else 1) from error
    finally:
        runtime.close()


@contextmanager
def told_how_to_go_on(way: str) -> Iterator[None]:
    """What a search engine without an answer ends, with the word what is kept and how to go on from there."""
    try:
        yield
    except GaveUp as error:
        err.print(f"等了 {error.waited:.0f} 秒仍无应答。{way}", soft_wrap=True)
        raise


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


def index_with_bar(runtime: Runtime, *, wait: float = 0) -> int:
    """Apply the outbox with a progress bar, for so many seconds waiting for a search engine that does not answer.

    Returns how many firms were indexed. Raises SearchUnavailable; the rest stays in the outbox.
    """
    waiting = runtime.changes.count_pending()
    if not waiting:
        return 0
    applied = before = 0
    with progress_bar() as bar:
        task = bar.add_task("索引 Indexing", total=waiting, note="")
        patience = Patience(wait, told=tell_waiting)

        def show(done: int) -> None:
            nonlocal applied
            applied = before + done
            patience.progressed()
            bar.update(task, completed=applied)

        def go_on() -> None:
            nonlocal before
            before = applied
            runtime.index_pending(show)

        patience.until_done(go_on)
    return applied


def tell_waiting(error: SearchUnavailable, pause: float) -> None:
    """Say what is waited for, beside a progress bar."""
    err.print(
        f"等待搜索引擎，{pause:.0f} 秒后再试。Waiting for the search engine, again in {pause:.0f} s: {escape(str(error))}",
        soft_wrap=True,
    )


def known_division(adcode: str) -> str:
    """The code of a division, or of the whole country. Raises InvalidInput."""
    if adcode != COUNTRY and load_gazetteer().get(adcode) is None:
        raise InvalidInput(problems=[Problem("division", "unknown_division", "没有这个区划代码")])
    return adcode
