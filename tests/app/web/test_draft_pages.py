"""Drafts that save themselves: what is kept, what is left out and said, and that one form stays one demand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.one_database

AUTOSAVE = "/demands/autosave"
TYPED = {
    "title": "采购铸铁平台",
    "description": "2000×1000，一级精度",
    "lines.0.name": "平台",
    "lines.0.quantity": "3",
    "lines.0.unit": "块",
    "budget_high": "90000",
}
WRONG = {
    "lines.0.quantity": "很多",
    "budget_high": "十万左右",
    "deliver_until": "年底",
    "fix.quantity.value": "一些",
}


@pytest.fixture
def buyer(sign_in: Callable[..., TestClient], company: dict[str, Any]) -> TestClient:
    return sign_in(seats={company["id"]: "owner"})


def typed(**other: str) -> dict[str, str]:
    return TYPED | {"key": str(uuid4())} | other


def held(buyer: TestClient, key: str) -> dict[str, Any]:
    answer: dict[str, Any] = buyer.get(f"/api/v1/demands/{key}").json()
    return answer


def test_a_form_saved_as_it_grows_stays_one_draft(buyer: TestClient) -> None:
    form = typed()
    first = buyer.post(AUTOSAVE, data=form).json()
    assert first["left_out"] == {}
    again = buyer.post(
        AUTOSAVE, data=form | {"title": "采购铸铁平台三块", "lines.0.id": first["lines"][0]}
    ).json()
    assert (again["id"], again["lines"]) == (first["id"], first["lines"])
    after = held(buyer, first["id"])
    assert (after["title"], after["state"], after["budget_high"]) == ("采购铸铁平台三块", "draft", 90_000)
    assert after["buyer"] == "沈阳测试泵业有限公司", "the firm's own name, which nobody has to write"
    there = f"/demands/{first['id']}/autosave"
    third = buyer.post(there, data=form | {"version": str(again["version"]), "lines.0.id": first["lines"][0]})
    assert third.json()["version"] == again["version"] + 1
    assert held(buyer, first["id"])["title"] == "采购铸铁平台"


def test_the_form_sent_after_it_saved_itself_opens_that_draft(buyer: TestClient) -> None:
    form = typed(title=f"采购铸铁平台 {uuid4().hex}")
    draft = buyer.post(AUTOSAVE, data=form).json()
    sent = form | {"lines.0.id": draft["lines"][0], "state": "open"}
    shown = buyer.post("/demands/new", data=sent)
    assert shown.url.path == f"/demands/{draft['id']}"
    assert held(buyer, draft["id"])["state"] == "open"
    assert buyer.post("/demands/new", data=sent).url.path == f"/demands/{draft['id']}"
    late = buyer.post(f"/demands/{draft['id']}/autosave", data=sent | {"version": "1"})
    assert late.status_code == 409
    assert buyer.post(AUTOSAVE, data=sent).status_code == 409


def test_values_of_the_wrong_type_keep_nothing_else_from_being_kept(buyer: TestClient) -> None:
    form = typed(**WRONG)
    said = buyer.post(AUTOSAVE, data=form).json()
    assert set(said["left_out"]) == {"lines.0.quantity", "budget_high", "deliver_until", "fix.quantity"}
    after = held(buyer, said["id"])
    assert (after["title"], after["budget_high"], after["deliver_until"]) == ("采购铸铁平台", None, None)
    assert [(line["name"], line["quantity"]) for line in after["lines"]] == [("平台", None)]
    right = form | {"version": "1", "budget_high": "80000", "lines.0.id": said["lines"][0]}
    there = f"/demands/{said['id']}/autosave"
    said = buyer.post(there, data=right).json()
    assert "budget_high" not in said["left_out"]
    buyer.post(there, data=right | {"version": str(said["version"]), "budget_high": "八万"})
    assert held(buyer, said["id"])["budget_high"] == 80_000, "what is left out stays as it was"


def test_the_button_keeps_the_rest_of_a_draft_too(buyer: TestClient) -> None:
    buyer.headers["accept"] = "text/html"
    page = buyer.post("/demands/new", data=typed(**WRONG, state="draft"))
    assert page.status_code == 422
    assert "草稿已保存" in page.text
    assert 'value="十万左右"' in page.text
    assert 'id="budget_high-error"' in page.text
    at = page.text.partition('action="/demands/')[2].partition("/edit")[0]
    assert held(buyer, at)["title"] == "采购铸铁平台"


def test_an_edit_from_elsewhere_is_not_overwritten(buyer: TestClient) -> None:
    form = typed()
    draft = buyer.post(AUTOSAVE, data=form).json()
    at = f"/api/v1/demands/{draft['id']}"
    assert buyer.patch(at, json={"title": "别处改的"}, headers={"If-Match": '"1"'}).status_code == 200
    late = form | {"version": "1", "title": "这里改的"}
    assert buyer.post(f"/demands/{draft['id']}/autosave", data=late).status_code == 412
    assert buyer.post(AUTOSAVE, data=late).status_code == 412
    assert held(buyer, draft["id"])["title"] == "别处改的"
    # Sent on leaving, behind a save of which nobody knows yet whether it arrived.
    assert buyer.post(f"/demands/{draft['id']}/autosave", data=late | {"version": "1,2"}).status_code == 200
    assert held(buyer, draft["id"])["title"] == "这里改的"


def test_who_is_not_the_buyer_saves_nothing(
    buyer: TestClient, visitor: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    form = typed()
    draft = buyer.post(AUTOSAVE, data=form).json()
    there = f"/demands/{draft['id']}/autosave"
    assert visitor.post(AUTOSAVE, data=form).status_code == 401
    assert visitor.post(there, data=form | {"version": "1"}).status_code in (401, 404)
    assert sign_in().post(there, data=form | {"version": "1"}).status_code in (403, 404)
    assert buyer.post(AUTOSAVE, data={"key": form["key"], "buyer": "示例"}).status_code == 204
    assert "data-autosave" in buyer.get("/demands/new").text
    assert "data-autosave" not in visitor.get("/demands/new").text


@pytest.mark.parametrize(
    ("written", "yuan"), [("12万", 120_000), ("1.2 万元", 12_000), ("５千", 5_000), ("120k", 120_000)]
)
def test_a_budget_in_words_is_a_number(buyer: TestClient, written: str, yuan: int) -> None:
    first = buyer.post(AUTOSAVE, data=typed(budget_high=written)).json()
    assert first["left_out"] == {}
    assert held(buyer, first["id"])["budget_high"] == yuan
    posted = buyer.post(
        "/demands/new", data=typed(title=f"预算{written}的平台", budget_low=written, budget_high="", state="open", repeat="1"),
        follow_redirects=False,
    )  # fmt: skip
    assert posted.status_code == 303, posted.text
    assert held(buyer, posted.headers["location"].rpartition("/")[2])["budget_low"] == yuan


def test_a_budget_that_is_no_sum_is_said_beside_its_field(buyer: TestClient) -> None:
    said = typed(budget_low="面议", budget_high="10-12万", state="open")
    answer = buyer.post("/demands/new", data=said, headers={"Accept": "text/html"})
    assert answer.status_code == 422
    assert answer.text.count("请按元填写，如 120000 或 12万") == 2
    assert 'value="10-12万"' in answer.text, "what was typed stands there still"
    nothing_else = {"key": str(uuid4()), "budget_low": "面议", "state": "draft"}
    answer = buyer.post("/demands/new", data=nothing_else, headers={"Accept": "text/html"})
    assert "请按元填写" in answer.text


def test_of_several_firms_the_last_is_chosen_and_can_be_changed(
    sign_in: Callable[..., TestClient], company: dict[str, Any], firm: Callable[[str], UUID]
) -> None:
    other = "沈阳另一家采购有限公司"
    second = str(firm(other))
    both = sign_in(seats={company["id"]: "owner", second: "buyer"})

    def chosen() -> list[str]:
        page = both.get("/demands/new", headers={"Accept": "text/html"}).text
        return re.findall(r'<option value="([-0-9a-f]{36})" selected', page)

    assert chosen() == [], "the first time it is asked"
    form = typed()
    asked = both.post(AUTOSAVE, data=form)
    assert [one["field"] for one in asked.json()["errors"]] == ["buyer_company_id"]
    first = both.post(AUTOSAVE, data=form | {"buyer_company_id": second}).json()
    assert chosen() == [second]
    there = f"/demands/{first['id']}/autosave"
    form["lines.0.id"] = first["lines"][0]
    assert held(both, first["id"])["buyer"] == other
    moved = both.post(
        there, data=form | {"version": first["version"], "buyer": other, "buyer_company_id": company["id"]}
    ).json()
    now = held(both, first["id"])
    assert (now["buyer_company_id"], now["buyer"]) == (company["id"], "沈阳测试泵业有限公司")
    again = form | {"version": moved["version"], "buyer": other, "buyer_company_id": company["id"]}
    assert both.post(there, data=again).json()["version"] == moved["version"], "nothing changed"
    page = both.get(f"/demands/{first['id']}/edit", headers={"Accept": "text/html"}).text
    assert f'<option value="{company["id"]}" selected' in page
    elsewhere = both.post(there, data=again | {"buyer_company_id": str(uuid4())})
    assert elsewhere.json()["errors"][0]["field"] == "buyer_company_id"
