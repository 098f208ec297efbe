"""Filters of kind, price and output beside a list of matches, without JavaScript: every one is in the address."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from app.catalogue.declarations import load_kinds
from app.web.narrowing import read_limits
from app.web.pages import LANGUAGE_COOKIE
from matching.need import Amount, Need

pytestmark = pytest.mark.one_database

PUMP, GRINDING = "潜鳞扬水泵", "潜鳞扬水泵修磨"
CARD = re.compile(r'<li class="card match">.*?</article>', re.DOTALL)


@pytest.fixture(scope="module")
def browser(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> TestClient:
    """One firm that sells a pump for 2,860 CNY, 400 in a month, and grinds pumps; another that says no price."""
    for name in ("潜鳞", "浮羽"):
        said = {
            "uscc": new_uscc(), "name": f"沈阳{name}测试泵业有限公司", "address": "沈阳市铁西区北二路1号",
            "business_scope": f"{PUMP}制造。",
        }  # fmt: skip
        answer = client.post("/api/v1/companies", json=said)
        assert answer.status_code == 201, answer.text
        if name == "潜鳞":
            for kind, title in (("product", PUMP), ("processing", GRINDING)):
                fields = load_kinds()[kind].example
                listing = {"company_id": answer.json()["id"], "kind": kind, "title": title, "fields": fields}
                assert client.post("/api/v1/listings", json=listing).status_code == 201
    api.state.runtime.index_pending()
    return client


@pytest.fixture(scope="module")
def cables(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> None:
    """A firm that sells what nobody here asks for, by the cubic metre and for less than any other test's."""
    said = {"uscc": new_uscc(), "name": "沈阳青藤测试电缆有限公司", "address": "沈阳市铁西区北二路2号"}
    company = client.post("/api/v1/companies", json=said).json()["id"]
    fields = load_kinds()["product"].example | {"price": 0.01, "price_unit": "m3"}
    listing = {"company_id": company, "kind": "product", "title": "电力电缆", "fields": fields}
    answer = client.post("/api/v1/listings", json=listing)
    assert answer.status_code == 201, answer.text
    api.state.runtime.index_pending()


@pytest.fixture(params=["/match", "/search", "demand"])
def asked(request: pytest.FixtureRequest, browser: TestClient) -> Callable[..., Response]:
    """Opens a list of matches for the pump, with filters in the address."""
    path, words = request.param, {"/match": {"text": PUMP}, "/search": {"q": PUMP}}.get(request.param, {})
    if path == "demand":
        posted = browser.post("/api/v1/demands", json={"title": f"采购{PUMP}"})
        assert posted.status_code == 201, posted.text
        path = f"/demands/{posted.json()['id']}"

    def ask(*, language: str = "zh", **filters: str) -> Response:
        return browser.get(
            path, params={**words, **filters}, headers={"cookie": f"{LANGUAGE_COOKIE}={language}"}
        )

    return ask


def shown(answer: Response) -> set[str]:
    """The firms of this test in the list."""
    assert answer.status_code == 200
    return set(re.findall("沈阳(?:<mark>)?(潜鳞|浮羽)", "".join(CARD.findall(answer.text))))


def value(answer: Response, name: str) -> str:
    tag = re.search(rf'<input[^>]* name="{name}"[^>]*>', answer.text)
    assert tag, name
    held = re.search(r' value="([^"]*)"', tag[0])
    assert held, tag[0]
    return html.unescape(held[1])


def test_a_price_narrows_the_list_and_stays_in_its_field(asked: Callable[..., Response]) -> None:
    assert shown(asked()) == {"潜鳞", "浮羽"}
    narrowed = asked(max_price="3,000", price_unit="台")
    assert shown(narrowed) == {"潜鳞"}
    assert value(narrowed, "max_price") == "3,000"
    assert value(narrowed, "price_unit") == "台"
    assert shown(asked(min_price="2,000", price_unit="台")) == {"潜鳞"}
    assert not shown(asked(min_price="2000", max_price="2500", price_unit="台"))
    assert shown(asked(min_capacity="400", capacity_unit="台/月")) == {"潜鳞"}
    assert shown(asked(max_price="", price_unit="台", min_capacity="", capacity_unit="")) == {"潜鳞", "浮羽"}


def test_an_empty_list_says_what_to_take_off(asked: Callable[..., Response]) -> None:
    empty = asked(max_price="0.01", price_unit="台")
    assert not shown(empty)
    button = re.search(r'href="([^"]*)">不限单价：\d+ 家', empty.text)
    assert button
    assert "max_price" not in button[1]
    assert "不限产能" not in empty.text
    assert re.search(r'href="[^"]*">不限单价：', asked(min_price="900000000", price_unit="台").text)
    assert "Any price: " in asked(max_price="0.01", price_unit="台", language="en").text


@pytest.mark.usefixtures("cables")
def test_poor_fits_say_what_to_take_off(asked: Callable[..., Response]) -> None:
    poor = asked(max_price="0.01", price_unit="立方米", within="anywhere")
    assert "没有匹配度高的供应商" in poor.text
    assert "青藤测试电缆" in poor.text
    assert re.search(r'href="[^"]*">不限单价：\d+ 家', poor.text)
    assert "放宽其中一项" not in asked(max_price="3000", price_unit="台").text


def test_a_wrong_number_is_named_beside_its_field_and_not_applied(asked: Callable[..., Response]) -> None:
    wrong = asked(max_price="便宜点", price_unit="台", min_capacity="400", capacity_unit="台/月")
    assert shown(wrong) == {"潜鳞"}
    assert 'id="max_price-error"' in wrong.text
    assert value(wrong, "max_price") == "便宜点"
    reversed_ = asked(min_price="30", max_price="20", price_unit="台")
    assert 'id="max_price-error"' in reversed_.text
    assert "请对调" in reversed_.text
    assert 'id="price_unit-error"' in asked(max_price="30", price_unit="光年").text


@pytest.mark.parametrize(("asked_for", "unit"), [("t/month", "吨"), ("hour/month", "台"), ("株", "台")])
def test_the_needs_own_unit_is_proposed_where_there_is_one(asked_for: str, unit: str) -> None:
    limits = read_limits({}, Need("采购", quantity=Amount(20, asked_for)), "zh")
    assert limits.typed["price_unit"] == unit


def test_a_price_said_in_the_box_is_a_filter_in_the_address(browser: TestClient) -> None:
    said = browser.get("/search", params={"q": f"3000元以内的{PUMP}"})
    assert (said.url.params["q"], said.url.params["max_price"]) == (PUMP, "3000")
    assert shown(said) == {"潜鳞"}
    assert not shown(browser.get("/search", params={"q": f"100元以内的{PUMP}"}))
    range_said = browser.get("/search", params={"q": f"2000到3000元的{PUMP}"})
    assert (range_said.url.params["min_price"], range_said.url.params["max_price"]) == ("2000", "3000")
    assert shown(range_said) == {"潜鳞"}
    assert not shown(browser.get("/search", params={"q": f"5000元以上的{PUMP}"}))
    answer = browser.get("/api/v1/search", params={"q": f"每台不超过3000元的{PUMP}"}).json()
    assert (answer["search"]["max_price"], answer["search"]["price_unit"]) == (3000, "台")
    names = {one["company"]["name"] for one in answer["items"]}
    assert "沈阳潜鳞测试泵业有限公司" in names
    assert "沈阳浮羽测试泵业有限公司" not in names, "it says no price"


def test_a_kind_is_chosen_among_those_there_are(browser: TestClient) -> None:
    page = browser.get("/match", params={"text": PUMP})
    assert re.search(r'<option value="product">产品（\d+ 家）', page.text)
    chosen = browser.get("/match", params={"text": PUMP, "kind": "processing"})
    assert shown(chosen) == {"潜鳞"}
    assert re.search(rf"{GRINDING}|修磨", "".join(CARD.findall(chosen.text)))
    assert re.search(r'<option value="processing" selected>', chosen.text)
    assert re.search(r'<option value="product">产品（\d+ 家）', chosen.text)
    cheap = {"kind": "processing", "max_price": "0.01", "price_unit": "台"}
    assert "不限单价" in browser.get("/match", params={"text": PUMP, **cheap}).text
