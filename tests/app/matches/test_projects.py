"""Construction projects: every line of the bill of materials is matched by itself, and found by whoever makes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.demands.forms import load_forms
from app.demands.line_needs import needs_by_line
from app.demands.models import Demand
from app.matches.firms import firms_for
from tests.app.matches.conftest import Post, Register

BILL = [
    {"name": "外墙岩棉保温板", "quantity": 9000, "unit": "平方米"},
    {"name": "办公家具"},
    {"name": "消防水带"},
    {"name": "罗茨鼓风机", "quantity": 6, "unit": "台", "specs": {"风量": "30m³/min"}},
    {"name": "电力电缆", "quantity": 12, "unit": "千米"},
]


@pytest.fixture
def project(post: Post) -> dict[str, Any]:
    """A project whose title says nothing of what it needs."""
    fields = load_forms()["project"].example
    return post("示例产业园二期", form="project", fields=fields, city="沈阳", lines=BILL)


@pytest.fixture
def firm(register: Register) -> dict[str, Any]:
    return register("沈阳测试罗茨鼓风机有限公司", "罗茨鼓风机制造。")


def found_by(client: TestClient, firm: dict[str, Any]) -> dict[str, dict[str, Any]]:
    items = client.get(f"/api/v1/companies/{firm['id']}/demands", params={"limit": 30}).json()["items"]
    return {one["demand"]["id"]: one for one in items}


def test_whoever_makes_a_line_finds_the_project(
    client: TestClient, firm: dict[str, Any], project: dict[str, Any], post: Post
) -> None:
    plain = post("采购罗茨鼓风机6台", city="沈阳")
    found = found_by(client, firm)
    told = found[project["id"]]
    assert told["line"]["name"] == "罗茨鼓风机"
    assert told["reasons"][0] == {
        "type": "line",
        "text": "项目清单第 4 项：罗茨鼓风机 6台",
        "field": "lines",
        "source": "demand",
    }
    assert found[plain["id"]]["line"] is None
    # A line is worth what a demand for it alone is.
    assert told["score"] == pytest.approx(found[plain["id"]]["score"], abs=15)
    assert [one["rank"] for one in found.values()] == list(range(1, len(found) + 1))


def test_a_project_is_no_lead_for_who_makes_none_of_it(
    client: TestClient, register: Register, project: dict[str, Any]
) -> None:
    baker = register("沈阳测试糕点有限公司", "糕点制造、销售。")
    told = found_by(client, baker).get(project["id"])
    assert told is None or told["score"] < 20


def test_the_buyer_sees_suppliers_line_by_line(
    client: TestClient, firm: dict[str, Any], project: dict[str, Any]
) -> None:
    where = f"/api/v1/demands/{project['id']}/matches"
    blowers = client.get(where, params={"line": project["lines"][3]["id"]}).json()
    assert blowers["need"]["what"] == ["罗茨鼓风机"]
    assert blowers["need"]["place"]["name"] == "沈阳市"
    assert firm["id"] in [one["company"]["id"] for one in blowers["items"][:5]]
    other = client.get(where, params={"line": project["id"]})
    assert (other.status_code, other.json()["code"]) == (404, "line_not_found")
    shown = client.get(f"/demands/{project['id']}", params={"line": project["lines"][3]["id"]}).text
    assert "第 4 项“罗茨鼓风机”的供应商" in shown
    assert firm["name"] in re.sub("</?mark>", "", shown)
    assert "总投资" in shown
    assert "在建" not in shown
    assert "招标" in shown


def test_alerts_of_a_project_name_the_line(
    api: FastAPI, firm: dict[str, Any], project: dict[str, Any]
) -> None:
    runtime = api.state.runtime
    with runtime.session(writing=False, actor=SYSTEM) as session:
        demand = session.scalars(select(Demand).where(col(Demand.title) == project["title"])).all()[-1]
        found = {match.supplier.key: match for match in firms_for(runtime, session, demand, depth=50)}
    assert found[firm["id"]].reasons[0].text == "项目清单第 4 项：罗茨鼓风机 6台"


def test_only_projects_with_a_bill_are_matched_by_line(api: FastAPI, post: Post) -> None:
    fields = load_forms()["project"].example
    bare = post("示例厂房", form="project", fields=fields)
    itemised = post("采购两样", lines=BILL[:2])
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        wanted = [bare["id"], itemised["id"]]
        demands = [one for one in session.scalars(select(Demand)) if str(one.id) in wanted]
        assert len(demands) == 2
        assert needs_by_line(session, demands) == {}


def test_projects_are_listed_by_themselves(client: TestClient, project: dict[str, Any], post: Post) -> None:
    other = post("采购水泵")
    listed = {one["id"] for one in client.get("/api/v1/demands", params={"form": "project"}).json()["items"]}
    assert project["id"] in listed
    assert other["id"] not in listed
    shown = client.get("/demands", params={"form": "project"}).text
    assert f'/demands/{project["id"]}"' in shown
    assert f'/demands/{other["id"]}"' not in shown
