"""What a client waits for: start-up of a server over existing data, then POST /api/v1/match, one request at a time."""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rich.table import Table

from app.commands.common import out
from app.settings import get_settings
from benchmarks.results import write_results
from matching.evaluate import read_demands

DEMANDS = (
    "直线导轨滑块",
    "数控车床加工不锈钢法兰",
    "瓦楞纸箱",
    "耐火砖",
    "闸阀 DN300 PN16",
    "机械设备大修",
    "CNC turned stainless flanges",
)
"""Asked when no demands file is given."""


def main(data_dir: Path | None, *, demands: Path | None, rounds: int, output: Path | None) -> None:
    """Start a server on ``data_dir`` in its own process, ask, stop it; print and write the figures."""
    folder = data_dir or get_settings().data_dir
    port = free_port()
    started = time.perf_counter()
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, env={**os.environ, "LIANQIAO_DATA_DIR": str(folder), "LIANQIAO_LOG_LEVEL": "warning"}
    )
    try:
        wait_until_ready(port, server)
        ready = time.perf_counter() - started
        bodies = _bodies(demands)
        _ask(port, bodies)
        times = [took for _ in range(rounds) for took in _ask(port, bodies)]
    finally:
        server.terminate()
        server.wait(30)
    cuts = statistics.quantiles(times, n=100)
    figures = {
        "startup_seconds": round(ready, 2),
        "requests": len(times),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
    }
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, f"{value:,}")
    out.print(table)
    write_results(output, "http", figures)


def _bodies(demands: Path | None) -> list[bytes]:
    if demands is None:
        wanted = [{"text": text} for text in DEMANDS]
    else:
        posted = read_demands(demands)
        wanted = [
            {"title": demand["title"], "description": demand.get("description", "")} for demand in posted
        ]
    return [json.dumps({**body, "limit": 20}).encode() for body in wanted]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_ready(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return once the server says it is ready; end with a message when it never does."""
    for _ in range(1200):
        if server.poll() is not None:
            raise SystemExit("the server ended before it was ready")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit("the server was not ready within a minute")


def _ask(port: int, bodies: list[bytes]) -> list[float]:
    """Milliseconds a request, over one kept-alive connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times = []
    for body in bodies:
        started = time.perf_counter()
        connection.request("POST", "/api/v1/match", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise SystemExit(f"match answered {answer.status}")
    return times
