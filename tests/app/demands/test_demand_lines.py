"""What is asked for line by line, and the terms beside it, over the API."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

DEMANDS = "/api/v1/demands"
PUMP = {
    "name": "离心泵",
    "quantity": 20,
    "unit": "台",
    "specs": {"材质": "304", "扬程": "32m"},
    "note": "带联轴器",
}
VALVE = {"name": "闸阀", "quantity": 8.5, "unit": "套"}


def change(client: TestClient, demand: dict[str, Any], body: dict[str, Any]) -> Any:
    answer = client.patch(f"{DEMANDS}/{demand['id']}", json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def problems(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_lines_are_kept_and_understood(client: TestClient) -> None:
    posted = client.post(DEMANDS, json={"title": "泵阀一批", "lines": [PUMP, VALVE]}).json()
    assert [line["position"] for line in posted["lines"]] == [1, 2]
    first = posted["lines"][0]
    assert {name: first[name] for name in PUMP} == PUMP
    assert list(first["specs"]) == ["材质", "扬程"]
    assert not first["implied"]
    assert any("泵" in what for what in posted["need"]["what"])
    assert "304" in str(posted["need"])


def test_without_lines_the_title_is_the_one(client: TestClient) -> None:
    posted = client.post(DEMANDS, json={"title": "采购水泵20台"}).json()
    (line,) = posted["lines"]
    assert (line["name"], line["quantity"], line["unit"], line["implied"]) == ("采购水泵20台", 20, "台", True)
    (renamed,) = change(client, posted, {"title": "采购水泵30台"})["lines"]
    assert (renamed["id"], renamed["name"], renamed["quantity"]) == (line["id"], "采购水泵30台", 30)
    written = change(client, posted, {"lines": [PUMP]})["lines"]
    assert [(one["name"], one["implied"]) for one in written] == [("离心泵", False)]


def test_lines_keep_their_ids_in_a_new_order(client: TestClient) -> None:
    posted = client.post(DEMANDS, json={"title": "泵阀一批", "lines": [PUMP, VALVE]}).json()
    pump, valve = posted["lines"]
    kept = [{**VALVE, "id": valve["id"], "quantity": 9}, {"name": "法兰"}]
    after = change(client, posted, {"lines": kept})["lines"]
    assert [(line["position"], line["name"]) for line in after] == [(1, "闸阀"), (2, "法兰")]
    assert (after[0]["id"], after[0]["quantity"]) == (valve["id"], 9)
    gone = client.patch(
        f"{DEMANDS}/{posted['id']}", json={"lines": [{**PUMP, "id": pump["id"]}]}, headers={"If-Match": "*"}
    )
    assert problems(gone) == [("lines.0.id", "unknown_line")]
    twice = [{**VALVE, "id": valve["id"]}, {**VALVE, "id": valve["id"]}]
    answer = client.patch(f"{DEMANDS}/{posted['id']}", json={"lines": twice}, headers={"If-Match": "*"})
    assert problems(answer) == [("lines.1.id", "unknown_line")]


def test_terms_are_kept_and_cleared(client: TestClient) -> None:
    terms = {
        "address": "沈阳市铁西区北二路1号",
        "deliver_from": "2030-01-01",
        "deliver_until": "2030-02-01",
        "budget_low": 1000,
        "budget_high": 2000,
        "quotes_until": "2029-12-01T00:00:00Z",
        "sealed": True,
    }
    posted = client.post(DEMANDS, json={"title": "水泵", **terms}).json()
    assert {name: posted[name] for name in terms} == terms
    assert posted["days_left"] == 60
    cleared = change(client, posted, {"budget_low": None, "sealed": None, "quotes_until": None})
    assert (cleared["budget_low"], cleared["sealed"], cleared["quotes_until"]) == (None, False, None)
    assert cleared["budget_high"] == 2000


@pytest.mark.parametrize(
    ("terms", "field", "code"),
    [
        ({"budget_low": 2, "budget_high": 1}, "budget_low", "reversed"),
        ({"deliver_from": "2030-02-01", "deliver_until": "2030-01-01"}, "deliver_from", "reversed"),
        ({"sealed": True}, "quotes_until", "required"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, "valid_until", "in_the_past"),
        ({"quotes_until": "2020-01-01T00:00:00Z"}, "quotes_until", "in_the_past"),
        (
            {"quotes_until": "2031-01-01T00:00:00Z", "valid_until": "2030-01-01T00:00:00Z"},
            "quotes_until",
            "reversed",
        ),
        ({"lines": [{"name": ""}]}, "lines.0.name", "required"),
        ({"lines": [{"name": "泵", "quantity": 0}]}, "lines.0.quantity", "out_of_range"),
        ({"guests": ["0195c5a0-7c00-7a00-8a00-00000000dead"]}, "guests.0", "company_not_found"),
    ],
)
def test_wrong_terms_are_named(client: TestClient, terms: dict[str, Any], field: str, code: str) -> None:
    assert problems(client.post(DEMANDS, json={"title": "水泵", **terms})) == [(field, code)]
