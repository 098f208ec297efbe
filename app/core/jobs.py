"""Work that comes round by itself, with no request waiting for it: deliveries, reminders, what has run out.

Every process that applies changes to the index runs every job (`serve` by itself, or each `worker`), so two processes
may be at the same one: a job claims the rows it works on, and is safe to repeat.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

from app.core.backoff import backoff
from search.index import SearchUnavailable

if TYPE_CHECKING:
    from app.core.runtime import Runtime

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` does what is due and returns how many things that were; it is called again ``every`` so many seconds.

    It should look with a reading session first: on SQLite a writing one keeps all other writers waiting.
    """

    name: str
    every: float
    run: Callable[[Runtime], int]


def keep_doing(work: Callable[[], object], *, name: str, every: float, stop: Event) -> None:
    """Repeat ``work`` until ``stop`` is set. What fails is tried again, ever more slowly; it never ends the loop."""
    failures, pause = 0, every
    while not stop.wait(pause):
        try:
            work()
        except Exception as error:
            failures += 1
            pause = max(every, backoff(failures))
            away = isinstance(error, SearchUnavailable)
            log.warning("%s failed, again in %.1f s: %s", name, pause, error, exc_info=not away)
        else:
            failures, pause = 0, every


def start_jobs(jobs: Iterable[Job], runtime: Runtime, stop: Event) -> list[Thread]:
    """A thread for each job, so that a slow mail server keeps no deadline waiting."""

    def thread(job: Job) -> Thread:
        def round_of() -> None:
            done = job.run(runtime)
            if done:
                log.info("%s: %d", job.name, done)

        arguments = {"name": job.name, "every": job.every, "stop": stop}
        started = Thread(target=keep_doing, args=(round_of,), kwargs=arguments, name=job.name, daemon=True)
        started.start()
        return started

    return [thread(job) for job in jobs]
