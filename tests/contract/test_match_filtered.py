"""What a match shows of a firm is what passed the reader's filters, on every backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from matching.encoders import Encoder, load_encoder
from matching.match import match
from matching.need import Need, Place
from matching.ranker import Ranker
from matching.result import MatchOptions, MatchResult
from search.documents import Amount
from search.elastic import Connection, Shape
from search.elastic import open_index as open_elastic
from search.embedded import EmbeddedIndex
from search.index import Filters, Near, SearchIndex
from tests.contract.search_worlds import firm, item
from tests.services.elasticsearch_nodes import own_alias

PUMPS = Need(text="离心泵", what=("离心泵",))
WORLD = (
    firm(
        "both",
        item("离心泵", price=Amount(5_000, "piece"), capacity=Amount(900, "piece/month")),
        item("离心泵配件", price=Amount(200, "piece"), capacity=Amount(30, "piece/month")),
        item("离心泵修理", kind="tech_service", role="service"),
        city="沈阳市",
        lon=123.4,
        lat=41.8,
    ),
    firm(
        "cheap",
        item("离心泵", price=Amount(2_800, "piece")),
        item("闸阀", price=Amount(90, "piece")),
        city="鞍山市",
        lon=123.0,
        lat=41.1,
    ),
    firm("dear", item("离心泵", price=Amount(9_000, "piece")), "闸阀", city="大连市", lon=121.6, lat=38.9),
)

SHENYANG = Near(123.4, 41.8, 300)

Ask = Callable[..., MatchResult]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder("house")


@pytest.fixture(scope="module", params=["embedded", "elasticsearch"])
def ask(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> Iterator[Ask]:
    """Asks for PUMPS in WORLD."""
    index: SearchIndex
    filled = {"embed": encoder.encode_items, "dimensions": encoder.dimensions, "encoder": encoder.name}
    if request.param == "embedded":
        index = EmbeddedIndex(tmp_path_factory.mktemp("index"), **filled)  # type: ignore[arg-type]
    else:
        urls = tuple(request.getfixturevalue("elasticsearch_url").split(","))
        connection, alias = Connection(urls=urls, timeout=60), own_alias("match-filtered")
        index = open_elastic(connection, alias, shape=Shape(refresh="-1"), **filled)  # type: ignore[arg-type]
    index.apply(WORLD)
    index.refresh()
    ranker = Ranker(encoder)

    def asked(filters: Filters, need: Need = PUMPS, **more: Any) -> MatchResult:
        options = MatchOptions(filters=filters, **more)
        return match(need, index=index, encoder=encoder, ranker=ranker, options=options)

    yield asked
    index.close()
    if request.param == "elasticsearch":
        with connection.open() as client:
            client.indices.delete(index=list(client.indices.get(index=f"{alias}-*", features="aliases")))


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (Filters(), {"both": "离心泵", "cheap": "离心泵", "dear": "离心泵"}),
        (Filters(price=Amount(3_000, "piece")), {"both": "离心泵配件", "cheap": "离心泵"}),
        (Filters(capacity=Amount(500, "piece/month")), {"both": "离心泵"}),
        (Filters(kinds=("tech_service",)), {"both": "离心泵修理"}),
        (Filters(price=Amount(100, "piece")), {"cheap": "闸阀"}),
        (Filters(min_price=Amount(5_000, "piece")), {"both": "离心泵", "dear": "离心泵"}),
        (
            Filters(min_price=Amount(100, "piece"), price=Amount(4_000, "piece")),
            {"both": "离心泵配件", "cheap": "离心泵"},
        ),
        (Filters(price=Amount(3_000, "piece"), capacity=Amount(500, "piece/month")), {}),
    ],
)
def test_the_item_shown_passed_the_filters(ask: Ask, filters: Filters, shown: dict[str, str]) -> None:
    matches = ask(filters).matches
    assert {one.supplier.key: one.item.title for one in matches if one.item} == shown
    for one in matches:
        assert one.item
        assert filters.fit(one.item)
        about = {reason.params.get("title") for reason in one.reasons if reason.field.startswith("item")}
        assert about <= {None, one.item.title}


def test_near_a_point_alone_tells_how_far(ask: Ask) -> None:
    """Nobody said where the thing is needed: the distance is from the point that firms were asked for around."""
    found = ask(Filters(near=SHENYANG), sort="distance").matches
    assert [one.supplier.key for one in found] == ["both", "cheap"]
    assert [one.distance_km for one in found] == [0.0, pytest.approx(84.7, abs=2)]
    (said,) = [reason.text for reason in found[1].reasons if reason.type == "place"]
    assert "距所选地点约" in said
    assert {one.distance_km for one in ask(Filters()).matches} == {None}


def test_the_place_where_it_is_needed_goes_before_the_point(ask: Ask) -> None:
    placed = replace(PUMPS, place=Place("210300", "鞍山市", "city"))
    found = ask(Filters(near=SHENYANG), placed, sort="distance").matches
    assert [one.supplier.key for one in found] == ["cheap", "both"]
    assert {reason.text[-3:] for one in found for reason in one.reasons if reason.type == "place"} == {
        " 公里"
    }
