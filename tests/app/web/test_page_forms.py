"""Forms of demands and listings as a browser sends them: nothing made twice, nothing typed lost."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.app.web.conftest import page

pytestmark = pytest.mark.one_database


def test_posting_twice_with_one_key_makes_one_demand(browser: TestClient) -> None:
    key = re.search(r'name="key" value="([^"]+)"', page(browser.get("/demands/new")))
    assert key
    sent = {"title": "采购阀门30个", "description": "DN50，沈阳", "state": "open", "key": key[1]}
    first = browser.post("/demands/new", data=sent, follow_redirects=False)
    again = browser.post("/demands/new", data=sent, follow_redirects=False)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert "采购阀门30个" in page(browser.get(first.headers["location"]))


def test_a_refused_demand_keeps_what_was_typed(browser: TestClient) -> None:
    sent = {
        "title": "",
        "description": "流量50m³/h 扬程32m",
        "buyer": "甲厂",
        "fix.quantity.value": "许多",
        "fix.quantity.unit": "台",
    }
    text = page(browser.post("/demands/new", data=sent), 422)
    assert "流量50m³/h 扬程32m" in text
    assert "甲厂" in text
    assert 'id="title-error"' in text
    assert "数量须为大于 0 的数字" in text


def test_a_draft_is_opened_closed_and_reopened(browser: TestClient) -> None:
    made = browser.post("/demands/new", data={"title": "草稿水泵", "state": "draft"})
    at = made.url.path
    assert "草稿" in page(made)
    assert "征集中" in page(browser.post(f"{at}/open"))
    assert "已关闭" in page(browser.post(f"{at}/close"))
    assert "征集中" in page(browser.post(f"{at}/reopen"))


def test_understood_shows_and_takes_corrections(browser: TestClient) -> None:
    said = {
        "title": "采购不锈钢离心泵20台",
        "description": "流量50m³/h，扬程32m，12月底前送到沈阳铁西，不要贸易商",
    }
    panel = browser.post("/demands/understood", data=said, headers={"hx-request": "true"})
    assert panel.status_code == 200
    for word in ("离心泵", "50m³/h", "20 台", "沈阳市铁西区", "只要生产厂家"):
        assert word in panel.text, word
    assert "已更正" not in panel.text
    fixed = said | {
        "fix.quantity.value": "30", "fix.quantity.unit": "套", "fix.specs": "流量50m³/h", "fix.what": "耐酸泵、磁力泵",
        "fix.makers_only": "false", "fix.local_only": "true",
    }  # fmt: skip
    panel = browser.post("/demands/understood", data=fixed)
    for word in ("30 套", "耐酸泵", "磁力泵", "只要本地", "已更正"):
        assert word in panel.text, word
    assert '<span class="chip">扬程32m</span>' not in panel.text
    posted = browser.post("/demands/new", data=fixed | {"state": "open"})
    assert "30 套" in page(posted)
    assert "扬程32m</span>" not in posted.text
    unread = browser.post("/demands/understood", data=said | {"fix.specs": "很结实"})
    assert "没有读懂“很结实”" in unread.text


def test_an_edit_replaces_the_corrections_made_before(browser: TestClient) -> None:
    made = browser.post(
        "/demands/new",
        data={
            "title": "采购水泵20台",
            "state": "open",
            "fix.quantity.value": "30",
            "fix.quantity.unit": "套",
        },
    )
    at = made.url.path
    form = page(browser.get(f"{at}/edit"))
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    assert 'value="30"' in form
    edited = browser.post(
        f"{at}/edit", data={"title": "采购水泵20台", "version": version[1], "adcode": "210106"}
    )
    text = page(edited)
    assert "20 台" in text
    assert "30 套" not in text
    assert "沈阳市铁西区" in text
    page(browser.post(f"{at}/edit", data={"title": "采购水泵21台", "version": version[1]}), 412)


def test_a_draft_listing_is_confirmed_and_undone(browser: TestClient, draft: dict[str, Any]) -> None:
    at = f"/listings/{draft['id']}"
    assert "待企业确认" in page(browser.get(at))
    part = browser.post(f"{at}/confirm", headers={"hx-request": "true"})
    assert "企业已确认" in part.text
    assert "<html" not in part.text
    assert "待企业确认" in page(browser.post(f"{at}/undo"))
    assert "企业已否认" in page(browser.post(f"{at}/dismiss"))


def test_a_listing_is_stated_by_its_kinds_form(browser: TestClient, company: dict[str, Any]) -> None:
    sent = {
        "company_id": company["id"], "kind": "processing", "title": "数控车加工", "key": str(uuid4()),
        "fields.process": ["turning", "other"], "fields.process_other": "滚丝", "fields.material": ["carbon_steel"],
        "fields.parts": "轴\n法兰盘", "fields.max_length.value": "3", "fields.max_length.unit": "m",
        "fields.diameter.low": "20", "fields.diameter.high": "800", "fields.diameter.unit": "mm",
        "fields.minimum_batch.value": "10", "fields.minimum_batch.unit": "piece",
        "fields.monthly_capacity.value": "8000", "fields.monthly_capacity.unit": "piece/month",
        "fields.free_windows.0.from": "2026-03-01", "fields.free_windows.0.to": "2026-04-30", "fields.free_windows.0.free": "30",
        "fields.own_tooling": "true",
    }  # fmt: skip
    made = browser.post("/listings/new", data=sent)
    text = page(made)
    for word in ("数控车加工", "车削", "滚丝", "法兰盘", "3 米", "20 – 800 毫米", "8,000 件/月", "空闲 30%"):
        assert word in text, word
    assert browser.post("/listings/new", data=sent).url == made.url
    form = page(browser.get(f"{made.url.path}/edit"))
    assert 'value="turning" checked' in form
    assert "轴\n法兰盘" in form


def test_a_refused_listing_names_the_fields_and_keeps_the_values(
    browser: TestClient, company: dict[str, Any]
) -> None:
    sent = {
        "company_id": company["id"], "kind": "processing", "title": "", "summary": "很好", "fields.process": ["turning"],
        "fields.max_length.value": "很长", "fields.max_length.unit": "cm", "fields.process_other": "滚丝",
    }  # fmt: skip
    text = page(browser.post("/listings/new", data=sent), 422)
    for field in ("material", "max_length", "process_other"):
        assert f'id="fields.{field}-error"' in text, field
    assert 'value="很长"' in text
    assert 'value="turning" checked' in text
    assert "很好" in text


def test_a_form_of_another_site_is_refused(browser: TestClient) -> None:
    answer = browser.post("/demands/new", data={"title": "x"}, headers={"sec-fetch-site": "cross-site"})
    page(answer, 403)


@pytest.mark.parametrize("kind", ["product", "technology", "capacity", "equipment", "labour", "raw_material"])
def test_every_kind_has_a_form(browser: TestClient, company: dict[str, Any], kind: str) -> None:
    assert 'name="title"' in page(browser.get(f"/listings/new?company={company['id']}&kind={kind}"))
