"""A staff list in one file: everybody who can be read is invited, the others are told apart row by row."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from openpyxl import Workbook
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.accounts.models import Invitation, Person
from app.core.actor import SYSTEM
from app.core.clock import now
from tests.app.leads.conftest import Team
from tests.services.mail import Post


def send(browser: TestClient, team: Team, content: bytes, **more: str) -> Any:
    files = {"file": ("staff.csv", content, "text/csv")}
    return browser.post(f"/companies/{team.id}/staff-list", files=files, data=more, follow_redirects=False)


def invited(team: Team) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = team.boss.get(f"/api/v1/companies/{team.id}/invitations").json()["items"]
    return found


def test_a_hundred_in_one_file(team: Team) -> None:
    book = Workbook()
    book.active.append(["2026 销售人员名单"])
    book.active.append(["姓名", "手机号", "角色"])
    for number in range(100):
        book.active.append([f"人员{number}", 13900000000 + number, "销售员"])
    kept = io.BytesIO()
    book.save(kept)
    answer = send(team.boss, team, kept.getvalue())
    assert answer.status_code == 200, answer.text
    assert "已发出邀请 100" in answer.text
    assert len(invited(team)) == 100
    assert {one["role"] for one in invited(team)} == {"sales"}
    before = invited(team)
    again = send(team.boss, team, kept.getvalue())
    assert "已发出邀请 0" in again.text
    assert "此前已邀请，未再发送 100" in again.text
    assert invited(team) == before, "offers are neither renewed nor doubled"


def staff(*rows: str) -> bytes:
    return "\n".join(("姓名,邮箱,角色", *rows)).encode()


def written_to(post: Post) -> list[str]:
    """Who got a mail since it was last asked."""
    found = sorted(str(mail["to"]) for mail in post.mails)
    post.mails.clear()
    return found


def test_the_same_list_again_writes_only_to_who_is_new_or_changed(
    team: Team, post: Post, api: FastAPI
) -> None:
    first, second, third = (f"{name}@again-{team.id[-8:]}.test" for name in "abc")
    send(team.boss, team, staff(f"甲,{first},销售员", f"乙,{second},销售员"))
    assert written_to(post) == [first, second]
    same = staff(f"甲,{first},", f"乙某,{second.upper()},sales")
    assert "此前已邀请，未再发送 2" in send(team.boss, team, same).text
    assert written_to(post) == []
    grown = staff(f"甲,{first},采购员", f"乙,{second},销售员", f"丙,{third},销售员")
    answer = send(team.boss, team, grown)
    assert "已发出邀请 2" in answer.text
    assert "此前已邀请，未再发送 1" in answer.text
    assert written_to(post) == [first, third]
    assert sorted(one["role"] for one in invited(team)) == ["buyer", "sales", "sales"]
    with api.state.runtime.session(actor=SYSTEM) as session:
        lapsed = session.scalars(select(Invitation).where(col(Invitation.contact) == second)).one()
        lapsed.expires_at = now() - timedelta(days=1)
        session.add(lapsed)
    send(team.boss, team, grown)
    assert written_to(post) == [second], "an offer that ran out is made anew"
    assert "已发出邀请 3" in send(team.boss, team, grown, again="1").text
    assert written_to(post) == [first, second, third], "on purpose"


def test_an_offer_whose_giver_may_not_offer_any_more_is_made_anew(
    team: Team, post: Post, sign_in: Callable[..., TestClient]
) -> None:
    contact = f"d@again-{team.id[-8:]}.test"
    send(team.boss, team, staff(f"丁,{contact},"))
    other = sign_in(seats={team.id: "owner"})
    assert other.delete(f"/api/v1/companies/{team.id}/seats/{team.people['boss']}").status_code == 204
    written_to(post)
    assert "已发出邀请 1" in send(other, team, staff(f"丁,{contact},")).text
    assert written_to(post) == [contact]


def test_row_by_row(team: Team) -> None:
    rows = (
        "姓名,手机,邮箱,角色",
        "甲,13700000001,,",
        "乙,12345,,销售员",
        "丙,,bing@example.test,采购员",
        "丁,13700000001,,",
        "戊,13700000002,,董事长",
        "己,,,",
        "庚,13700000003,,管理员",
    )
    answer = send(team.boss, team, "\r\n".join(rows).encode("gb18030"))
    assert answer.status_code == 200
    assert "已发出邀请 2" in answer.text
    assert "未导入 5" in answer.text
    for words in ("第 3 行", "请填写手机号", "同一个手机号", "角色应为", "只能由负责人调整"):
        assert words in answer.text
    assert {one["role"] for one in invited(team)} == {"sales", "buyer"}


def test_somebody_who_is_there_already(api: FastAPI, team: Team) -> None:
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        contact = session.get_one(Person, UUID(team.people["wang"])).email
    answer = send(team.boss, team, f"邮箱\n{contact}\n".encode())
    assert "已在团队 1" in answer.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件"),
        ("姓名,工号\n甲,1\n".encode(), "没有认出"),
        ("手机\n".encode(), "没有人员"),
        (b"%PDF-1.4", "不支持"),
        (("手机\n" + "13800000000\n" * 501).encode(), "最多导入 500"),
    ],
)
def test_files_that_are_none(team: Team, content: bytes, words: str) -> None:
    answer = send(team.boss, team, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert invited(team) == []


def test_only_who_manages_the_team(team: Team) -> None:
    assert send(team.wang, team, "手机\n13800000009\n".encode()).status_code == 403
    assert team.wang.get(f"/companies/{team.id}/staff-list").status_code == 403
    template = team.boss.get("/staff-list-template.csv").content
    assert "已发出邀请 2" in send(team.boss, team, template).text
