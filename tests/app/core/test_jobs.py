"""Jobs come round, survive what fails, and end when told."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from fastapi import FastAPI

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.idempotency import KEPT, IdempotencyRecord, forget_old_answers
from app.core.jobs import Job, keep_doing, start_jobs
from app.core.runtime import Runtime


def test_a_failure_is_tried_again_and_told(caplog: pytest.LogCaptureFixture) -> None:
    stop, rounds = Event(), []

    def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise RuntimeError("the first round fails")
        if len(rounds) == 3:
            stop.set()

    keep_doing(work, name="a job", every=0.001, stop=stop)
    assert rounds == [0, 1, 2]
    assert "a job failed" in caplog.text


def test_each_job_has_a_thread_and_ends(api: FastAPI) -> None:
    stop, seen = Event(), Event()

    def run(runtime: Runtime) -> int:
        assert runtime is api.state.runtime
        seen.set()
        return 0

    threads = start_jobs([Job("quick", 0.001, run), Job("rare", 3600, run)], api.state.runtime, stop)
    assert seen.wait(10)
    stop.set()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_old_answers_are_forgotten(api: FastAPI) -> None:
    runtime: Runtime = api.state.runtime
    ages = {"old": KEPT + timedelta(days=1), "young": KEPT - timedelta(days=1)}
    with runtime.session(actor=SYSTEM) as session:
        for key, age in ages.items():
            answer = {"key": key, "route": "jobs", "request_hash": "", "response": {}}
            session.add(IdempotencyRecord(**answer, created_at=now() - age))
    assert forget_old_answers(runtime) == 1
    assert forget_old_answers(runtime) == 0
    with runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get(IdempotencyRecord, ("old", "jobs")) is None
        assert session.get(IdempotencyRecord, ("young", "jobs"))
