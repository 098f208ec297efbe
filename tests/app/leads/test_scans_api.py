"""Scans sent by salespeople: one lead a firm and team, whoever scans, however often, in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from starlette.testclient import TestClient

from app.codes.watch import Watch
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.ids import new_id
from app.leads.keeping import forget_old_scans
from app.leads.models import Lead, LeadScan
from app.leads.scans import SAME_VISIT
from tests.app.leads.conftest import Team

Companies = Callable[..., dict[str, Any]]
Codes = Callable[[dict[str, Any]], dict[str, Any]]


def scan(address: str, **said: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "address": address, **said}


def send(browser: TestClient, *items: dict[str, Any]) -> list[dict[str, Any]]:
    answer = browser.post("/api/v1/scans/batch", json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    done: list[dict[str, Any]] = answer.json()["items"]
    return done


def test_a_scan_makes_the_lead_and_a_colleague_finds_it(
    team: Team, make_company: Companies, code_of: Codes
) -> None:
    company = make_company()
    code = code_of(company)
    (made,) = send(team.wang, scan(code["path"], occasion="2026 沈阳制博会", place="2 号馆"))
    assert made["outcome"] == "created"
    lead = made["lead"]
    assert (lead["company_id"], lead["name"], lead["state"]) == (company["id"], company["name"], "todo")
    assert (lead["owner"], lead["mine"], lead["source"], lead["scans"]) == ("王敏", True, "scan", 1)
    assert lead["occasion"] == "2026 沈阳制博会"
    # By hand and in another spelling it is the same firm, and the colleague sees who has it.
    (found,) = send(team.li, scan(code["printed"].lower()))
    assert found["outcome"] == "found"
    assert (found["lead"]["id"], found["lead"]["owner"], found["lead"]["mine"]) == (lead["id"], "王敏", False)
    assert found["lead"]["scans"] == 2
    assert [one["id"] for one in team.boss.get("/api/v1/leads").json()["items"]] == [lead["id"]]
    lines = team.boss.get(f"/api/v1/leads/{lead['id']}/timeline").json()["items"]
    assert [(line["kind"], line["person"]) for line in lines] == [
        ("scan", "李强"),
        ("scan", "王敏"),
        ("made", "王敏"),
    ]
    assert lines[1]["data"]["place"] == "2 号馆"


def test_sent_again_nothing_doubles(team: Team, make_company: Companies, code_of: Codes) -> None:
    queued = [scan(code_of(make_company(f"沈阳队列{n}厂"))["path"], note="要样本") for n in range(3)]
    assert [one["outcome"] for one in send(team.wang, *queued)] == ["created"] * 3
    # The connection broke before the answer came; some were scanned since.
    more = scan(code_of(make_company())["path"])
    again = send(team.wang, *queued, more, more)
    assert [one["outcome"] for one in again] == ["repeated"] * 3 + ["created", "repeated"]
    leads = team.wang.get("/api/v1/leads").json()["items"]
    assert [lead["scans"] for lead in leads] == [1, 1, 1, 1]
    notes = team.wang.get(f"/api/v1/leads/{leads[-1]['id']}/timeline").json()["items"]
    assert [line["kind"] for line in notes].count("note") == 1


def test_one_visit_counts_once(api: FastAPI, team: Team, make_company: Companies, code_of: Codes) -> None:
    path = code_of(make_company())["path"]
    moment = now() - timedelta(days=1)
    for minutes, scans in ((0, 1), (5, 1), (SAME_VISIT.seconds / 60 + 1, 2)):
        at = (moment + timedelta(minutes=minutes)).isoformat()
        (done,) = send(team.wang, scan(path, at=at))
        assert done["lead"]["scans"] == scans
    # A clock that is wrong is not believed.
    (done,) = send(team.li, scan(path, at="2099-01-01T00:00:00Z"))
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get_one(Lead, done_id(done)).scanned_at <= now()


def done_id(done: dict[str, Any]) -> UUID:
    return UUID(done["lead"]["id"])


def test_what_is_no_code_stops_nothing(
    client: TestClient, team: Team, make_company: Companies, code_of: Codes
) -> None:
    good, gone = code_of(make_company()), code_of(make_company())
    assert client.post(f"/api/v1/codes/{gone['code']}/revoke", json={"reason": "测试"}).status_code == 200
    old = code_of(make_company())
    assert client.post(f"/api/v1/codes/{old['code']}/replace", json={"reason": "磨损"}).status_code == 201
    before, signature = good["path"].rsplit(".", 1)
    own = client.post("/api/v1/codes", json={"company_id": team.id}).json()
    done = send(
        team.wang,
        scan("https://elsewhere.test/promo"),
        scan(gone["path"]),
        scan(f"{before}.{signature[::-1]}"),
        scan(own["path"]),
        scan(old["path"]),
        scan(good["path"]),
    )
    refused = [(one["outcome"], one["problem"]["code"]) for one in done if one["problem"]]
    assert refused == [
        ("refused", "code_mistyped"),
        ("refused", "code_revoked"),
        ("refused", "code_forged"),
        ("refused", "own_company"),
    ]
    assert [one["outcome"] for one in done[4:]] == ["created", "created"]
    assert all(one["problem"]["message"] for one in done[:4])


def test_two_colleagues_at_one_gate_at_once(
    api: FastAPI, team: Team, make_company: Companies, code_of: Codes
) -> None:
    company = make_company()
    path = code_of(company)["path"]
    with ThreadPoolExecutor(4) as pool:
        browsers = (team.wang, team.li, team.boss, team.wang)
        outcomes = list(pool.map(lambda browser: send(browser, scan(path))[0]["outcome"], browsers))
    assert sorted(outcomes) == ["created", "found", "found", "found"]
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(func.count()).select_from(Lead).where(col(Lead.name) == company["name"])
        assert session.scalar(query.where(col(Lead.team_id) == UUID(team.id))) == 1


def test_the_database_refuses_a_second_lead(
    api: FastAPI, team: Team, make_company: Companies, code_of: Codes
) -> None:
    (done,) = send(team.wang, scan(code_of(make_company())["path"]))
    with api.state.runtime.session(actor=SYSTEM) as session:
        held = session.get_one(Lead, done_id(done))
        session.add(Lead(**held.model_dump() | {"id": new_id()}))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_teams_do_not_see_each_other(
    team: Team,
    client: TestClient,
    visitor: TestClient,
    sign_in: Callable[..., TestClient],
    make_company: Companies,
    code_of: Codes,
) -> None:
    path = code_of(make_company())["path"]
    rival = sign_in(seats={make_company()["id"]: "owner"})
    item = scan(path)
    (ours,), (theirs,) = send(team.wang, item), send(rival, item)
    assert (ours["outcome"], theirs["outcome"]) == ("created", "created")
    assert ours["lead"]["id"] != theirs["lead"]["id"]
    for stranger in (rival, sign_in(seats={team.id: "buyer"}), sign_in(), client):
        assert stranger.get(f"/api/v1/leads/{ours['lead']['id']}").status_code == 404
        assert stranger.get("/api/v1/leads", params={"team_id": team.id}).status_code == 403
    assert sign_in(seats={team.id: "viewer"}).get(f"/api/v1/leads/{ours['lead']['id']}").status_code == 200
    for nobody, status in ((visitor, 401), (sign_in(), 403), (sign_in(seats={team.id: "viewer"}), 403)):
        assert nobody.post("/api/v1/scans/batch", json={"items": [scan(path)]}).status_code == status
    two = sign_in(seats={team.id: "sales", make_company()["id"]: "sales"})
    asked = two.post("/api/v1/scans/batch", json={"items": [scan(path)]})
    assert (asked.status_code, asked.json()["errors"][0]["code"]) == (422, "ambiguous_team")


def test_guessing_is_slowed(api: FastAPI, team: Team) -> None:
    kept, api.state.watch = api.state.watch, Watch(misses=3, codes=0)
    try:
        send(team.wang, *(scan("7K3PXM2WQ9") for _ in range(3)))
        slowed = team.wang.post("/api/v1/scans/batch", json={"items": [scan("7K3PXM2WQ9")]})
        assert slowed.status_code == 429
        assert int(slowed.headers["Retry-After"]) > 0
    finally:
        api.state.watch = kept


def test_old_scans_are_forgotten(api: FastAPI, team: Team, make_company: Companies, code_of: Codes) -> None:
    done = send(team.wang, *(scan(code_of(make_company())["path"]) for _ in range(2)))
    old, young = (one["lead"]["id"] for one in done)
    with api.state.runtime.session(actor=SYSTEM) as session:
        aged = update(LeadScan).where(col(LeadScan.lead_id) == done_id(done[0]))
        session.execute(aged.values(at=now() - timedelta(days=181)))
    assert forget_old_scans(api.state.runtime) == 1
    assert forget_old_scans(api.state.runtime) == 0
    kinds = {
        key: [line["kind"] for line in team.wang.get(f"/api/v1/leads/{key}/timeline").json()["items"]]
        for key in (old, young)
    }
    assert ("scan" in kinds[old], "scan" in kinds[young]) == (False, True)
    assert team.wang.get(f"/api/v1/leads/{old}").json()["scans"] == 1, "how often is kept"
