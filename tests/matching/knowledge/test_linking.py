"""Linking descriptions to things, and the industry of a need."""

from __future__ import annotations

import pytest

from matching.knowledge import Expander, Relation, shipped
from matching.knowledge.linking import ALIKE, LINKS, NEAR, Linker, MeaningLinker
from matching.knowledge.relations import assemble

PHRASES = [
    ("把粉料往高处送的机器", "提升机"),
    ("斗式提升机", "提升机"),
    ("灌瓶子的机器", "灌装机"),
    ("水泵", "水泵"),
]


def test_a_description_finds_its_thing_by_the_telling_words() -> None:
    found = Linker(PHRASES).link("把水泥粉往高处送")
    assert found[0][0] == "提升机"
    assert NEAR <= found[0][1] <= 1


def test_a_thing_is_named_once_with_its_nearest_phrase() -> None:
    found = dict(Linker(PHRASES).link("斗式提升机"))
    assert found["提升机"] == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["", "的", "!?", "完全无关的话"])
def test_nothing_near_is_no_link(text: str) -> None:
    assert Linker(PHRASES).link(text) == ()


def test_no_phrases_link_nothing() -> None:
    assert Linker([]).link("水泵") == ()


def test_at_most_so_many_links() -> None:
    assert len(Linker([(f"水泵{i}号", f"泵{i}") for i in range(9)]).link("水泵")) <= LINKS


def test_a_described_thing_is_searched_for_by_its_name() -> None:
    described = ["不用轴的叶片把湿泥斜着送上去的东西"]
    terms = shipped().expand(described, shipped().mentioned(described))
    assert "输送机" in {term.text for term in terms}


@pytest.mark.parametrize(
    ("need", "code"),
    [
        ("闸阀", "3443"),
        ("瓦楞纸箱", "2231"),
        ("配电变压器", "3821"),
        ("冻虾仁", "13"),
        ("国际货运代理", "5821"),
    ],
)
def test_the_industry_of_a_need(need: str, code: str) -> None:
    industries = shipped().industries(shipped().mentioned([need]))
    assert industries[0][0].startswith(code)
    assert sum(share for _, share in industries) == pytest.approx(1.0, abs=0.2)


def test_what_nobody_knows_has_no_industry() -> None:
    assert shipped().industries(shipped().mentioned(["qqq"])) == ()


def test_meaning_finds_a_thing_that_shares_no_word_with_what_is_said() -> None:
    meant = MeaningLinker(PHRASES)
    assert meant.link(["water pump"])[0][0] == "水泵"
    assert all(ALIKE <= near <= 1.001 for _, near in meant.link(["water pump", "抽水的机器"]))


@pytest.mark.parametrize("texts", [[], [""], ["会计代理记账报税"]])
def test_what_means_nothing_known_is_not_linked_by_meaning(texts: list[str]) -> None:
    assert MeaningLinker(PHRASES).link(texts) == ()
    assert MeaningLinker([]).link(texts) == ()


def test_at_most_a_few_things_are_linked_by_meaning() -> None:
    assert len(MeaningLinker([(f"水泵{i}", f"泵{i}") for i in range(9)]).link(["水泵"])) == LINKS


def test_meaning_is_asked_where_no_head_is_known_and_of_english() -> None:
    expander = Expander(assemble([Relation("阀门", "same", "阀")], {}, [("抽水的泵", "水泵")]))
    assert "水泵" not in {mention.text for mention in expander.mentioned(["阀门"], around=["抽水的泵用阀门"])}
    assert "水泵" in {mention.text for mention in expander.mentioned(["阀门"], around=["water pump"])}
    unknown = {mention.text: mention.weight for mention in expander.mentioned(["water pump"])}
    assert 0 < unknown["水泵"] < 1
