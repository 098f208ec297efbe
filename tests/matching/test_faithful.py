"""The evidence is what the score rests on: without it, on a world indexed for real, scores fall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.faithfulness import CUTS, gaps_closed, measure, shares, supply, without_item, without_specs
from benchmarks.matching import need_of
from matching.encoders import Encoder
from matching.match import match
from matching.need import Need
from matching.ranker import Ranker
from matching.result import MatchOptions
from matching.understand import understand
from search.documents import CapabilityItem, Spec
from search.embedded import EmbeddedIndex
from search.index import SearchIndex
from seed_data.load import DEMANDS, LISTINGS, read_companies, read_lines
from tests.matching.conftest import firm, item

NEEDS = 5


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[SearchIndex]:
    """The demo world's firms by what they state: their listings."""
    offered: dict[str, list[CapabilityItem]] = {}
    for row in read_lines(LISTINGS):
        items = offered.setdefault(row["uscc"], [])
        items.append(
            CapabilityItem(
                f"{row['uscc']}/{len(items)}",
                row["kind"],
                row["role"],
                row["title"],
                row["summary"],
                "listing",
            )
        )
    names = {row["uscc"]: row["name"] for row in read_companies()}
    index = EmbeddedIndex(
        tmp_path_factory.mktemp("demo"),
        embed=encoder.encode_items,
        dimensions=encoder.dimensions,
        encoder="house",
    )
    index.apply([firm(uscc, names[uscc], *items) for uscc, items in offered.items()])
    index.refresh()
    yield index
    index.close()


def test_scores_fall_without_what_the_reasons_cite(demo: SearchIndex, encoder: Encoder) -> None:
    before = dict(demo.versions())
    needs = [need_of(row) for row in read_lines(DEMANDS)[:NEEDS]]
    tried = measure(needs, index=demo, encoder=encoder, ranker=Ranker(encoder), shown=2)
    found = shares(tried)
    assert found["item"]["tried"] >= NEEDS
    assert found["item"]["fell"] >= 0.9, found
    assert found["words"]["fell"] >= 0.8, found
    assert dict(demo.versions()) == before, "the world is as it was"


def test_gaps_are_gone_once_what_they_miss_is_stated(demo: SearchIndex, encoder: Encoder) -> None:
    before = dict(demo.versions())
    text = "采购水泵，304不锈钢，±0.02mm，GB/T 5657，20台，30天内交货"
    need = replace(understand(text), what=("水泵",))
    found = gaps_closed(supply([need], index=demo, encoder=encoder, ranker=Ranker(encoder), shown=3))
    assert {
        "grade_unknown",
        "spec_unknown",
        "standard_unknown",
        "quantity_unknown",
        "lead_time_unknown",
    } <= set(found)
    assert {(told["gone"], told["held"]) for told in found.values()} == {(1.0, 1.0)}, found
    assert dict(demo.versions()) == before, "the world is as it was"


def test_a_spec_that_is_cited_counts(tmp_path: Path, encoder: Encoder) -> None:
    index = EmbeddedIndex(
        tmp_path, embed=encoder.encode_items, dimensions=encoder.dimensions, encoder=encoder.name
    )
    fits = item("直线导轨", source="listing", specs=(Spec("size", 15, 45, "mm"),))
    index.apply(
        [
            firm("maker", "沈阳示例传动有限公司", fits, item("轴承")),
            firm("other", "沈阳示例轴承厂", item("轴承")),
        ]
    )
    index.refresh()
    need = Need(text="直线导轨 25mm", what=("直线导轨",), kind="product", specs=(Spec("size", 25, 25, "mm"),))
    best = match(
        need, index=index, encoder=encoder, ranker=Ranker(encoder), options=MatchOptions(limit=1)
    ).matches[0]
    assert "spec" in {reason.type for reason in best.reasons}
    changed = without_specs(best)
    assert changed
    assert all(not one.specs for one in changed.items)
    gone = without_item(best)
    assert gone
    assert [one.title for one in gone.items] == ["轴承"]
    tried = measure([need], index=index, encoder=encoder, ranker=Ranker(encoder), shown=1)
    assert {name for name, _, _ in tried} == set(CUTS)
    assert shares(tried)["specs"] == {"tried": 1, "fell": 1.0}
    index.close()
