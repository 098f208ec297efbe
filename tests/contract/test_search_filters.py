"""What every SearchIndex makes of filters, one by one and together."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from search.documents import KINDS, ROLES, Amount
from search.index import Filters, Near, SearchIndex
from tests.contract.search_worlds import ALL, count_kinds, firm, fits, item, keys, meaning, passes, put, words

PRICES = (None, Amount(3.98, "kg"), Amount(2860.0, "piece"), Amount(0.1, "piece"), Amount(3.99, "kg"))
CAPACITIES = (
    Amount(500.0, "piece/month"),
    None,
    Amount(300.0, "t/month"),
    None,
    Amount(299.999999, "t/month"),
)
WORLD = [
    firm(
        f"{n:03d}",
        item("水泵", kind=KINDS[n % 3], role=ROLES[n % 4], price=PRICES[n % 5], capacity=CAPACITIES[n % 5]),
        item(
            "水泵维修",
            kind=KINDS[n // 3 % 3],
            role=ROLES[n // 4 % 4],
            price=PRICES[n // 2 % 5],
            capacity=CAPACITIES[n // 5 % 5],
        ),
        item("货物运输"),
        adcode=["210102", "210103", "210202", "211402", "220102", ""][n % 6],
        industry=["3441", "3442", "34", "C3441", "5430", ""][n // 2 % 6],
        status=["active", "revoked", "in liquidation"][n % 3 if n % 5 == 0 else 0],
        tags=[(), ("专精特新",), ("专精 特新", "a_b"), ("a b",), ("a\tb", "")][n % 5],
        verified=n % 4 == 0,
        lon=[123.4, 121.6, None, math.nan, -56.6][n // 5 % 5],
        lat=[41.8, 38.9, None, 41.8, -41.8][n // 5 % 5],
    )
    for n in range(240)
]

FILTERS = [
    Filters(),
    ALL,
    Filters(divisions=("210000",)),
    Filters(divisions=("210100",)),
    Filters(divisions=("210102",)),
    Filters(divisions=("210102", "220000")),
    Filters(divisions=("650000",)),
    Filters(industries=("34",)),
    Filters(industries=("344",)),
    Filters(industries=("3441", "54")),
    Filters(industries=("C",)),
    Filters(kinds=("product",)),
    Filters(kinds=("technology", "capacity")),
    Filters(kinds=("labour",)),
    Filters(roles=("make", "process", "service")),
    Filters(roles=("resell",)),
    Filters(kinds=("technology",), roles=("process",)),
    Filters(tags=("专精特新",)),
    Filters(tags=("专精 特新", "a b")),
    Filters(tags=("a b",)),
    Filters(tags=("a_b",)),
    Filters(tags=("a\tb",)),
    Filters(tags=("",)),
    Filters(tags=("专精",)),
    Filters(statuses=("revoked", "in liquidation")),
    Filters(statuses=("unknown",)),
    Filters(verified_only=True),
    Filters(near=Near(123.4, 41.8, 5)),
    Filters(near=Near(123.0, 41.0, 200)),
    Filters(near=Near(123.0, 41.0, 400)),
    Filters(near=Near(123.4, 41.8, 0)),
    Filters(near=Near(123.4, 41.8, 21_000)),
    Filters(near=Near(0, 0, 10)),
    Filters(near=Near(math.nan, 41.8, 100)),
    Filters(keys=("000", "001", "017", "absent")),
    Filters(keys=("absent",)),
    Filters(price=Amount(3.98, "kg")),
    Filters(price=Amount(3.985, "kg")),
    Filters(price=Amount(1e9, "kg")),
    Filters(price=Amount(1e9, "piece")),
    Filters(price=Amount(1.0, "piece")),
    Filters(price=Amount(1e9, "m2")),
    Filters(price=Amount(1e9, "t/month")),
    Filters(min_price=Amount(3.98, "kg")),
    Filters(min_price=Amount(3.99, "kg")),
    Filters(min_price=Amount(0.1, "m2")),
    Filters(min_price=Amount(1.0, "piece"), price=Amount(3_000.0, "piece"), kinds=("product",)),
    Filters(min_price=Amount(2_000.0, "piece"), price=Amount(1_000.0, "piece")),
    Filters(min_price=Amount(3.0, "kg"), price=Amount(1e9, "piece")),
    Filters(capacity=Amount(300.0, "t/month")),
    Filters(capacity=Amount(1.0, "t/month")),
    Filters(capacity=Amount(501.0, "piece/month")),
    Filters(capacity=Amount(0.001, "kg")),
    Filters(price=Amount(5.0, "kg"), capacity=Amount(1.0, "t/month"), kinds=("product",), roles=("make",)),
    Filters(price=Amount(3_000.0, "piece"), divisions=("210100",), near=Near(123.0, 41.0, 400)),
    Filters(
        divisions=("210000",),
        industries=("34",),
        roles=("make", "process"),
        tags=("专精特新", "a b"),
        near=Near(123.4, 41.8, 500),
    ),
    Filters(divisions=("210100",), kinds=("product",), verified_only=True, statuses=()),
    Filters(keys=tuple(f"{n:03d}" for n in range(60)), near=Near(121.6, 38.9, 50), tags=("a b",)),
]


@pytest.fixture(scope="module")
def world(new_index: Callable[[], Callable[[], SearchIndex]]) -> SearchIndex:
    """WORLD, indexed; the tests only read it."""
    index = new_index()()
    put(index, *WORLD)
    return index


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_a_filter_lets_through_what_passes_and_nothing_else(world: SearchIndex, filters: Filters) -> None:
    ought = {document.key for document in WORLD if passes(document, filters)}
    making = {
        document.key
        for document in WORLD
        if document.key in ought and any("泵" in i.title and fits(i, filters) for i in document.items)
    }
    by_item = words(world, "水泵", filters, limit=300)
    assert set(keys(by_item)) == making
    assert set(keys(words(world, "水泵", filters, over="firm", limit=300))) == ought
    by_meaning = meaning(world, "水泵", filters, limit=300)
    assert set(keys(by_meaning)) == {
        document.key
        for document in WORLD
        if document.key in ought and any(fits(i, filters) for i in document.items)
    }
    cities = {document.key for document in WORLD if document.key in ought and document.industry}
    facets = world.facets(filters)
    assert sum(facets.industries.values()) == len(cities)
    assert facets.kinds == count_kinds(WORLD, filters)


def test_a_narrow_filter_still_fills_the_limit(index: SearchIndex) -> None:
    """Firms outside the circle rank higher and are many; those inside come after them all."""
    near = [firm(f"near{n:02d}", "大型工业用水泵配件批发", lon=123.4, lat=41.8) for n in range(12)]
    put(index, *near, *(firm(f"far{n}", "水泵", lon=121.6, lat=38.9) for n in range(2_500)))
    for filters in (Filters(near=Near(123.4, 41.8, 10)), Filters(keys=tuple(f.key for f in near))):
        for find in (words, meaning):
            assert sorted(keys(find(index, "水泵", filters, limit=12))) == [f.key for f in near]


def test_a_wide_circle_is_filled_too(index: SearchIndex) -> None:
    """More firms pass than can be named one by one."""
    near = [firm(f"near{n}", "大型工业用水泵配件批发", lon=123.4, lat=41.8) for n in range(2_100)]
    put(index, *near, *(firm(f"far{n}", "水泵", lon=121.6, lat=38.9) for n in range(2_500)))
    hits = words(index, "水泵", Filters(near=Near(123.4, 41.8, 10)), limit=100)
    assert len(hits) == 100
    assert all(hit.key.startswith("near") for hit in hits)


def test_one_item_has_to_meet_all_that_is_asked_of_items(index: SearchIndex) -> None:
    """A cheap pump and another in quantity are no cheap pump in quantity."""
    cheap, many = Amount(900.0, "piece"), Amount(500.0, "piece/month")
    put(
        index,
        firm("apart", item("水泵", price=cheap), item("离心泵", capacity=many)),
        firm("one", item("水泵", price=cheap, capacity=many)),
        firm("said by none", "水泵"),
    )
    both = Filters(price=Amount(1_000.0, "piece"), capacity=Amount(100.0, "piece/month"))
    for find in (words, meaning):
        assert keys(find(index, "水泵", both)) == ["one"]
        assert sorted(keys(find(index, "水泵", Filters(price=both.price)))) == ["apart", "one"]
    assert keys(index.page(["水泵"], both, limit=5).hits) == ["one"]
    put(index, firm("one", item("水泵", price=Amount(1_100.0, "piece"), capacity=many), version=2))
    assert keys(words(index, "水泵", both)) == []


def test_what_few_state_is_found_behind_many_that_do_not(index: SearchIndex) -> None:
    """Those that state a price rank last by words, and their nearest items are not the ones with the price."""
    stating = [
        firm(f"p{n}", item("水泵"), item("大型工业用水泵配件批发", price=Amount(10.0, "piece")))
        for n in range(5)
    ]
    put(index, *stating, *(firm(f"far{n}", "水泵") for n in range(2_500)))
    for find in (words, meaning):
        hits = find(index, "水泵", Filters(price=Amount(10.0, "piece")), limit=5)
        assert sorted(keys(hits)) == [f"p{n}" for n in range(5)]
