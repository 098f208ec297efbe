"""How one is told, over HTTP: read, changed in part, in the right version, refused when wrong."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.notify.kinds import KINDS
from app.notify.models import Notice
from tests.app.notify.conftest import Tell
from tests.app.notify.test_inbox_api import reached

SignIn = Callable[..., TestClient]
WHERE = "/api/v1/me/notice-preferences"


def test_defaults_then_what_one_chose(sign_in: SignIn) -> None:
    mine = sign_in()
    before = mine.get(WHERE)
    assert before.json()["channels"] == {kind: said.channel for kind, said in KINDS.items()}
    change = {"channels": {"quote.received": "none"}, "time_zone": "Asia/Urumqi"}
    assert mine.patch(WHERE, json=change).status_code == 428
    after = mine.patch(WHERE, json=change, headers={"If-Match": before.headers["etag"]})
    assert after.json()["channels"]["quote.received"] == "none"
    assert (after.json()["time_zone"], after.json()["quiet_from"]) == ("Asia/Urumqi", "22:00")
    assert mine.get(WHERE).json() == after.json()
    stale = mine.patch(WHERE, json={"pace": "daily"}, headers={"If-Match": before.headers["etag"]})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"channels": {"no.such": "email"}}, "channels"),
        ({"channels": {"quote.received": "pigeon"}}, "channels.quote.received"),
        ({"pace": "hourly"}, "pace"),
    ],
)
def test_what_is_wrong_is_named(sign_in: SignIn, change: dict[str, object], field: str) -> None:
    answer = sign_in().patch(WHERE, json=change, headers={"If-Match": "*"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_what_waits_follows_the_change(api: FastAPI, sign_in: SignIn, tell_now: Tell) -> None:
    mine = sign_in()
    person = reached(mine)
    mine.patch(WHERE, json={"pace": "daily"}, headers={"If-Match": "*"})
    tell_now(people=[person])
    mine.patch(WHERE, json={"channels": {"quote.received": "inbox"}}, headers={"If-Match": "*"})
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        due = session.scalars(
            select(Notice.mail_due_at).where(col(Notice.person_id) == UUID(str(person)))
        ).all()
    assert due == [None]


def test_people_only(client: TestClient) -> None:
    assert client.get(WHERE).json()["code"] == "person_required"
