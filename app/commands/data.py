"""`lianqiao demo|serve|worker|seed|migrate|doctor`."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
import webbrowser
from typing import Annotated

import typer
import uvicorn

from app.commands.common import err, index_with_bar, out, progress_bar, running
from app.commands.matching import show
from app.core.actor import SYSTEM
from app.core.runtime import Runtime
from app.demands.understanding import read_words
from app.jobs import JOBS
from app.matches.service import match_need, warm
from app.matches.story import STORY
from app.reembedding.status import status_of
from app.settings import get_settings
from seed_data.load import seed as load_demo_world
from seed_data.selling import gate_plate

Port = Annotated[int | None, typer.Option("--port", help="端口，默认 8000")]

LONGEST_START = 120
"""Seconds that a web process may stay silent before it is replaced: importing everything takes a while on a busy machine."""
LONGEST_SHUTDOWN = 20
"""Seconds that requests have to be answered when the server is stopped."""


def demo(
    serve_after: Annotated[
        bool, typer.Option("--serve/--no-serve", help="打印结果后启动网页 Start the pages afterwards")
    ] = True,
    port: Port = None,
) -> None:
    """演示：载入虚构的示例世界，匹配一条需求，打开网页。Load the demo world, match a demand, open the pages."""
    with running() as runtime:
        _seed(runtime)
        warm(runtime)
        out.print(f"\n[bold]需求 Demand:[/bold] {STORY}\n")
        show(match_need(runtime, read_words("", STORY), within="city", limit=3), "zh")
        with runtime.session(writing=False, actor=SYSTEM) as session:
            plate = gate_plate(session)
    if serve_after:
        settings = get_settings()
        address = f"http://{settings.host}:{port or settings.port}/"
        out.print(f"\n网页 Pages: [bold]{address}[/bold]  （Ctrl+C 结束 to stop）")
        out.print(
            f"扫一块门牌 A gate plate, scanned: [bold]{address.rstrip('/')}{plate}[/bold]", soft_wrap=True
        )
        if sys.stdout.isatty():
            threading.Thread(target=_open_when_up, args=(address,), daemon=True).start()
        serve(port=port)


def _open_when_up(address: str) -> None:
    time.sleep(2.5)
    webbrowser.open(address)


def serve(
    host: Annotated[str, typer.Option("--host")] = "",
    port: Port = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="网页进程数 Web processes")] = 1,
) -> None:
    """启动网页与接口。Serve pages and API; SIGTERM stops it once what is being answered has been."""
    if port:
        os.environ["LIANQIAO_PORT"] = str(port)  # links and codes name it, in every process
        get_settings.cache_clear()
    settings = get_settings()
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host or settings.host,
        port=settings.port,
        log_level=settings.log_level,
        workers=workers,
        timeout_graceful_shutdown=LONGEST_SHUTDOWN,
        timeout_worker_healthcheck=LONGEST_START,
    )


def worker(
    once: Annotated[bool, typer.Option("--once", help="处理完现有变更即结束 End when nothing waits")] = False,
) -> None:
    """后台进程：写入索引、送达与到期等，可同时运行多个。Index changes and do what comes round by itself, until SIGTERM."""
    with running() as runtime:
        if once:
            index_with_bar(runtime)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: runtime.stop())
        runtime.start_jobs(JOBS)
        runtime.keep_indexed()


def seed() -> None:
    """载入虚构的示例世界（可重复执行）。Load the fictional demo world; running it again changes nothing."""
    with running() as runtime:
        _seed(runtime)


def _seed(runtime: Runtime) -> None:
    with progress_bar() as bar:
        task = bar.add_task("示例数据 Demo world", total=None, note="")
        report = load_demo_world(runtime)
        bar.update(task, completed=report.companies, total=report.companies)
    index_with_bar(runtime)
    err.print(
        f"企业 {report.companies} · 填报的供给 {report.listings} · 需求 {report.demands}（均为虚构 all fictional）"
    )


def migrate() -> None:
    """把数据库升级到最新结构。Bring the database to the newest schema."""
    with running():
        out.print("数据库已是最新 The database is up to date")


def _encoder(runtime: Runtime) -> tuple[str, str, bool]:
    """Which encoder is used, and whether it is the one that the settings name."""
    wanted, found = runtime.encoders.wanted(), status_of(runtime, "supplier")
    said = f"{wanted.name} ({wanted.dimensions})"
    other = found.encoder not in ("", wanted.name)
    if other:
        said += f"; 索引仍由 {found.encoder} 建立 the index is still of that one, {found.done}/{found.total} replaced"
    return "编码器 Encoder", said, not other


def doctor() -> None:
    """检查运行环境。Check that everything needed is there."""
    settings = get_settings()
    with running() as runtime:
        waiting = runtime.changes.count_pending()
        free = shutil.disk_usage(settings.data_dir).free / 1e9
        rows = [
            ("数据目录 Data folder", str(settings.data_dir.resolve()), True),
            ("剩余空间 Free space", f"{free:.1f} GB", free > 1),
            ("数据库 Database", runtime.engine.dialect.name, True),
            _encoder(runtime),
            (
                "索引 Index",
                f"{runtime.index.count()} 家企业 firms, {runtime.index.item_count()} 条 items",
                not runtime.index.stale,
            ),
            ("待索引 Waiting", str(waiting), waiting == 0),
        ]
    for name, value, good in rows:
        out.print(f"[{'green' if good else 'yellow'}]{'✓' if good else '!'}[/] {name}: {value}")
    if not all(good for _, _, good in rows):
        err.print("运行 lianqiao index rebuild 重建索引；lianqiao serve 会处理待索引的变更。")
        raise typer.Exit(1)
