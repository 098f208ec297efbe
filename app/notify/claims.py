"""Work that leaves the machine while nobody else does the same: claimed, done, settled.

A claim is a lock, not a time, and ends with the process that holds it. On PostgreSQL it is the row's own lock, held in
a transaction that stays open while the work is done. On SQLite, where an open transaction would keep every other
writer waiting, it is a lock on a file; the transaction that settles comes afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from filelock import FileLock, Timeout
from sqlmodel import Session

from app.core.actor import SYSTEM
from app.core.runtime import Runtime

Work = TypeVar("Work")
Outcome = TypeVar("Outcome")


def work_off(
    runtime: Runtime,
    name: str,
    *,
    take: Callable[[Session], Work | None],
    do: Callable[[Work], Outcome],
    settle: Callable[[Session, Work, Outcome], None],
    most: int,
) -> int:
    """Take, do and settle, again and again, at most ``most`` times; returns how often there was something to do.

    ``take`` reads and, on PostgreSQL, locks what no other process has (FOR UPDATE SKIP LOCKED). What ``do`` raises
    leaves everything as it was. A process that dies between ``do`` and the commit of ``settle`` has done it all the same.
    """
    if runtime.engine.dialect.name != "sqlite":
        return _times(most, lambda: _in_one(runtime, take, do, settle))
    try:
        runtime.settings.data_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(runtime.settings.data_dir / f"{name}.lock", timeout=0):
            return _times(most, lambda: _in_two(runtime, take, do, settle))
    except Timeout:
        return 0


def _times(most: int, once: Callable[[], bool]) -> int:
    done = 0
    while done < most and once():
        done += 1
    return done


def _in_one(
    runtime: Runtime,
    take: Callable[[Session], Work | None],
    do: Callable[[Work], Outcome],
    settle: Callable[[Session, Work, Outcome], None],
) -> bool:
    with runtime.session(actor=SYSTEM) as session:
        work = take(session)
        if work is None:
            return False
        settle(session, work, do(work))
        return True


def _in_two(
    runtime: Runtime,
    take: Callable[[Session], Work | None],
    do: Callable[[Work], Outcome],
    settle: Callable[[Session, Work, Outcome], None],
) -> bool:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        work = take(session)
    if work is None:
        return False
    outcome = do(work)
    with runtime.session(actor=SYSTEM) as session:
        settle(session, work, outcome)
    return True
