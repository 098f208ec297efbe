"""Matching and search over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.catalogue.declarations import load_kinds

FIRMS = {
    "沈阳水刀泵业有限公司": ("沈阳市铁西区北二路1号", "离心泵、真空泵制造。"),
    "大连海浪泵业有限公司": ("大连市甘井子区泉水1号", "离心泵制造。"),
    "鞍山通达商贸有限公司": ("鞍山市铁东区胜利路1号", "离心泵销售。"),
}


@pytest.fixture(scope="module", autouse=True)
def firms(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> dict[str, str]:
    """Three firms in the index; id by name."""
    ids = {}
    for name, (address, scope) in FIRMS.items():
        said = {
            "uscc": new_uscc(),
            "name": name,
            "address": address,
            "business_scope": scope,
            "tags": ["泵组"],
        }
        ids[name] = client.post("/api/v1/companies", json=said).json()["id"]
    api.state.runtime.index_pending()
    return ids


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["company"]["name"] for item in answer.json()["items"]]


def preview(client: TestClient, **said: Any) -> Any:
    return client.post("/api/v1/match", json={"filters": {"tags": ["泵组"]}, **said})


def test_match_has_the_documented_shape(client: TestClient) -> None:
    body = preview(client, title="离心泵20台", city="沈阳").json()
    assert set(body) == {"need", "within", "items", "model", "candidates", "took_ms"}
    first = body["items"][0]
    assert set(first) == {"rank", "score", "company", "item", "distance_km", "reasons", "gaps"}
    assert {"id", "uscc", "name", "city", "district"} <= set(first["company"])
    assert {"kind", "title", "source"} <= set(first["item"])
    assert first["reasons"]
    assert all(set(reason) == {"type", "text", "field", "source"} for reason in first["reasons"])
    assert all(set(gap) == {"type", "text", "asked", "words", "field", "source"} for gap in first["gaps"])


def test_nothing_is_stored(client: TestClient) -> None:
    before = client.get("/api/v1/demands", params={"limit": 100}).json()
    preview(client, text="离心泵")
    assert client.get("/api/v1/demands", params={"limit": 100}).json() == before


def test_dial_of_place_filters(client: TestClient) -> None:
    near = names(preview(client, title="离心泵", city="沈阳", within="city"))
    assert near == ["沈阳水刀泵业有限公司"]
    assert set(names(preview(client, title="离心泵", within="province"))) == set(FIRMS)
    refused = preview(client, title="离心泵", within="city")
    assert refused.json()["errors"][0]["code"] == "place_needed"


def test_filters_and_corrections(client: TestClient) -> None:
    assert "鞍山通达商贸有限公司" not in names(preview(client, title="离心泵", need={"makers_only": True}))
    only = preview(client, need={"what": ["离心泵"]}, filters={"divisions": ["210200"], "tags": ["泵组"]})
    assert names(only) == ["大连海浪泵业有限公司"]
    assert names(preview(client, title="离心泵", filters={"verified_only": True, "tags": ["泵组"]})) == []


def test_nearest_first(client: TestClient) -> None:
    items = preview(client, title="离心泵", city="大连", sort="distance").json()["items"]
    distances = [item["distance_km"] for item in items]
    assert distances == sorted(distances)
    assert items[0]["company"]["city"] == "大连市"


def test_something_has_to_be_asked(client: TestClient) -> None:
    for said in ({}, {"text": " ", "title": ""}, {"need": {"what": []}}):
        answer = preview(client, **said)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "nothing_asked")


def test_matches_of_a_stored_demand(client: TestClient, demand: dict[str, Any]) -> None:
    where = f"/api/v1/demands/{demand['id']}/matches"
    found = client.get(where, params={"tag": "泵组", "within": "city"})
    assert names(found) == ["沈阳水刀泵业有限公司"]
    assert found.json()["need"] == demand["need"]
    english = client.get(where, params={"tag": "泵组"}, headers={"Accept-Language": "en"}).json()
    assert (
        english["items"][0]["reasons"][0]["text"].isascii()
        or "meaning" in english["items"][0]["reasons"][0]["text"]
    )
    assert client.get("/api/v1/demands/00000000-0000-0000-0000-000000000000/matches").status_code == 404


def test_confirmed_listing_is_found_after_indexing(
    client: TestClient, company: dict[str, Any], index_now: Callable[[], int]
) -> None:
    listing = {"company_id": company["id"], "kind": "tech_service", "title": "激光熔覆再制造"}
    assert client.post("/api/v1/listings", json=listing).status_code in (201, 422)
    index_now()
    assert company["name"] in names(client.get("/api/v1/search", params={"q": company["name"]}))


def test_search_pages_facets_and_filters(client: TestClient) -> None:
    asked = {"q": "离心泵", "tag": "泵组", "limit": 2, "facets": True}
    first = client.get("/api/v1/search", params=asked).json()
    second = client.get("/api/v1/search", params={**asked, "cursor": first["next_cursor"]}).json()
    found = [item["company"]["name"] for item in (*first["items"], *second["items"])]
    assert sorted(found) == sorted(FIRMS)
    assert [item["rank"] for item in second["items"]] == [3]
    assert second["next_cursor"] is None
    assert first["facets"]["cities"] == {"沈阳市": 1, "大连市": 1, "鞍山市": 1}
    near = client.get("/api/v1/search", params={"q": "离心泵", "tag": "泵组", "near": "121.6,38.95,60"})
    assert names(near) == ["大连海浪泵业有限公司"]
    resold = client.get("/api/v1/search", params={"q": "离心泵", "tag": "泵组", "role": "resell"})
    assert names(resold) == ["鞍山通达商贸有限公司"]
    assert names(client.get("/api/v1/search", params={"q": "离心泵", "tag": "泵组", "industry": "A"})) == []


@pytest.mark.parametrize("near", ["1,2", "200,1,5", "1,95,5", "1,1,0", "1,1,6000", "a,b,c", "1,1,1e9"])
def test_malformed_point_is_refused(client: TestClient, near: str) -> None:
    answer = client.get("/api/v1/search", params={"q": "泵", "near": near})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "near")


@pytest.fixture(scope="module")
def priced(client: TestClient, api: FastAPI, firms: dict[str, str]) -> str:
    """The firm that sells centrifugal pumps at 2,860 CNY for one, 400 in a month."""
    name = next(iter(firms))
    fields = load_kinds()["product"].example
    listing = {"company_id": firms[name], "kind": "product", "title": "不锈钢离心泵", "fields": fields}
    assert client.post("/api/v1/listings", json=listing).status_code == 201
    api.state.runtime.index_pending()
    return name


@pytest.mark.parametrize(
    ("limits", "met"),
    [
        ({"max_price": 2860, "price_unit": "台"}, True),
        ({"max_price": 2859.99, "price_unit": "件"}, False),
        ({"max_price": 3000, "price_unit": "吨"}, False),
        ({"min_price": 2860, "price_unit": "台"}, True),
        ({"min_price": 2860.01, "price_unit": "件"}, False),
        ({"min_price": 2000, "max_price": 3000, "price_unit": "台"}, True),
        ({"min_price": 2000, "max_price": 2500, "price_unit": "台"}, False),
        ({"min_capacity": 400, "capacity_unit": "台/月"}, True),
        ({"min_capacity": 4801, "capacity_unit": "件/年"}, False),
        ({"min_capacity": 13, "capacity_unit": "pieces/day"}, True),
        ({"max_price": 3000, "price_unit": "set", "min_capacity": 1, "capacity_unit": "t/month"}, False),
    ],
)
def test_price_and_capacity_filter(
    client: TestClient, priced: str, demand: dict[str, Any], limits: dict[str, Any], met: bool
) -> None:
    expected = [priced] if met else []
    asked = {"q": "离心泵", "tag": "泵组", **limits}
    assert names(preview(client, title="离心泵", filters={"tags": ["泵组"], **limits})) == expected
    assert names(client.get("/api/v1/search", params=asked)) == expected
    assert names(client.get("/api/v1/search/firms", params=asked)) == expected
    matches = client.get(f"/api/v1/demands/{demand['id']}/matches", params={"tag": "泵组", **limits})
    assert names(matches) == expected


def test_kinds_are_counted_over_items_that_pass(client: TestClient, priced: str) -> None:
    asked = {"q": "离心泵", "tag": "泵组", "facets": True, "max_price": 3000, "price_unit": "台"}
    answer = client.get("/api/v1/search", params=asked).json()
    assert answer["facets"]["kinds"] == {"product": 1}
    assert [one["company"]["name"] for one in answer["items"]] == [priced]


@pytest.mark.parametrize(
    ("limits", "field", "code"),
    [
        ({"max_price": 100}, "price_unit", "number_and_unit"),
        ({"min_price": 100}, "price_unit", "number_and_unit"),
        ({"min_price": 200, "max_price": 100, "price_unit": "台"}, "max_price", "range_reversed"),
        ({"capacity_unit": "吨/月"}, "capacity_unit", "number_and_unit"),
        ({"max_price": 0, "price_unit": "台"}, "max_price", "out_of_range"),
        ({"max_price": "1e400", "price_unit": "台"}, "max_price", "out_of_range"),
        ({"max_price": 100, "price_unit": "吨/月"}, "price_unit", "unknown_unit"),
        ({"max_price": 100, "price_unit": "万元"}, "price_unit", "unknown_unit"),
        ({"max_price": 100, "price_unit": "天知道"}, "price_unit", "unknown_unit"),
        ({"max_price": 100, "price_unit": "台" * 21}, "price_unit", "too_long"),
        ({"min_capacity": 100, "capacity_unit": "吨"}, "capacity_unit", "unknown_unit"),
        ({"min_capacity": 100, "capacity_unit": "m3/h"}, "capacity_unit", "unknown_unit"),
    ],
)
def test_a_limit_without_its_unit_is_refused(
    client: TestClient, limits: dict[str, Any], field: str, code: str
) -> None:
    answers = [
        (client.get("/api/v1/search", params={"q": "泵", **limits}), field),
        (client.get("/api/v1/search/firms", params={"q": "泵", **limits}), field),
    ]
    if not isinstance(limits.get("max_price"), str):
        answers.append((preview(client, title="泵", filters=limits), f"filters.{field}"))
    for answer, named in answers:
        (problem,) = answer.json()["errors"]
        assert (answer.status_code, problem["field"], problem["code"]) == (422, named, code)
    english = client.get("/api/v1/search", params={"q": "泵", **limits}, headers={"Accept-Language": "en"})
    assert english.json()["errors"][0]["message"].isascii()


def test_index_down_is_said_for_search_only(
    client: TestClient, api: FastAPI, company: dict[str, Any]
) -> None:
    index = api.state.runtime.index
    index.stale = True
    try:
        answer = client.get("/api/v1/search", params={"q": "泵"})
        assert (answer.status_code, answer.json()["code"]) == (503, "search_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        assert client.get(f"/api/v1/companies/{company['id']}").status_code == 200
        assert client.post("/api/v1/demands", json={"title": "泵"}).status_code == 201
    finally:
        index.stale = False
    assert client.get("/readyz").json()["status"] == "ready"


def test_stating_what_a_gap_misses_closes_it(
    client: TestClient, api: FastAPI, new_uscc: Callable[[], str]
) -> None:
    said = {
        "uscc": new_uscc(),
        "name": "沈阳齿痕加工有限公司",
        "address": "沈阳市铁西区北二路2号",
        "tags": ["齿组"],
    }
    firm = client.post("/api/v1/companies", json=said).json()["id"]
    fields = {
        "process": ["gear_cutting"],
        "material": ["alloy_steel"],
        "minimum_batch": {"value": 1, "unit": "piece"},
        "monthly_capacity": {"value": 100, "unit": "piece/month"},
    }
    listing = {"company_id": firm, "kind": "processing", "title": "齿轮加工", "fields": fields}
    created = client.post("/api/v1/listings", json=listing)
    assert created.status_code == 201, created.text

    def asked() -> tuple[float, dict[str, Any]]:
        api.state.runtime.index_pending()
        text = "齿轮加工，20CrMnTi，公差±0.02mm，每月500件，ISO 9001，30天内交货"
        body = {"text": text, "filters": {"tags": ["齿组"]}}
        (item,) = client.post("/api/v1/match", json=body).json()["items"]
        return item["score"], {gap["type"]: gap for gap in item["gaps"]}

    score, gaps = asked()
    assert {
        "grade_unknown",
        "spec_unknown",
        "capacity_missed",
        "standard_unknown",
        "lead_time_unknown",
    } <= set(gaps)
    assert gaps["grade_unknown"]["words"] == "20CrMnTi"
    assert gaps["grade_unknown"]["source"] == "listing"
    assert "100件/月" in gaps["capacity_missed"]["text"]
    fields |= {
        "grade": ["20CrMnTi"],
        "tolerance": {"value": 0.01, "unit": "mm"},
        "monthly_capacity": {"value": 800, "unit": "piece/month"},
        "quality_system": ["ISO 9001"],
        "lead_time_days": 20,
    }
    where = f"/api/v1/listings/{created.json()['id']}"
    etag = {"If-Match": client.get(where).headers["ETag"]}
    assert client.patch(where, json={"fields": fields}, headers=etag).status_code == 200
    better, left = asked()
    assert not set(left) & set(gaps)
    assert better > score
