"""The day's leads found: who is told of what, once, and one tap from the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from sqlmodel import col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import CHINA, now, today
from app.core.runtime import Runtime
from app.leads import digest
from app.leads.digest import tell_leads_found
from app.matches.models import Alert
from app.matches.service import record_outcome
from tests.app.clients import another_client
from tests.app.leads.found.conftest import SignIn, next_day, told


def notices(seller: TestClient) -> list[dict[str, Any]]:
    found = seller.get("/api/v1/me/notices").json()["items"]
    return [one for one in found if one["kind"] == "leads.found"]


def api_found(seller: TestClient, firm: dict[str, Any]) -> list[dict[str, Any]]:
    answer = seller.get("/api/v1/found-leads", params={"team_id": firm["id"]})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_list_a_day_each_pair_once_one_tap_from_the_pipeline(
    runtime: Runtime, maker: dict[str, Any], seller: TestClient, post: Callable[..., str], thing: str
) -> None:
    demand = post()
    tell_leads_found(runtime)
    assert thing in told(runtime, maker)[demand]
    (notice,) = notices(seller)
    assert notice["about"] == f"/leads/found?team={maker['id']}"
    page = seller.get(notice["about"])
    assert f'name="demand" value="{demand}"' in page.text
    assert thing in page.text

    # Demands of other tests may suit the firm too, ten a day.
    lists, before = 1, 0
    while before != lists:
        before = lists
        next_day(runtime, maker)
        tell_leads_found(runtime)
        lists = len(notices(seller))

    later = post(f"采购{thing}一批")
    tell_leads_found(runtime)
    assert later not in told(runtime, maker), "once a day"
    next_day(runtime, maker)
    tell_leads_found(runtime)
    assert later in told(runtime, maker)
    texts = [one["text"] for one in notices(seller)]
    assert len(texts) == lists + 1
    assert "一批" in texts[0]
    next_day(runtime, maker)
    tell_leads_found(runtime)
    assert len(notices(seller)) == lists + 1, "nothing new, nothing said"

    found = {one["demand"]["id"]: one for one in api_found(seller, maker)}
    assert thing in found[demand]["reason"]
    assert not found[demand]["in_pipeline"]

    tap = {"team": maker["id"], "demand": demand}
    answer = seller.post("/leads/new", data=tap, follow_redirects=False)
    assert answer.status_code == 303
    page = seller.get(notice["about"])
    assert f'name="demand" value="{demand}"' not in page.text, "it is in the pipeline"
    assert f'name="demand" value="{later}"' in page.text
    held = {one["demand"]["id"]: one["in_pipeline"] for one in api_found(seller, maker)}
    assert (held[demand], held[later]) == (True, False)


def test_what_is_known_is_left_out(
    runtime: Runtime,
    maker: dict[str, Any],
    seller: TestClient,
    post: Callable[..., str],
    sign_in: SignIn,
    thing: str,
) -> None:
    alerted, declined, held, new = (post(f"采购{thing}{n}台") for n in range(2, 6))
    buyer = sign_in(seats={maker["id"]: "buyer"})
    own = post(f"采购{thing}自用", by=buyer)
    invited = post(f"采购{thing}邀请", visibility="invited")
    firm = UUID(maker["id"])
    with runtime.session(actor=SYSTEM) as session:
        session.add(Alert(demand_id=UUID(alerted), company_id=firm, cause="demand", score=80))
        record_outcome(session, demand_id=UUID(declined), company_id=firm, outcome="declined")
    assert seller.post("/api/v1/leads", json={"demand_id": held}).status_code == 201
    tell_leads_found(runtime)
    found = set(told(runtime, maker))
    assert new in found
    assert not found & {alerted, declined, held, own, invited}


def test_a_second_demand_of_a_buyer_in_the_pipeline_is_known_by_its_line(
    runtime: Runtime, maker: dict[str, Any], seller: TestClient, sign_in: SignIn, post: Callable[..., str],
    make_company: Callable[..., dict[str, Any]], thing: str,
) -> None:  # fmt: skip
    buyer = sign_in(seats={make_company()["id"]: "buyer"})
    first, second, third = (post(f"采购{thing}第{n}批", by=buyer) for n in "一二三")
    leads = [seller.post("/api/v1/leads", json={"demand_id": one}).json()["id"] for one in (first, second)]
    assert leads[0] == leads[1]
    tell_leads_found(runtime)
    assert set(told(runtime, maker)) & {first, second, third} == {third}


def test_nobody_hears_who_does_not_sell_or_does_not_want_to(
    runtime: Runtime, maker: dict[str, Any], seller: TestClient, sign_in: SignIn, post: Callable[..., str]
) -> None:
    buyer = sign_in(seats={maker["id"]: "buyer"})
    where = "/api/v1/me/notice-preferences"
    asked = seller.get(where)
    answer = seller.patch(
        where, json={"channels": {"leads.found": "none"}}, headers={"If-Match": asked.headers["ETag"]}
    )
    assert answer.status_code == 200, answer.text
    post()
    tell_leads_found(runtime)
    assert notices(seller) == []
    assert notices(buyer) == []
    assert buyer.get(f"/leads/found?team={maker['id']}").status_code == 403


def test_strangers_see_nothing_of_it(
    api: FastAPI, maker: dict[str, Any], sign_in: SignIn, make_company: Callable[..., dict[str, Any]]
) -> None:
    other = sign_in(seats={make_company()["id"]: "sales"})
    assert other.get(f"/leads/found?team={maker['id']}").status_code == 403
    assert other.get("/api/v1/found-leads", params={"team_id": maker["id"]}).status_code == 403
    assert other.get("/api/v1/found-leads").json() == {"items": []}
    empty = other.get("/leads/found")
    assert empty.status_code == 200
    assert 'class="card empty"' in empty.text
    assert another_client(api).get("/leads/found").status_code == 401
    assert another_client(api).get("/api/v1/found-leads").status_code == 401


def test_not_before_the_morning(
    runtime: Runtime,
    maker: dict[str, Any],
    seller: TestClient,
    post: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    demand = post()
    monkeypatch.setattr(digest, "BEGINS", 8)
    for hour, heard in ((7, 0), (8, 1)):
        moment = datetime.combine(today(), time(hour), CHINA)
        monkeypatch.setattr(digest, "now", lambda moment=moment: moment)
        tell_leads_found(runtime)
        assert len(notices(seller)) == heard
    assert demand in told(runtime, maker)


def test_the_newest_day_first_of_one_day_the_best(
    runtime: Runtime, maker: dict[str, Any], seller: TestClient, post: Callable[..., str], thing: str
) -> None:
    best, fair, poor, old = (post(f"采购{thing}{n}台") for n in range(1, 5))
    today_, yesterday = now(), now() - timedelta(days=1)
    # A list is written from its best row to its poorest.
    rows = ((old, 99, yesterday), (best, 90, today_), (fair, 60, today_), (poor, 30, today_))
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(Alert).where(col(Alert.company_id) == UUID(maker["id"])))
        for order, (demand, score, moment) in enumerate(rows):
            session.add(
                Alert(
                    demand_id=UUID(demand),
                    company_id=UUID(maker["id"]),
                    cause="digest",
                    score=score,
                    created_at=moment + timedelta(microseconds=order),
                )
            )
    assert [one["demand"]["id"] for one in api_found(seller, maker)] == [best, fair, poor, old]
