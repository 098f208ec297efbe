"""The `lianqiao` command as real processes over one world: started, killed, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import httpx

from tests.services.elasticsearch_nodes import free_ports

LONGEST_START = 120.0
"""Seconds, on a machine with much else to do."""

LIANQIAO = (sys.executable, "-m", "app.cli")

Program = subprocess.Popen[str]


class Programs:
    """Processes that share ``settings`` (names of app.settings, as text). What they say goes to ``folder``/N.log."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.environment = os.environ | {
            f"LIANQIAO_{name.upper()}": value for name, value in settings.items()
        }
        self._started: list[tuple[Program, TextIO]] = []

    def start(self, *arguments: str, command: Sequence[str] = LIANQIAO, **settings: str) -> Program:
        """Start `lianqiao` with these arguments, in a process group of its own."""
        own = {f"LIANQIAO_{name.upper()}": value for name, value in settings.items()}
        log = (self.folder / f"{len(self._started)}.log").open("w+")
        program = subprocess.Popen(
            [*command, *arguments],
            env=self.environment | own,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        self._started.append((program, log))
        return program

    def serve(
        self, *arguments: str, command: Sequence[str] = LIANQIAO, **settings: str
    ) -> tuple[Program, str]:
        """Start a web server, wait until it answers, and give its address."""
        (port,) = free_ports(1)
        address = f"http://127.0.0.1:{port}"
        web = self.start(
            "serve", "--port", str(port), *arguments, command=command, log_level="warning", **settings
        )
        until(lambda: web.poll() is not None or _answers(f"{address}/healthz"), LONGEST_START)
        assert web.poll() is None, self.said()
        return web, address

    def said(self) -> str:
        """The ends of all logs."""
        parts = []
        for _, log in self._started:
            log.seek(0)
            parts.append(f"--- {log.name}\n{log.read()[-3000:]}")
        return "\n".join(parts)

    def end(self) -> None:
        """kill -9 for whatever still runs, and what it has started."""
        while self._started:
            program, log = self._started.pop()
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
            if program.stdout:
                program.stdout.close()
            log.close()


@contextmanager
def programs(folder: Path, settings: dict[str, str]) -> Iterator[Programs]:
    """Programs that end with the block."""
    begun = Programs(folder, settings)
    try:
        yield begun
    finally:
        begun.end()


def until(true: Callable[[], object], seconds: float = 60.0, *, what: str = "it") -> None:
    """Wait for something. Raises AssertionError when it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False
