"""The pipeline over HTTP: moves, steps, notes, hand-over, assignment, merging; who may, and what is undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.leads.conftest import Team

Companies = Callable[..., dict[str, Any]]


def add(browser: TestClient, company: dict[str, Any], **said: Any) -> dict[str, Any]:
    answer = browser.post("/api/v1/leads", json={"company_id": company["id"], **said})
    assert answer.status_code == 201, answer.text
    lead: dict[str, Any] = answer.json()
    return lead


@pytest.fixture
def lead(team: Team, make_company: Companies) -> dict[str, Any]:
    """A lead that Wang has."""
    return add(team.wang, make_company())


def url(lead: dict[str, Any], action: str = "") -> str:
    return f"/api/v1/leads/{lead['id']}" + (f"/{action}" if action else "")


def test_a_lead_goes_its_way(team: Team, lead: dict[str, Any]) -> None:
    assert lead["actions"] == ["start", "finish", "lose"]
    started = team.wang.post(url(lead, "start"), json={})
    assert (started.json()["state"], started.headers["ETag"]) == ("doing", '"2"')
    unsaid = team.wang.post(url(lead, "lose"), json={})
    assert (unsaid.status_code, unsaid.json()["errors"][0]["field"]) == (422, "reason")
    lost = team.wang.post(url(lead, "lose"), json={"reason": "价格高"})
    assert (lost.json()["state"], lost.json()["lost_reason"]) == ("lost", "价格高")
    assert team.wang.post(url(lead, "finish"), json={}).json()["code"] == "lead_state"
    again = team.wang.post(url(lead, "reopen"), json={}).json()
    assert (again["state"], again["lost_reason"]) == ("doing", "")
    stale = team.wang.post(url(lead, "finish"), json={}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


def test_the_next_step(team: Team, lead: dict[str, Any]) -> None:
    step = {"next_step": "寄样品", "next_at": "2026-12-01T09:00:00+08:00"}
    assert team.wang.patch(url(lead), json=step).status_code == 428
    changed = team.wang.patch(url(lead), json=step, headers={"If-Match": '"1"'}).json()
    assert (changed["next_step"], changed["next_at"]) == ("寄样品", "2026-12-01T01:00:00Z")
    naive = team.wang.patch(url(lead), json={"next_at": "2026-12-01T09:00:00"}, headers={"If-Match": "*"})
    assert naive.status_code == 422
    cleared = team.wang.patch(url(lead), json={"next_at": None}, headers={"If-Match": "*"}).json()
    assert (cleared["next_step"], cleared["next_at"]) == ("寄样品", None)


def test_who_may_do_what(team: Team, lead: dict[str, Any]) -> None:
    refused = team.li.post(url(lead, "start"), json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "lead_held")
    assert "王敏" in refused.json()["detail"]
    assert team.li.post(url(lead, "notes"), json={"text": "我在展会上也见过"}).status_code == 201
    assert team.boss.post(url(lead, "start"), json={}).status_code == 200
    away = team.boss.post(url(lead, "hand-over"), json={"person_id": None}).json()
    assert (away["owner_id"], away["owner"]) == (None, "")
    taken = team.li.post(url(lead, "finish"), json={}).json()
    assert taken["owner"] == "李强", "who works on a lead that nobody has, has it"
    assert team.wang.post(url(lead, "reopen"), json={}).status_code == 403


def test_hand_over_only_to_colleagues(team: Team, lead: dict[str, Any], sign_in: Any) -> None:
    stranger = sign_in().get("/api/v1/me").json()["id"]
    buyer = sign_in(seats={team.id: "buyer"}).get("/api/v1/me").json()["id"]
    for person in (stranger, buyer):
        refused = team.wang.post(url(lead, "hand-over"), json={"person_id": person})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "person_id")
    given = team.wang.post(url(lead, "hand-over"), json={"person_id": team.people["li"]}).json()
    assert (given["owner"], given["mine"]) == ("李强", False)
    lines = team.li.get(url(lead, "timeline")).json()["items"]
    assert (lines[0]["kind"], lines[0]["data"]["from_name"], lines[0]["data"]["to_name"]) == (
        "owner",
        "王敏",
        "李强",
    )


def test_assigned_by_division_and_undone(team: Team, make_company: Companies) -> None:
    here = [add(team.wang, make_company(f"沈阳甲{n}厂", "沈阳市铁西区北二路1号")) for n in range(3)]
    there = add(team.wang, make_company("大连乙厂", "大连市甘井子区华北路3号"))
    for one in (here[0], here[1], there):
        team.boss.post(url(one, "hand-over"), json={"person_id": None})
    asked = {"division": "210100", "person_id": team.people["li"]}
    assert team.wang.post("/api/v1/lead-assignments", json=asked).status_code == 403
    assigned = team.boss.post("/api/v1/lead-assignments", json=asked).json()
    assert assigned["leads"] == 2
    owners = [team.boss.get(url(one)).json()["owner"] for one in (*here, there)]
    assert owners == ["李强", "李强", "王敏", ""]
    # One was given on meanwhile: it is left where it is.
    team.boss.post(url(here[1], "hand-over"), json={"person_id": team.people["wang"]})
    undone = team.boss.post(f"/api/v1/lead-assignments/{assigned['batch']}/undo")
    assert undone.json()["leads"] == 1
    owners = [team.boss.get(url(one)).json()["owner"] for one in here]
    assert owners == ["", "王敏", "王敏"]
    whole = team.boss.post("/api/v1/lead-assignments", json={**asked, "held": True}).json()
    assert whole["leads"] == 3


def test_who_is_given_leads_is_told(team: Team, make_company: Companies) -> None:
    def told() -> list[tuple[str, str]]:
        found = team.li.get("/api/v1/me/notices").json()["items"]
        return [(one["title"], one["about"]) for one in found if one["kind"] == "lead.given"]

    before = told()
    one, *rest = (add(team.wang, make_company(f"朝阳丁{n}厂", "朝阳市双塔区新华路2号")) for n in range(3))
    team.wang.post(url(one, "hand-over"), json={"person_id": team.people["li"]})
    assert told() == [("1 条线索交由您跟进", f"/leads/{one['id']}"), *before]
    said = {"division": "211300", "person_id": team.people["li"], "held": True}
    assert team.boss.post("/api/v1/lead-assignments", json=said).json()["leads"] == len(rest)
    (title, about), *earlier = told()
    assert (title, earlier) == (
        "2 条线索交由您跟进",
        [("1 条线索交由您跟进", f"/leads/{one['id']}"), *before],
    )
    page = team.li.get(about, headers={"accept": "text/html"}).text
    assert "朝阳丁1厂" in page
    # Nobody is told of what they do themselves.
    for person in (None, "li"):
        given = team.people[person] if person else None
        team.li.post(url(one, "hand-over"), json={"person_id": given})
    assert len(told()) == len(earlier) + 1


def test_merged_and_unmerged(team: Team, make_company: Companies) -> None:
    parent, branch = make_company("沈阳母公司"), make_company("沈阳分公司")
    kept, gone = add(team.wang, parent), add(team.wang, branch)
    team.wang.post(url(gone, "notes"), json={"text": "分公司的笔记"})
    merged = team.wang.post(url(gone, "merge"), json={"into": kept["id"]}).json()
    assert merged["id"] == kept["id"]
    assert [one["id"] for one in team.wang.get("/api/v1/leads").json()["items"]] == [kept["id"]]
    assert "分公司的笔记" in [line["text"] for line in team.wang.get(url(kept, "timeline")).json()["items"]]
    assert add(team.wang, branch)["id"] == kept["id"], "the branch's gate leads to the one that stays"
    assert team.wang.post(url(gone, "start"), json={}).json()["code"] == "lead_merged"
    for wrong in (kept, gone):
        again = team.wang.post(url(wrong, "merge"), json={"into": wrong["id"]})
        assert again.status_code in (409, 422)
    # No ring: the one that stays cannot go into what went into it.
    assert team.wang.post(url(kept, "merge"), json={"into": gone["id"]}).status_code == 409
    back = team.wang.post(url(gone, "unmerge")).json()
    assert (back["id"], back["merged_into"]) == (gone["id"], None)
    assert len(team.wang.get("/api/v1/leads").json()["items"]) == 2
    assert team.wang.post(url(gone, "unmerge")).json()["code"] == "lead_not_merged"


def test_found_by_filters(team: Team, make_company: Companies) -> None:
    shenyang = add(team.wang, make_company("沈阳丙厂"), occasion="春季展")
    dalian = add(team.li, make_company("大连丁厂", "大连市甘井子区华北路3号"))
    team.li.post(url(dalian, "start"), json={})
    for asked, expected in (
        ({}, [dalian, shenyang]),
        ({"state": "doing"}, [dalian]),
        ({"owner_id": team.people["wang"]}, [shenyang]),
        ({"division": "210200"}, [dalian]),
        ({"source": "scan"}, []),
        ({"q": "春季"}, [shenyang]),
        ({"q": "%"}, []),
    ):
        found = team.boss.get("/api/v1/leads", params=asked).json()["items"]
        assert [one["id"] for one in found] == [one["id"] for one in expected], asked
    first = team.boss.get("/api/v1/leads", params={"limit": 1}).json()
    second = team.boss.get("/api/v1/leads", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [page["items"][0]["id"] for page in (first, second)] == [dalian["id"], shenyang["id"]]


def test_the_board_counts(team: Team, make_company: Companies) -> None:
    leads = [add(team.wang, make_company(f"沈阳戊{n}厂")) for n in range(3)]
    other = add(team.li, make_company("大连己厂", "大连市甘井子区华北路3号"))
    team.wang.post(url(leads[0], "finish"), json={})
    team.wang.post(url(leads[1], "lose"), json={"reason": "停产"})
    team.boss.post(url(other, "hand-over"), json={"person_id": None})
    told = team.boss.get("/api/v1/lead-board").json()
    whole = told["whole"]
    assert (whole["todo"], whole["done"], whole["lost"], whole["total"]) == (2, 1, 1, 4)
    assert whole["conversion"] == 0.25
    assert [(one["name"], one["total"]) for one in told["people"]] == [("王敏", 3), ("无人负责", 1)]
    assert [(one["name"], one["total"]) for one in told["divisions"]] == [("沈阳市", 3), ("大连市", 1)]
    assert [one["name"] for one in told["sources"]] == ["手工添加"]


def test_a_demand_becomes_a_lead(
    team: Team, client: TestClient, sign_in: Any, make_company: Companies
) -> None:
    firm = make_company("沈阳采购方有限公司")
    buyer = sign_in(seats={firm["id"]: "buyer"})
    said = {"title": "采购离心泵20台", "description": "流量50m³/h", "city": "沈阳"}
    named = buyer.post("/api/v1/demands", json=said).json()
    nameless = client.post("/api/v1/demands", json=said).json()
    first = team.wang.post("/api/v1/leads", json={"demand_id": named["id"]}).json()
    assert (first["company_id"], first["name"], first["source"]) == (firm["id"], firm["name"], "demand")
    again = team.li.post("/api/v1/leads", json={"demand_id": named["id"]}).json()
    assert again["id"] == first["id"]
    second = team.wang.post("/api/v1/leads", json={"demand_id": nameless["id"]}).json()
    assert (second["company_id"], second["name"]) == (None, said["title"])
    both = {"demand_id": named["id"], "company_id": firm["id"]}
    for wrong in (both, {}):
        assert team.wang.post("/api/v1/leads", json=wrong).json()["errors"][0]["code"] == "one_of_two"


def test_keys_need_the_scope(team: Team, sign_in: Any, api: Any, lead: dict[str, Any]) -> None:
    from tests.app.clients import another_client

    owner = sign_in(seats={team.id: "owner"})
    program = another_client(api)
    for scope, status in (("demands:write", 403), ("leads:write", 200)):
        made = owner.post("/api/v1/keys", json={"name": "CRM", "company_id": team.id, "scopes": [scope]})
        program.headers["Authorization"] = f"Bearer {made.json()['token']}"
        assert program.get("/api/v1/leads").status_code == status
        assert program.post(url(lead, "start"), json={}).status_code == status
