"""The resolver under load: requests sent when they are due, whether or not earlier ones were answered (open loop)."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.table import Table

from app.codes.issuing import companies_without_code, issue_many
from app.codes.keys import signer
from app.commands.common import out
from app.core.actor import SYSTEM
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.uscc import check_character
from app.settings import Settings
from benchmarks.http import free_port, wait_until_ready
from benchmarks.results import write_results

PAGE = "Accept: text/html\r\nAccept-Encoding: gzip\r\n"
LINKSET = "Accept: application/linkset+json\r\nAccept-Encoding: gzip\r\n"
CONNECTIONS = 64
SCOPE = "水泵、阀门制造、销售；机械零部件加工；铸铁件铸造。"


def main(*, firms: int, rate: int, seconds: int, output: Path | None) -> None:
    """Serve ``firms`` fictional firms with a code each, ask ``rate`` times a second; print and write the figures.

    The same requests three times: before any answer was ever made, after a new start, which finds them in the file of
    made answers, and once more, when they are in memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), public_url="https://code.example.cn")
        paths = _world(settings, firms)
        chance = random.Random(7)  # noqa: S311 - a choice of requests, not a secret
        asked = [
            (chance.choice(paths), chance.choices((PAGE, LINKSET), (8, 2))[0]) for _ in range(rate * seconds)
        ]
        with _server(settings) as (port, pid):
            never = _measured(port, pid, asked, rate)
        with _server(settings) as (port, pid):
            started = _measured(port, pid, asked, rate)
            warm = _measured(port, pid, asked, rate)
    figures = {"codes": firms, "rate_asked": rate, "requests": len(asked)}
    table = Table("figure", "never made", "after a start", "warm")
    for name in warm:
        table.add_row(name, *(f"{one[name]:,}" for one in (never, started, warm)))
    out.print(table)
    write_results(output, "codes", {**figures, "never_made": never, "after_a_start": started, "warm": warm})


def _measured(port: int, pid: int, asked: list[tuple[str, str]], rate: int) -> dict[str, float]:
    # A program that has just started reads its own files first.
    asyncio.run(_load(port, asked[:20], rate=0))
    # The asker's own collections of garbage would count as the server's delays.
    gc.collect()
    gc.freeze()
    began, worked = time.perf_counter(), _processor_ms(pid)
    took = asyncio.run(_load(port, asked, rate=rate))
    reached = round(len(took) / (time.perf_counter() - began))
    return {
        "rate_reached": reached,
        "processor_ms_each": round((_processor_ms(pid) - worked) / len(took), 2),
        **_cuts(took),
    }


def _processor_ms(pid: int) -> float:
    """Processor time a process has taken, which means something on a busy machine too; Linux only, 0 elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cuts(took: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(took, n=1000)
    named = {"p50_ms": 499, "p95_ms": 949, "p99_ms": 989, "p999_ms": 998}
    return {name: round(cuts[at], 2) for name, at in named.items()} | {"max_ms": round(max(took), 2)}


def _world(settings: Settings, firms: int) -> list[str]:
    runtime = Runtime(settings)
    try:
        migrate(runtime.engine)
        with runtime.session(actor=SYSTEM) as session:
            stems = [f"91210106MA8B{number:05d}" for number in range(firms)]
            register_companies(
                session,
                [
                    Registration(
                        uscc=stem + check_character(stem),
                        name=f"沈阳示例第{number}机械有限公司",
                        address="沈阳市铁西区北二路1号",
                        business_scope=SCOPE,
                    )
                    for number, stem in enumerate(stems)
                ],
            )
            sign = signer(session, settings.keys_folder())
            codes = issue_many(session, companies_without_code(session), signer=sign, actor="bench")
        return [f"/c/{code}" for code in codes]
    finally:
        runtime.close()


@contextmanager
def _server(settings: Settings) -> Iterator[tuple[int, int]]:
    port = free_port()
    environment = {
        **os.environ,
        "LIANQIAO_DATA_DIR": str(settings.data_dir),
        "LIANQIAO_PUBLIC_URL": settings.public_url,
        "LIANQIAO_LOG_LEVEL": "warning",
        # Everything comes from one network here.
        "LIANQIAO_SCAN_CODES": "0",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(port)], env=environment
    )
    try:
        wait_until_ready(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


async def _load(port: int, asked: list[tuple[str, str]], *, rate: int) -> list[float]:
    """Milliseconds from when each request was due to the last byte of its answer; ``rate`` 0 sends one after another."""
    free: asyncio.Queue[Any] = asyncio.Queue()
    for _ in range(CONNECTIONS if rate else 1):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    took: list[float] = []

    async def ask(path: str, headers: str, due: float) -> None:
        connection = await free.get()
        reader, writer = connection
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path} answered {head.splitlines()[0].decode()}")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        took.append((time.perf_counter() - due) * 1000)
        free.put_nowait(connection)

    start = time.perf_counter()
    running = []
    for at, (path, headers) in enumerate(asked):
        if not rate:
            await ask(path, headers, time.perf_counter())
            continue
        due = start + at / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        running.append(asyncio.create_task(ask(path, headers, due)))
    await asyncio.gather(*running)
    while not free.empty():
        free.get_nowait()[1].close()
    return took
