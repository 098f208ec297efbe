"""Pages of the pipeline, in both languages, and what their forms do; files of leads to take away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tests.app.leads.conftest import Team

Companies = Callable[..., dict[str, Any]]
CHINESE = re.compile("[\u4e00-\u9fff]")


def add(browser: TestClient, company: dict[str, Any]) -> str:
    lead: str = browser.post("/api/v1/leads", json={"company_id": company["id"]}).json()["id"]
    return lead


def send(browser: TestClient, path: str, **said: str) -> Any:
    return browser.post(path, data=said, follow_redirects=False)


def test_every_page_in_both_languages(team: Team, make_company: Companies) -> None:
    lead = add(team.wang, make_company())
    for path in (
        "/leads",
        "/leads?due=1",
        "/leads?state=nonsense",
        f"/leads/{lead}",
        "/leads/board",
        "/scan",
    ):
        for language in ("en", "zh"):
            answer = team.boss.get(path, params={"lang": language} | _query(path))
            assert answer.status_code == 200, path
            assert "</html>" in answer.text
    for path in ("/leads", f"/leads/{lead}", "/leads/board", "/leads?owner=not-an-id"):
        assert team.wang.get(path, headers={"Accept": "text/html"}).status_code in (200, 404)


def _query(path: str) -> dict[str, str]:
    return dict(part.split("=") for part in path.partition("?")[2].split("&") if part)


def test_nobody_known_signs_in_first(visitor: TestClient, sign_in: Callable[..., TestClient]) -> None:
    asked = visitor.get("/leads", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fleads")
    assert sign_in().get("/leads", headers={"Accept": "text/html"}).status_code == 403
    assert 'href="/leads"' not in visitor.get("/").text


def test_the_forms_of_a_lead(team: Team, make_company: Companies) -> None:
    lead = add(team.wang, make_company("沈阳表单厂"))
    here = f"/leads/{lead}"
    step = {"next_step": "回访", "next_at": "2026-12-01T09:00", "version": "1"}
    assert send(team.wang, f"{here}/step", **step).status_code == 303
    planned = team.wang.get(f"/api/v1/leads/{lead}").json()
    assert (planned["next_step"], planned["next_at"]) == ("回访", "2026-12-01T01:00:00Z")
    assert send(team.wang, f"{here}/step", **step).status_code == 412
    wrong = send(team.wang, f"{here}/step", next_at="soon", version="2")
    assert (wrong.status_code, "时间应写作" in wrong.text) == (422, True)
    assert send(team.wang, f"{here}/notes", text="要报价单").status_code == 303
    assert send(team.wang, f"{here}/notes", text=" ").status_code == 422
    assert send(team.wang, f"{here}/lose").status_code == 422
    assert send(team.wang, f"{here}/lose", reason="停产").status_code == 303
    assert send(team.wang, f"{here}/vanish").status_code == 404
    assert send(team.wang, f"{here}/hand-over", person=team.people["li"]).status_code == 303
    shown = team.li.get(here).text
    for words in ("要报价单", "停产", "李强", "重新跟进"):
        assert words in shown
    held = team.wang.get(here).text
    assert "这条线索由李强负责" in held
    assert "重新跟进</button>" not in held
    other = add(team.li, make_company("沈阳并入厂"))
    assert send(team.li, f"{here}/merge", into=other).headers["location"] == f"/leads/{other}"
    assert "撤销合并" in team.li.get(f"/leads/{other}").text
    assert send(team.li, f"{here}/unmerge").status_code == 303


def test_what_no_form_of_ours_sends_is_refused(team: Team, make_company: Companies) -> None:
    here = f"/leads/{add(team.wang, make_company('沈阳表单外厂'))}"
    odd = "回\u0007访"
    for path, said in (
        ("/leads/new", {"team": team.id}),
        ("/leads/new", {"team": team.id, "company": str(uuid4()), "demand": str(uuid4())}),
        ("/leads/scan", {"team": team.id}),
        ("/leads/scan", {"team": team.id, "address": odd}),
        (f"{here}/step", {"version": "1", "next_step": odd}),
        (f"{here}/notes", {"text": odd}),
        (f"{here}/lose", {"reason": odd}),
    ):
        assert send(team.wang, path, **said).status_code == 422, (path, said)


def test_assigned_in_the_page_and_undone(team: Team, make_company: Companies) -> None:
    lead = add(team.wang, make_company())
    said = {"team": team.id, "division": "210100", "person": team.people["li"], "held": "true"}
    assert send(team.wang, "/leads/assign", **said).status_code == 403
    gone = send(team.boss, "/leads/assign", **said).headers["location"]
    shown = team.boss.get(gone).text
    assert "已分配 1 条线索" in shown
    undo = re.search(r"/leads/assignments/[0-9a-f-]+/undo", shown)
    assert undo
    assert send(team.boss, undo[0]).status_code == 303
    assert team.boss.get(f"/api/v1/leads/{lead}").json()["owner"] == "王敏"


def test_the_scan_page_of_a_salesperson(
    client: TestClient,
    visitor: TestClient,
    team: Team,
    make_company: Companies,
    code_of: Callable[..., dict[str, Any]],
) -> None:
    code = code_of(make_company("沈阳扫码页厂"))
    assert "scan-lead" not in visitor.get(code["path"]).text
    page = team.wang.get(code["path"]).text
    assert "以 王敏 的身份登录" in page
    assert 'hx-trigger="load"' in page
    assert 'hx-trigger="load"' not in team.wang.get(f"/c/{code['code']}").text, (
        "an address passed on is no visit"
    )
    own = client.post("/api/v1/codes", json={"company_id": team.id}).json()
    assert "scan-lead" not in team.wang.get(own["path"]).text
    team.wang.cookies.set("scan_occasion", "%E6%98%A5%E5%AD%A3%E5%B1%95")
    said = {"address": code["code"], "team": team.id}
    fragment = team.wang.post("/leads/scan", data=said, headers={"HX-Request": "true"}).text
    assert "已加入团队线索" in fragment
    found = team.li.post("/leads/scan", data=said, headers={"HX-Request": "true"}).text
    assert "同事王敏正在负责这家企业" in found
    (lead,) = team.wang.get("/api/v1/leads").json()["items"]
    assert (lead["occasion"], lead["scans"]) == ("春季展", 2)
    assert send(team.wang, "/leads/scan", **said).headers["location"] == f"/leads/{lead['id']}"
    assert send(team.wang, "/leads/scan", address="nonsense", team=team.id).status_code == 400


def test_the_worker_keeps_what_is_there(visitor: TestClient) -> None:
    worker = visitor.get("/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    kept = re.findall(r'"(/static/[^"]+)"', worker.text)
    assert len(kept) == 8
    for path in kept:
        assert visitor.get(path).headers["Cache-Control"].endswith("immutable"), path


@pytest.fixture
def exported(client: TestClient, team: Team, make_company: Companies) -> Team:
    """A team with two leads: one names a contact for all, the other is called like a formula."""
    open_one, odd = make_company("沈阳导出厂"), make_company("=沈阳公式厂")
    said = {"contact_name": "陈工", "phone": "024-88888888", "contact_visibility": "public"}
    changed = client.patch(f"/api/v1/companies/{open_one['id']}", json=said, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    add(team.wang, odd)
    add(team.wang, open_one)
    return team


def test_exported_as_sheets(exported: Team) -> None:
    text = exported.wang.get("/leads/export/csv").content.decode("utf-8-sig")
    head, first, second = csv.reader(io.StringIO(text))
    assert head[0] == "企业"
    assert (first[0], first[5:7], first[8:10]) == ("沈阳导出厂", ["陈工", "024-88888888"], ["王敏", "待办"])
    assert second[0] == "'=沈阳公式厂"
    english = exported.wang.get("/leads/export/csv", params={"lang": "en"}).content.decode("utf-8-sig")
    assert not CHINESE.search(english.splitlines()[0])
    exported.wang.cookies.delete("lang")
    book = load_workbook(io.BytesIO(exported.wang.get("/leads/export/xlsx").content))
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == [
        "企业",
        "沈阳导出厂",
        "'=沈阳公式厂",
    ]
    assert exported.wang.get("/leads/export/csv", params={"q": "导出"}).text.count("\r\n") == 2


def test_exported_as_cards(exported: Team) -> None:
    answer = exported.wang.get("/leads/export/vcf")
    assert "销售线索" not in answer.headers["Content-Disposition"], "encoded"
    cards = answer.text.split("END:VCARD\r\n")
    assert len(cards) == 3
    assert "FN:陈工\r\n" in cards[0]
    assert "TEL;TYPE=WORK,VOICE:024-88888888" in cards[0]
    assert exported.wang.get("/leads/export/pdf").status_code == 404
    assert exported.wang.get("/leads/export/csv", params={"team": str(uuid4())}).status_code == 403
