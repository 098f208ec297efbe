"""Scans are counted for the firm and name nobody; who wants to be known leaves a card, and takes it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from app.codes.models import CodeScanDay
from app.codes.statistics import scan_days, write_scans
from app.core.actor import SYSTEM
from app.core.clock import today

SignIn = Callable[..., TestClient]


@pytest.fixture
def code(client: TestClient, company: dict[str, Any]) -> dict[str, Any]:
    issued: dict[str, Any] = client.post("/api/v1/codes", json={"company_id": company["id"]}).json()
    return issued


def counted(api: FastAPI, company: dict[str, Any]) -> Counter[tuple[str, str]]:
    """(viewer, division) of the scans written down."""
    write_scans(api.state.runtime)
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        rows: list[CodeScanDay] = scan_days(session, UUID(company["id"]), days=30)
        assert {row.day for row in rows} <= {today()}
        return Counter({(row.viewer, row.division): row.count for row in rows})


def test_counted_by_viewer_and_city(
    api: FastAPI,
    client: TestClient,
    visitor: TestClient,
    sign_in: SignIn,
    company: dict[str, Any],
    code: dict[str, Any],
    new_uscc: Callable[[], str],
) -> None:
    said = {"uscc": new_uscc(), "name": "大连测试访客厂", "address": "大连市甘井子区华北路3号"}
    dalian = client.post("/api/v1/companies", json=said).json()["id"]
    page = {"Accept": "text/html"}
    for browser, times in (
        (visitor, 2),
        (sign_in(seats={dalian: "sales"}), 1),
        (sign_in(), 1),
        (sign_in(divisions=["210000"]), 1),
        (client, 1),
        (sign_in(seats={company["id"]: "viewer"}), 3),
    ):
        for _ in range(times):
            assert browser.get(code["path"], headers=page).status_code == 200
    visitor.head(code["path"], headers=page)
    visitor.get(code["path"], headers={"Accept": "application/linkset+json"})
    expected = {
        ("visitor", ""): 2,
        ("member", "210200"): 1,
        ("member", ""): 1,
        ("operator", ""): 1,
        ("program", ""): 1,
    }
    assert counted(api, company) == expected
    assert counted(api, company) == expected, "written once"
    visitor.get(code["path"], headers=page)
    assert counted(api, company)["visitor", ""] == 3


def test_what_could_not_be_written_waits(
    api: FastAPI, visitor: TestClient, company: dict[str, Any], code: dict[str, Any]
) -> None:
    visitor.get(code["path"], headers={"Accept": "text/html"})
    runtime = api.state.runtime
    _rename(runtime, "enterprise_code_scans", "away")
    try:
        with pytest.raises(DBAPIError):
            write_scans(runtime)
    finally:
        _rename(runtime, "away", "enterprise_code_scans")
    assert counted(api, company)["visitor", ""] == 1


def _rename(runtime: Any, before: str, after: str) -> None:
    with runtime.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {before} RENAME TO {after}")


def test_the_firms_page(api: FastAPI, visitor: TestClient, sign_in: SignIn, company: dict[str, Any]) -> None:
    owner, stranger = sign_in(seats={company["id"]: "owner"}), sign_in(name="来访的人")
    here = f"/companies/{company['id']}/code"
    assert "签发企业码" in owner.get(here).text
    assert stranger.get(here).status_code == 403
    assert stranger.post(here, follow_redirects=False).status_code == 403
    assert owner.post(here, follow_redirects=False).status_code == 303
    shown = owner.get(here).text
    prints = [
        part.split('"')[0].replace("&amp;", "&")
        for part in shown.split('href="/api')[1:]
        if "/print" in part[:60]
    ]
    assert len(prints) == 5
    assert owner.get("/api" + prints[-1]).status_code == 200
    code = shown.split('href="/c/')[1].split('"')[0]
    assert code in visitor.get(f"/companies/{company['id']}").text
    visitor.get(f"/c/{code}", headers={"Accept": "text/html"})
    counted(api, company)
    shown = owner.get(here).text
    assert "近 30 天扫码 1 次" in shown
    assert "来访的人" not in shown


def test_a_card_is_left_and_taken_back(
    sign_in: SignIn, company: dict[str, Any], code: dict[str, Any]
) -> None:
    owner, guest = sign_in(seats={company["id"]: "owner"}), sign_in(name="愿意留名的人")
    here, card = f"/companies/{company['id']}/code", f"/companies/{company['id']}/card"
    assert "留下名片" in guest.get(code["path"]).text
    assert "愿意留名的人" not in owner.get(here).text
    for _ in range(2):
        assert guest.post(f"{card}/leave", follow_redirects=False).headers["location"] == f"/c/{code['code']}"
    assert owner.get(here).text.count("愿意留名的人") == 1
    assert "收回名片" in guest.get(code["path"]).text
    guest.post(f"{card}/take-back", follow_redirects=False)
    assert "愿意留名的人" not in owner.get(here).text
    assert owner.post(f"{card}/leave", follow_redirects=False).status_code == 409
