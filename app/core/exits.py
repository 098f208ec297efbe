"""Hearing of the end early: a server that is told to stop waits for answers under way, and some never end by themselves;
a program that has started others, or has made what nobody else will remove, cleans up first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


@contextmanager
def told_to_end(end: Callable[[], None]) -> Iterator[None]:
    """Within the block, ``end`` is called when the process gets SIGTERM or SIGINT, before the server's own handler.

    Only the main thread may handle signals; in another, as in tests, the block changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def handle(number: int, frame: FrameType | None) -> None:
        end()
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def cleaned_up() -> Iterator[None]:
    """Within the block SIGTERM ends the program as Ctrl+C does, by an exception, so that what was begun is ended on the way out."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
        signal.signal(number, signal.SIG_IGN)  # once is enough: what is cleaned up now has to be let finish
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
