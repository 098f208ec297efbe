"""The search box over HTTP: sentences, steps with the context of the last answer, questions, bad contexts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

FIRMS = {
    f"沈阳铆鑫{number}号铆接有限公司": (f"沈阳市{district}建设路{number}号", "铆接加工、铆钉制造。")
    for number, district in enumerate(("沈北新区", "沈北新区", "沈北新区", "于洪区", "于洪区"), start=1)
}


@pytest.fixture(scope="module", autouse=True)
def firms(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> None:
    """Five riveters of two districts in the index."""
    for name, (address, scope) in FIRMS.items():
        said = {"uscc": new_uscc(), "name": name, "address": address, "business_scope": scope}
        assert client.post("/api/v1/companies", json=said).status_code == 201
    api.state.runtime.index_pending()


def search(client: TestClient, q: str, context: str = "", **said: Any) -> Any:
    answer = client.get("/api/v1/search", params={"q": q, "context": context, **said})
    assert answer.status_code == 200, answer.text
    return answer.json()


def districts(body: Any) -> set[str]:
    return {item["company"]["district"] for item in body["items"]}


def test_a_sentence_says_where_what_and_how_many(client: TestClient) -> None:
    body = search(client, "找沈阳市沈北新区做铆接加工的企业，推荐2家")
    assert len(body["items"]) == 2
    assert districts(body) == {"沈北新区"}
    assert body["need"]["what"] == ["铆接加工"]
    assert (body["search"]["division"], body["search"]["division_name"], body["search"]["count"]) == (
        "210113", "沈北新区", 2,
    )  # fmt: skip
    assert body["question"] is None


def test_next_batch_and_another_district(client: TestClient) -> None:
    first = search(client, "找沈阳做铆接加工的企业，推荐2家")
    second = search(client, "换一批", first["context"])
    ids = [{item["company"]["id"] for item in body["items"]} for body in (first, second)]
    assert len(ids[0]) == len(ids[1]) == 2
    assert not ids[0] & ids[1]
    narrowed = search(client, "其中哪些在于洪区", second["context"])
    assert districts(narrowed) == {"于洪区"}
    assert narrowed["notes"] == []
    outside = search(client, "其中哪些在沈北新区", narrowed["context"])
    assert "沈北新区不在于洪区内" in outside["notes"][0]
    assert districts(outside) == {"沈北新区"}


def test_either_of_two_districts_or_cities(client: TestClient) -> None:
    body = search(client, "大连和沈阳做铆接加工的企业，推荐3家")
    assert (body["search"]["division"], body["search"]["others"]) == ("210200", ["210100"])
    assert body["search"]["division_name"] == "大连市、沈阳市"
    assert len(body["items"]) == 3
    following = search(client, "换一批", body["context"])
    assert following["search"]["others"] == ["210100"]
    assert following["items"]
    neither = search(client, "大连和鞍山做铆接加工的企业")
    assert not any("铆鑫" in item["company"]["name"] for item in neither["items"])


def test_no_more_and_fewer_are_said(client: TestClient) -> None:
    body = search(client, "找沈阳市于洪区做铆接加工的企业，推荐50家", tag="没有这个标签")
    assert "只找到 0 家" in body["notes"][0]
    last = search(client, "换一批", search(client, "找于洪区做铆接加工的企业，推荐100家")["context"])
    assert last["items"] == []
    assert "没有更多" in last["notes"][0]


def test_an_explicit_limit_and_division_win(client: TestClient) -> None:
    body = search(client, "找沈阳市沈北新区做铆接加工的企业，推荐2家", limit=1, division="210114")
    assert len(body["items"]) == 1
    assert districts(body) == {"于洪区"}


def test_questions(client: TestClient) -> None:
    vague = search(client, "推荐几家企业")
    assert (vague["question"]["code"], vague["items"]) == ("what", [])
    answered = search(client, "铆接加工", search(client, "沈阳市于洪区有哪些好企业")["context"])
    assert districts(answered) == {"于洪区"}
    assert search(client, "换一批")["question"]["code"] == "first"
    where = search(client, "铁西区做铆接的企业")
    assert {"adcode": "210106", "name": "沈阳市铁西区"} in where["question"]["options"]


@pytest.mark.parametrize(
    "context", ["x", "eyJ3b3JkcyI6NX0", "eyJ4IjoxfQ", "eyJkaXZpc2lvbiI6Ijk5OTk5OSJ9", "W10"]
)
def test_a_bad_context_is_refused(client: TestClient, context: str) -> None:
    answer = client.get("/api/v1/search", params={"q": "换一批", "context": context})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "context"


def test_english_notes(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "推荐几家企业"}, headers={"accept-language": "en"})
    assert answer.json()["question"]["text"].startswith("Firms that do what?")
