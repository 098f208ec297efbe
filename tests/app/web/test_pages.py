"""Every page as a browser gets it: status, language, safety of what users typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from search.index import SearchUnavailable
from tests.app.clients import another_client
from tests.app.web.conftest import HTML, page

pytestmark = pytest.mark.one_database

NASTY = '<script>alert("x")</script><img src=x onerror=alert(1)>'


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
