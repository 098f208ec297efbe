"""Demands over HTTP: understood, corrected, moved through their life."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.errors import Conflict
from app.demands.policy import ACTIONS, MOVES, STATES, allowed, moved

DEMANDS = "/api/v1/demands"
WORDS = {"title": "采购304不锈钢离心泵20台", "description": "流量50m³/h，2027年3月底前送到大连，不要贸易商。"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_move_is_made_or_refused(state: Any, action: Any) -> None:
    if (state, action) in MOVES:
        assert moved(state, action) == MOVES[state, action]
        assert action in allowed(state)
    else:
        with pytest.raises(Conflict):
            moved(state, action)
        assert action not in allowed(state)


def test_every_state_is_left_and_reached() -> None:
    assert {state for state, _ in MOVES} == set(STATES) - {"fulfilled"}
    assert set(MOVES.values()) == set(STATES)


def test_words_are_understood_and_stored(client: TestClient) -> None:
    answer = client.post(DEMANDS, json=WORDS)
    assert answer.status_code == 201, answer.text
    need = answer.json()["need"]
    assert "泵" in need["what"][0]
    assert need["quantity"]["value"] == 20
    assert need["place"]["adcode"] == "210200"
    assert need["makers_only"] is True
    assert need["deadline"].startswith("2027-03")
    preview = client.post("/api/v1/understand", json={"title": WORDS["title"], "text": WORDS["description"]})
    assert preview.json()["need"] == need


def test_form_wins_over_words_and_corrections_over_both(client: TestClient) -> None:
    said = {**WORDS, "city": "沈阳", "district": "铁西区", "kind": "product"}
    need = client.post(DEMANDS, json=said).json()["need"]
    assert (need["place"]["adcode"], need["kind"]) == ("210106", "product")
    corrections = {
        "place": {"adcode": "210302"},
        "kind": "equipment",
        "quantity": None,
        "makers_only": None,
        "specs": [{"name": "flow", "low": 40, "high": 60, "unit": "m3/h"}],
        "materials": ["316L"],
    }
    need = client.post(DEMANDS, json={**said, "need": corrections}).json()["need"]
    assert (need["place"]["name"], need["kind"]) == ("铁东区", "equipment")
    assert (need["quantity"], need["makers_only"]) == (None, False)
    assert need["specs"][0]["high"] == 60
    assert need["materials"] == ["316L"]


def test_corrections_merge_and_are_forgotten(client: TestClient, demand: dict[str, Any]) -> None:
    where = f"{DEMANDS}/{demand['id']}"

    def change(body: dict[str, Any], version: int) -> Any:
        return client.patch(where, json=body, headers={"If-Match": f'"{version}"'}).json()

    assert client.patch(where, json={}).status_code == 428
    change({"need": {"quantity": {"value": 30, "unit": "台"}}}, 1)
    merged = change({"need": {"materials": ["铸铁"]}}, 2)
    assert (merged["need"]["quantity"]["value"], merged["need"]["materials"]) == (30, ["铸铁"])
    reworded = change({"description": "要不锈钢的"}, 3)
    assert reworded["need"]["materials"] == ["铸铁"]
    forgotten = change({"need": None, "city": None}, 4)
    assert forgotten["corrections"] == {}
    assert forgotten["need"]["quantity"]["value"] == 20
    assert forgotten["need"]["place"] is None


def test_life(client: TestClient) -> None:
    posted = client.post(DEMANDS, json={**WORDS, "state": "draft"}).json()
    assert posted["actions"] == ["open", "edit", "withdraw"]

    def move(action: str) -> Any:
        return client.post(f"{DEMANDS}/{posted['id']}/{action}")

    assert move("reopen").status_code == 409
    assert [move(action).json()["state"] for action in ("open", "close")] == ["open", "closed"]
    closed = client.get(f"{DEMANDS}/{posted['id']}").json()
    assert closed["closed_at"] is not None
    assert (
        client.patch(f"{DEMANDS}/{posted['id']}", json={"title": "x"}, headers={"If-Match": "*"}).status_code
        == 409
    )
    assert move("reopen").json()["closed_at"] is None


def test_newest_first_page_by_page(client: TestClient) -> None:
    ids = [client.post(DEMANDS, json={"title": f"第{i}条", "state": "draft"}).json()["id"] for i in range(3)]
    first = client.get(DEMANDS, params={"state": "draft", "limit": 2}).json()
    second = client.get(DEMANDS, params={"state": "draft", "limit": 1, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in (*first["items"], *second["items"])] == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"title": " \u200b"}, "title", "required"),
        ({"title": "a\nb"}, "title", "control_character"),
        ({"title": "泵" * 201}, "title", "too_long"),
        ({"title": "泵", "description": "泵" * 20_001}, "description", "too_long"),
        ({"title": "泵", "city": "亚特兰蒂斯"}, "city", "unknown_place"),
        ({"title": "泵", "district": "铁西区"}, "district", "ambiguous_place"),
        ({"title": "泵", "state": "closed"}, "state", "not_an_option"),
        ({"title": "泵", "kind": "pump"}, "kind", "not_an_option"),
        ({"title": "泵", "adcode": "21010６"}, "adcode", "bad_format"),
        ({"title": "泵", "adcode": "990000"}, "adcode", "unknown_division"),
        ({"title": "泵", "need": {"place": {"adcode": "990000"}}}, "need.place.adcode", "unknown_division"),
        ({"title": "泵", "need": {"deadline": "2027-02-30"}}, "need.deadline", "malformed_date"),
        (
            {"title": "泵", "need": {"specs": [{"name": "a", "low": 2, "high": 1}]}},
            "need.specs.0",
            "reversed",
        ),
        ({"title": "泵", "need": {"specs": [{"name": "a"}]}}, "need.specs.0", "no_bound"),
        (
            {"title": "泵", "need": {"quantity": {"value": 0, "unit": "台"}}},
            "need.quantity.value",
            "out_of_range",
        ),
        ({"title": "泵", "need": {"what": [""]}}, "need.what.0", "required"),
    ],
)
def test_wrong_field_is_named(client: TestClient, body: dict[str, Any], field: str, code: str) -> None:
    answer = client.post(DEMANDS, json=body)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
