"""`lianqiao index rebuild|status|check|parked|retry`: the index is derived, and can be made anew at any moment."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, NoReturn
from uuid import UUID

import typer
from rich.markup import escape
from sqlalchemy import func, select

from app.commands.common import (
    LONGEST_WAIT,
    WAITS_IN_DATABASE,
    Wait,
    err,
    index_with_bar,
    out,
    progress_bar,
    running,
    tell_waiting,
    told_how_to_go_on,
)
from app.core.backends import begin_successor
from app.core.locks import claimed
from app.core.outbox import parked, retry
from app.core.runtime import Runtime
from app.reembedding.job import CLAIM, SUBJECTS
from app.reembedding.status import status_of
from app.registry.models import Company
from app.registry.service import get_company_by_uscc
from search.index import SearchUnavailable
from search.patience import Patience
from search.rebuild import rebuild
from search.reconcile import Difference, Trouble, differences, repair

CHECK_AGAIN = (
    "已修复的保留；恢复后再次运行 lianqiao index check。\n"
    "What was repaired stays; run `lianqiao index check` again once search is back."
)
REBUILD_AGAIN = (
    "已完成的部分保留，现用索引不受影响；恢复后运行 lianqiao index rebuild 即接续。\n"
    "Nothing is lost and the live index is as it was; once search is back, `lianqiao index rebuild` goes on."
)
CLAIMS = 5
"""Seconds to wait for a server that only looks whether there is anything to do."""

app = typer.Typer(help="检索索引 The search index.", no_args_is_help=True)


@app.command("check")
def check(
    mend: Annotated[bool, typer.Option("--repair/--no-repair", help="修复差异 Repair differences")] = True,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    wait: Wait = LONGEST_WAIT,
) -> None:
    """核对数据库与索引，按企业与版本。Compare database and index by key and version; repair differences."""
    with running() as runtime, told_how_to_go_on(CHECK_AGAIN):
        index_with_bar(runtime, wait=wait)
        patience = Patience(wait, told=tell_waiting)
        if mend:
            counts = _repaired(runtime, patience)
        else:
            counts = patience.until_done(
                lambda: Counter(one.trouble for one in differences(runtime.changes, runtime.index))
            )
        with runtime.session(writing=False) as session:
            refused = len(parked(session))
        said = {name: counts[name] for name in ("missing", "stale", "surplus")}
        said |= {"repaired": counts.total() if mend else 0, "parked": refused}
        if as_json:
            typer.echo(json.dumps(said))
        else:
            out.print(
                "缺失 {missing} 过期 {stale} 多余 {surplus} 已修复 {repaired} 搁置 {parked}".format(**said)
            )
            if refused:
                err.print(
                    "搁置的企业见 lianqiao index parked. The index refused some; see `lianqiao index parked`."
                )
        if counts.total() and not mend:
            raise typer.Exit(1)


def _repaired(runtime: Runtime, patience: Patience) -> Counter[Trouble]:
    """Mends all differences; how many there were of each sort, each counted once however often it is begun again."""
    counts: Counter[Trouble] = Counter()
    begun: dict[str, Trouble] = {}  # of a part that failed half-way the next comparison finds only the rest

    def noted(found: Iterable[Difference]) -> Iterator[Difference]:
        for one in found:
            begun[one.key] = one.trouble
            yield one

    def done(touched: int) -> None:  # noqa: ARG001
        counts.update(begun.values())
        begun.clear()
        patience.progressed()

    def go_on() -> None:
        found = noted(differences(runtime.changes, runtime.index))
        repair(runtime.changes, runtime.index, found, progress=done)

    patience.until_done(go_on)
    return counts + Counter(begun.values())


@app.command("parked")
def show_parked(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """索引拒收而搁置的企业与原因。Companies the index refused, and why."""
    with running() as runtime, runtime.session(writing=False) as session:
        for one in parked(session):
            company = session.get(Company, UUID(one.key))
            name, uscc = (company.name, company.uscc) if company else ("", "")
            if as_json:
                typer.echo(
                    json.dumps(one.model_dump(mode="json") | {"name": name, "uscc": uscc}, ensure_ascii=False)
                )
            else:
                out.print(f"{one.parked_at:%Y-%m-%d %H:%M} {uscc or one.key} {name}", soft_wrap=True)
                out.print(f"  {escape(one.reason)}", soft_wrap=True)


@app.command("retry")
def retry_parked(
    usccs: Annotated[
        list[str] | None, typer.Argument(metavar="[USCC]...", help="默认全部 All when none is named")
    ] = None,
    wait: Wait = LONGEST_WAIT,
) -> None:
    """重新索引搁置的企业。Index again what was parked, once its cause is mended."""
    with running() as runtime, told_how_to_go_on(WAITS_IN_DATABASE):
        with runtime.session() as session:
            keys = [str(get_company_by_uscc(session, uscc).id) for uscc in usccs] if usccs else None
            again = retry(session, keys)
        index_with_bar(runtime, wait=wait)
        with runtime.session(writing=False) as session:
            left = len(parked(session))
        out.print(f"重试 {again} 家，仍搁置 {left} 家。Tried {again} again, {left} still parked.")
        if left:
            raise typer.Exit(1)


@app.command("status")
def show_status(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """索引由哪个编码器建立，换用的进度。Which encoder filled each index, and how far the one that replaces it is."""
    with running() as runtime:
        found = {subject: status_of(runtime, subject) for subject in reversed(SUBJECTS)}
        if as_json:
            typer.echo(json.dumps({subject: asdict(one) for subject, one in found.items()}))
            return
        for subject, one in found.items():
            name = "企业 firms" if subject == "supplier" else "需求 demands"
            line = f"{name}: {one.encoder or '—'}"
            if one.successor:
                line += f" → {one.successor} {one.done}/{one.total} ({one.share:.0%})"
            out.print(line)


@app.command("rebuild")
def rebuild_command(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="不接续上次未完成的重建 Do not go on with one that was stopped")
    ] = False,
    wait: Wait = LONGEST_WAIT,
) -> None:
    """重建索引，期间检索与写入照常；Ctrl+C 后再运行则接续。Build the index anew beside the live one, then swap; it can be stopped and resumed."""
    with (
        running() as runtime,
        _alone(runtime),
        _stop_on_interrupt() as stopped,
        told_how_to_go_on(REBUILD_AGAIN),
        _stopped_said(stopped),
        progress_bar() as bar,
    ):
        patience = Patience(wait, told=tell_waiting, stopped=stopped.is_set)
        wanted = runtime.encoders.wanted()
        successor = patience.until_done(lambda: begin_successor(runtime.settings, wanted, fresh=fresh))
        with runtime.session(writing=False) as session:
            total = session.scalar(select(func.count()).select_from(Company))
        task = bar.add_task("接续 Resuming" if successor.resumed else "重建 Rebuilding", total=total, note="")
        try:
            written = rebuild(
                runtime.changes,
                successor,
                progress=lambda done: bar.update(task, completed=done),
                stopped=stopped.is_set,
                patience=patience,
            )
        finally:
            successor.close()
        if written is None:
            _say_stopped()
        runtime.close_index()
        index_with_bar(runtime, wait=wait)
        err.print(
            f"已重建，写入 {written} 家企业；运行中的服务已自动换用。Running servers follow by themselves."
        )


def _say_stopped() -> NoReturn:
    err.print("已停止，已完成的部分保留；再次运行即接续。Stopped; run it again to go on.")
    raise typer.Exit(130)


@contextmanager
def _stopped_said(stopped: threading.Event) -> Iterator[None]:
    """A stop that cut a wait short is a stop, and no trouble with search."""
    try:
        yield
    except SearchUnavailable:
        if stopped.is_set():
            _say_stopped()
        raise


@contextmanager
def _alone(runtime: Runtime) -> Iterator[None]:
    """Not while a server or worker, or another command, is at it."""
    for _ in range(CLAIMS):
        with claimed(runtime.engine, CLAIM, folder=runtime.settings.data_dir) as mine:
            if mine:
                yield
                return
        time.sleep(1)
    err.print("另一进程正在重建索引。Another process is building the index anew: lianqiao index status")
    raise typer.Exit(1)


@contextmanager
def _stop_on_interrupt() -> Iterator[threading.Event]:
    """Ctrl+C (or SIGTERM) sets the event instead of ending the program in the middle of a batch."""
    stopped = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stopped.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
