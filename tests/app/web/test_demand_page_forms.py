"""The demand's form and page in a browser: a form chosen, lines, terms, files, revisions, review."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.demands.forms import FORMS

pytestmark = pytest.mark.one_database

PDF = b"%PDF-1.4\n%%EOF"
SENT = {
    "title": "减速机壳体外协",
    "form": "plant",
    "fields.transaction": "rent",
    "fields.area.value": "3000",
    "fields.area.unit": "m2",
    "fields.use": "机械加工",
    "fields.rent_period.value": "2",
    "fields.rent_period.unit": "year",
    "lines.0.name": "厂房",
    "lines.0.quantity": "1",
    "lines.0.unit": "套",
    "lines.0.specs": "层高 9m；结构：钢",
    "lines.3.name": "办公室",
    "budget_high": "90000",
    "visibility": "anonymous",
    "valid_until": "2030-01-01T18:00",
    "adcode": "210106",
    "state": "open",
}


@pytest.fixture
def buyer(sign_in: Callable[..., TestClient], company: dict[str, Any]) -> TestClient:
    browser = sign_in(seats={company["id"]: "owner"})
    browser.headers["accept"] = "text/html"
    return browser


def posted(buyer: TestClient, **other: str) -> tuple[str, str]:
    answer = buyer.post("/demands/new", data=SENT | other)
    assert answer.status_code == 200, re.findall(r'class="error"[^>]*>([^<]+)', answer.text)
    return str(answer.url).rsplit("/", 1)[1], answer.text


def test_the_form_is_chosen_first(buyer: TestClient) -> None:
    page = buyer.get("/demands/new").text
    assert all(f'href="/demands/new?form={form}"' in page for form in FORMS)
    for form in FORMS:
        assert 'name="fields.' in buyer.get("/demands/new", params={"form": form}).text
    english = buyer.get("/demands/new", params={"form": "talent", "lang": "en"}).text
    assert "Highest labour price" in english


def test_everything_said_is_shown_and_kept(buyer: TestClient, visitor: TestClient) -> None:
    key, page = posted(buyer)
    for shown in ("厂房", "层高 9m", "办公室", "9 万元", "求租", "3,000 平方米", "沈阳测试泵业有限公司"):
        assert shown in page, shown
    outside = visitor.get(f"/demands/{key}", headers={"accept": "text/html"}).text
    head = outside.partition("</header>")[2].partition("发布于")[0]
    assert "匿名采购方" in head
    assert "沈阳测试泵业有限公司" not in head, "suppliers further down may have the name, from other tests"
    form = buyer.get(f"/demands/{key}/edit").text
    assert 'value="层高 9m；结构 钢"' in form
    assert 'value="2030-01-01T18:00"' in form
    held = buyer.get(f"/api/v1/demands/{key}").json()
    kept = {f"lines.{at}.id": line["id"] for at, line in enumerate(held["lines"])}
    changed = (
        SENT | kept | {"lines.1.name": "办公楼", "version": str(held["version"]), "budget_high": "95000"}
    )
    changed.pop("lines.3.name")
    assert buyer.post(f"/demands/{key}/edit", data=changed).status_code == 200
    after = buyer.get(f"/api/v1/demands/{key}").json()
    assert [line["id"] for line in after["lines"]] == [line["id"] for line in held["lines"]]
    assert after["revision"] == 2
    page = buyer.get(f"/demands/{key}").text
    assert "<del>90000</del>" in page
    assert "<ins>95000</ins>" in page


def test_what_is_wrong_is_said_and_nothing_is_lost(buyer: TestClient) -> None:
    wrong = SENT | {"fields.use": "", "lines.0.quantity": "很多", "budget_low": "100000"}
    answer = buyer.post("/demands/new", data=wrong)
    assert answer.status_code == 422
    for place in ("fields.use-error", "lines.0.quantity-error"):
        assert place in answer.text, place
    assert 'value="很多"' in answer.text
    assert 'value="机械加工"' not in answer.text
    reversed_budget = buyer.post("/demands/new", data=SENT | {"budget_low": "100000"})
    assert "budget_low-error" in reversed_budget.text


def test_files_and_copies(buyer: TestClient) -> None:
    key, _ = posted(buyer)
    page = buyer.post(f"/demand-files/{key}", files={"files": ("图纸.pdf", PDF)}).text
    where = re.search(rf'/demands/{key}/files/[0-9a-f-]+"', page)
    assert where
    assert buyer.get(where[0].rstrip('"')).content == PDF
    assert buyer.post(f"/demand-files/{key}", files={"files": ("a.exe", b"MZ")}).status_code == 422
    assert "图纸.pdf" not in buyer.post(where[0].rstrip('"') + "/remove").text.split("修改记录")[0]
    copied = buyer.post(f"/demands/{key}/copy")
    assert str(copied.url).endswith("/edit")
    assert 'value="减速机壳体外协"' in copied.text


def test_an_operator_reviews_in_the_page(buyer: TestClient, sign_in: Callable[..., TestClient]) -> None:
    key, page = posted(buyer, description="电话13812345678")
    assert "13812345678" in page
    assert "运营员审核后公开" in page
    operator = sign_in(divisions=["210000"])
    operator.headers["accept"] = "text/html"
    assert f"/demands/{key}" in operator.get("/demands?state=in_review").text
    assert operator.post(f"/demands/{key}/reject", data={"note": ""}).status_code == 422
    operator.post(f"/demands/{key}/reject", data={"note": "请删去电话"})
    assert "请删去电话" in buyer.get(f"/demands/{key}").text


def test_a_card_with_nothing_in_it_is_not_drawn(buyer: TestClient) -> None:
    made = buyer.post("/api/v1/demands", json={"title": "采购水泵两台"}).json()
    page = f"/demands/{made['id']}"
    cards = ('aria-label="条件"', 'id="files"')
    assert all(card in buyer.get(page).text for card in cards), "validity, and a place to add files"
    assert buyer.post(f"/api/v1/demands/{made['id']}/close").status_code == 200
    assert not any(card in buyer.get(page).text for card in cards)
