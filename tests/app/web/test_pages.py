"""Every page as a browser gets it: status, language, safety of what users typed, forms that lose nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from search.index import SearchUnavailable
from tests.app.clients import another_client

pytestmark = pytest.mark.one_database

NASTY = '<script>alert("x")</script><img src=x onerror=alert(1)>'
HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def browser(sign_in: Callable[..., TestClient]) -> TestClient:
    """A fresh browser in which an operator is signed in."""
    signed_in = sign_in(divisions=["100000"], name="运营员甲")
    signed_in.headers.update(HTML)
    return signed_in


def page(answer: Response, status: int = 200) -> str:
    """The text of a page that is whole, in a language, and lets no script or style in."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    assert re.search(r'<html lang="(zh-CN|en)">', answer.text)
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'self'" in policy
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<script>|<style", answer.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text), (
        "a page asks nothing of other hosts"
    )
    assert answer.text.count("<h1") == 1
    return answer.text


@pytest.fixture
def known(
    browser: TestClient,
    company: dict[str, Any],
    draft: dict[str, Any],
    demand: dict[str, Any],
    index_now: Callable[[], int],
) -> dict[str, str]:
    """Ids of one firm, one listing and one demand, indexed."""
    del browser
    index_now()
    return {"company": company["id"], "listing": draft["id"], "demand": demand["id"]}


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/search",
        "/search?q=水泵",
        "/search?q=水泵&within=city&makers=1&set=1&sort=distance&place=210106",
        "/search?q=水泵&division=210100&kind=product&industry=34",
        "/search?kind=product",
        "/search?division=210100&industry=34",
        "/search?q=" + "量子纠缠火星基地" * 20,
        "/companies/{company}",
        "/listings/{listing}",
        "/listings/{listing}/edit",
        "/listings/new?company={company}",
        "/listings/new?company={company}&kind=processing",
        "/demands",
        "/demands?state=closed",
        "/demands/new",
        "/demands/new?title=水泵&description=20台",
        "/demands/{demand}",
        "/demands/{demand}?within=city&sort=distance",
        "/demands/{demand}/edit",
        "/match",
        "/match?text=铸铁件，沈阳",
        "/kinds",
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_answers_in_both_languages(
    browser: TestClient, known: dict[str, str], address: str, language: str
) -> None:
    browser.cookies.set("lang", language)
    text = page(browser.get(address.format(**known)))
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in text


@pytest.mark.parametrize("kind", ["product", "technology", "capacity", "equipment", "labour", "raw_material"])
def test_every_kind_has_a_form(browser: TestClient, known: dict[str, str], kind: str) -> None:
    assert 'name="title"' in page(browser.get(f"/listings/new?company={known['company']}&kind={kind}"))


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/companies/x",
        f"/companies/{uuid4()}",
        "/listings/1",
        f"/listings/{uuid4()}",
        "/demands/x",
        f"/demands/{uuid4()}",
    ],
)
def test_what_does_not_exist_is_a_page(browser: TestClient, address: str) -> None:
    assert 'href="/search"' in page(browser.get(address), 404)


def test_programs_still_get_problem_details(browser: TestClient) -> None:
    for address, accept in (("/api/v1/companies/x", "text/html"), ("/nowhere", "application/json")):
        answer = browser.get(address, headers={"accept": accept})
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_impossible_move_is_a_page(browser: TestClient, demand: dict[str, Any]) -> None:
    page(browser.post(f"/demands/{demand['id']}/reopen"), 409)
    page(browser.post(f"/demands/{demand['id']}/explode"), 404)


def test_search_down_says_so_and_demands_can_still_be_read(
    browser: TestClient, demand: dict[str, Any], api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise SearchUnavailable("down for the test", retry_after=7)

    monkeypatch.setattr(api.state.runtime.index, "search", down)
    answer = browser.get("/search?q=水泵")
    assert "重试" in page(answer, 503)
    assert answer.headers["retry-after"] == "7"
    text = page(browser.get(f"/demands/{demand['id']}"))
    assert demand["title"] in text
    assert "搜索暂不可用" in text


@pytest.mark.usefixtures("client")
def test_a_failure_is_a_page(api: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken for the test")

    monkeypatch.setattr(api.state.runtime.index, "search", broken)
    quiet = another_client(api, headers=HTML, raise_server_exceptions=False)
    text = page(quiet.get("/search?q=水泵"), 500)
    assert "broken for the test" not in text


def test_what_users_type_is_only_ever_text(
    browser: TestClient, client: TestClient, new_uscc: Callable[[], str], index_now: Callable[[], int]
) -> None:
    firm = {
        "uscc": new_uscc(),
        "name": f"沈阳{NASTY}厂",
        "business_scope": f"水泵{NASTY}制造。",
        "tags": [NASTY[:40]],
    }
    company = client.post("/api/v1/companies", json=firm).json()
    listing = {"company_id": company["id"], "kind": "product", "title": f"泵{NASTY}", "summary": NASTY}
    listing["fields"] = client.get("/api/v1/kinds/product/schema").json()["examples"][0]
    made = client.post("/api/v1/listings", json=listing)
    assert made.status_code == 201, made.text
    said = {"title": f"要泵{NASTY}", "description": NASTY, "buyer": NASTY, "need": {"what": [NASTY]}}
    demand = client.post("/api/v1/demands", json=said).json()
    index_now()
    for address in (
        f"/companies/{company['id']}",
        f"/listings/{made.json()['id']}",
        f"/listings/{made.json()['id']}/edit",
        f"/demands/{demand['id']}",
        f"/demands/{demand['id']}/edit",
        "/demands",
        "/",
    ):
        assert "&lt;script&gt;" in page(browser.get(address)) or "<script>" not in browser.get(address).text
    for address in ("/search", "/match", "/demands/new"):
        page(
            browser.get(
                address, params={"q": NASTY, "text": NASTY, "title": NASTY, "division": NASTY, "place": NASTY}
            )
        )
    refused = {"title": NASTY, "description": NASTY, "adcode": '"><script>', "kind": NASTY}
    page(browser.post("/demands/new", data=refused), 422)


def test_a_website_that_is_no_web_address_is_no_link(
    browser: TestClient, client: TestClient, new_uscc: Callable[[], str]
) -> None:
    firm = {"uscc": new_uscc(), "name": "沈阳网址厂", "website": "javascript:alert(1)"}
    company = client.post("/api/v1/companies", json=firm).json()
    assert "javascript:" not in page(browser.get(f"/companies/{company['id']}"))


def test_a_derived_fact_says_where_it_comes_from(browser: TestClient, company: dict[str, Any]) -> None:
    text = page(browser.get(f"/companies/{company['id']}"))
    assert re.search(r"推断 · 依据地址.* · 可信度 \d+%", text)
    assert company["uscc"] in text


def test_the_language_asked_for_is_remembered(browser: TestClient) -> None:
    assert "发布需求" in page(browser.get("/"))
    assert "Post a demand" in page(browser.get("/?lang=en"))
    assert "Post a demand" in page(browser.get("/demands"))
    assert "发布需求" in page(browser.get("/demands?lang=zh"))


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


def test_a_code_in_the_search_box_opens_its_firm(browser: TestClient, company: dict[str, Any]) -> None:
    assert browser.get(f"/search?q={company['uscc'].lower()}").url.path == f"/companies/{company['id']}"


def test_pages_are_small_on_the_wire(browser: TestClient, known: dict[str, str]) -> None:
    for address in ("/", "/search?q=水泵", f"/demands/{known['demand']}", "/static/app.css"):
        with browser.stream("GET", address, headers={"accept-encoding": "gzip"}) as answer:
            assert sum(map(len, answer.iter_raw())) < 30_000, address


def test_static_files_may_be_kept_for_ever(browser: TestClient) -> None:
    address = re.search(r"/static/app\.css\?v=[0-9a-f]+", page(browser.get("/")))
    assert address
    assert "immutable" in browser.get(address[0]).headers["cache-control"]
    assert browser.get("/static/app.css").headers["cache-control"] == "no-cache"
    assert browser.get("/static/../pages.py").status_code == 404
