"""Standing demands near a firm: by the words it uses, by meaning, and by what an installation's buyers call it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from matching.encoders import Encoder
from matching.knowledge import AskedAs, OwnRelation, Relation, overlay, shipped
from matching.need import Need
from matching.reverse import demand_document, demands_near
from search.embedded import EmbeddedIndex
from search.index import SearchIndex
from seed_data.load import LISTINGS, read_lines
from tests.matching.conftest import firm, item

SLANG = "呼噜噜"
FILLERS = 200


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[SearchIndex]:
    """Demands for things of the demo world, and one in slang."""
    titles = sorted({row["title"] for row in read_lines(LISTINGS)})[:FILLERS]
    needs = {title: Need(text=title, what=(title,)) for title in titles}
    needs["slang"] = Need(text=f"采购{SLANG}", title=f"采购{SLANG}", what=(SLANG,))
    needs["plain"] = Need(text="采购罗茨鼓风机", title="采购罗茨鼓风机", what=("罗茨鼓风机",))
    index = EmbeddedIndex(
        tmp_path_factory.mktemp("standing"),
        embed=encoder.encode_items,
        dimensions=encoder.dimensions,
        encoder=encoder.name,
    )
    index.apply([demand_document(key, 1, need) for key, need in needs.items()])
    index.refresh()
    yield index
    index.close()


MAKER = firm("maker", "沈阳示例风机厂", item("罗茨鼓风机"), item("包装纸盒"))


def near(
    standing: SearchIndex, encoder: Encoder, asked_as: AskedAs | None = None, most: int = 20
) -> list[str]:
    found = demands_near(MAKER, demands=standing, encoder=encoder, asked_as=asked_as, most=most)
    return [one.key for one in found]


def test_demands_of_the_same_words_come_first(standing: SearchIndex, encoder: Encoder) -> None:
    assert near(standing, encoder)[0] == "plain"
    nothing = firm("empty", "沈阳空白有限公司")
    assert demands_near(nothing, demands=standing, encoder=encoder) == ()


def test_own_words_reach_demands_indexed_without_them(standing: SearchIndex, encoder: Encoder) -> None:
    assert "slang" not in near(standing, encoder, most=3)
    own = [OwnRelation(Relation("罗茨鼓风机", "same", SLANG), 0.8)]
    learnt = AskedAs(overlay(shipped().knowledge, own))
    found = near(standing, encoder, learnt)
    assert found[0] == "plain"
    assert "slang" in found[:3]
    refused = AskedAs(overlay(shipped().knowledge, [OwnRelation(own[0].relation, 0.8, refused=True)]))
    assert "slang" not in near(standing, encoder, refused, most=3)
