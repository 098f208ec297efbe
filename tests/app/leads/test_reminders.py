"""Reminders of next steps: told once a step, to whoever has the lead, while it is worked on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.leads.keeping import remind
from app.notify.models import Notice
from tests.app.leads.conftest import Team


@pytest.fixture
def told(api: FastAPI) -> Callable[[str], list[str]]:
    """The people told of a lead, in order, after the job ran."""

    def run(lead: str) -> list[str]:
        remind(api.state.runtime)
        with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
            mine = col(Notice.about) == f"/leads/{lead}", col(Notice.kind) == "lead.due"
            query = select(Notice).where(*mine).order_by(col(Notice.id))
            return [str(notice.person_id) for notice in session.scalars(query)]

    return run


def test_told_once_a_step(
    team: Team, make_company: Callable[..., dict[str, Any]], told: Callable[[str], list[str]]
) -> None:
    lead = team.wang.post("/api/v1/leads", json={"company_id": make_company()["id"]}).json()["id"]
    where = f"/api/v1/leads/{lead}"

    def plan(step: str, hours: int) -> None:
        said = {"next_step": step, "next_at": (now() + timedelta(hours=hours)).isoformat()}
        assert team.boss.patch(where, json=said, headers={"If-Match": "*"}).status_code == 200

    plan("寄样品", 1)
    assert told(lead) == [], "not due yet"
    plan("寄样品", -1)
    wang, li = team.people["wang"], team.people["li"]
    assert told(lead) == [wang]
    assert told(lead) == [wang]
    plan("回访", -2)
    assert told(lead) == [wang, wang]
    # A new owner is told of what is due.
    team.boss.post(f"{where}/hand-over", json={"person_id": li})
    assert told(lead) == [wang, wang, li]
    plan("再访", -3)
    team.boss.post(f"{where}/lose", json={"reason": "停产"})
    assert told(lead) == [wang, wang, li], "what is lost reminds nobody"


def test_nothing_due_writes_nothing(api: FastAPI) -> None:
    remind(api.state.runtime)
    assert remind(api.state.runtime) == 0
