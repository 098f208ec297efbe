"""A firm that makes a thing, somebody who sells for it, and demands for the thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select
from sqlmodel import col
from starlette.testclient import TestClient

from app.accounts.models import Seat
from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.runtime import Runtime
from app.leads import digest
from app.matches.models import Alert, AlertDue, DigestDay
from app.matches.standing import index_demands

SignIn = Callable[..., TestClient]


@pytest.fixture
def thing() -> str:
    """What is made and asked for; a module of tests whose lists others' demands must not fill names its own."""
    return "螺旋卸料沉降离心机"


@pytest.fixture
def runtime(api: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The running program at any hour, with nothing due and nobody told, and with all who sell here already served today."""
    monkeypatch.setattr(digest, "BEGINS", 0)
    runtime: Runtime = api.state.runtime
    with runtime.session(actor=SYSTEM) as session:
        for table in (AlertDue, Alert, DigestDay):
            session.execute(delete(table))
        for firm in session.scalars(select(col(Seat.company_id)).distinct()).all():
            session.add(DigestDay(company_id=firm, day=today()))
    yield runtime
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(AlertDue))


@pytest.fixture
def maker(
    client: TestClient, new_uscc: Callable[[], str], index_now: Callable[[], int], thing: str
) -> dict[str, Any]:
    """A firm that makes the thing."""
    said = {
        "uscc": new_uscc(),
        "name": "沈阳测试离心设备有限公司",
        "address": "沈阳市铁西区北二路1号",
        "business_scope": f"{thing}制造。",
    }
    made: dict[str, Any] = client.post("/api/v1/companies", json=said).json()
    index_now()
    return made


@pytest.fixture
def seller(sign_in: SignIn, maker: dict[str, Any]) -> TestClient:
    """Somebody in its sales."""
    return sign_in(seats={maker["id"]: "sales"}, name="王敏")


@pytest.fixture
def post(client: TestClient, runtime: Runtime, thing: str) -> Callable[..., str]:
    """Posts a demand and indexes it; gives its id."""

    def make(title: str = f"采购{thing}2台", *, by: TestClient = client, **more: Any) -> str:
        answer = by.post("/api/v1/demands", json={"title": title, **more})
        assert answer.status_code == 201, answer.text
        index_demands(runtime)
        return str(answer.json()["id"])

    return make


def told(runtime: Runtime, firm: dict[str, Any]) -> dict[str, str]:
    """Demands the firm was told of in a list, and why."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(Alert).where(col(Alert.company_id) == UUID(firm["id"]), Alert.cause == "digest")
        return {str(row.demand_id): row.reason for row in session.scalars(query)}


def next_day(runtime: Runtime, firm: dict[str, Any]) -> None:
    """Make as if the firm had had its list yesterday."""
    with runtime.session(actor=SYSTEM) as session:
        row = session.get_one(DigestDay, UUID(firm["id"]))
        row.day = today() - timedelta(days=1)
        session.add(row)
