"""What a match shows of a firm is what passed the reader's filters, on every backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from matching.encoders import Encoder, load_encoder
from matching.match import match
from matching.need import Need
from matching.ranker import Ranker
from matching.result import MatchOptions, MatchResult
from search.documents import Amount
from search.elastic import Connection, Shape
from search.elastic import open_index as open_elastic
from search.embedded import EmbeddedIndex
from search.index import Filters, SearchIndex
from tests.contract.search_worlds import firm, item
from tests.services.elasticsearch_nodes import own_alias

PUMPS = Need(text="离心泵", what=("离心泵",))
WORLD = (
    firm(
        "both",
        item("离心泵", price=Amount(5_000, "piece"), capacity=Amount(900, "piece/month")),
        item("离心泵配件", price=Amount(200, "piece"), capacity=Amount(30, "piece/month")),
        item("离心泵修理", kind="tech_service", role="service"),
    ),
    firm("cheap", item("离心泵", price=Amount(2_800, "piece")), item("闸阀", price=Amount(90, "piece"))),
    firm("dear", item("离心泵", price=Amount(9_000, "piece")), "闸阀"),
)

Ask = Callable[[Filters], MatchResult]


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

    def asked(filters: Filters) -> MatchResult:
        options = MatchOptions(filters=filters)
        return match(PUMPS, index=index, encoder=encoder, ranker=ranker, options=options)

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
