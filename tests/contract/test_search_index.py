"""What every SearchIndex keeps to, whatever lies behind it: finding by words and by meaning, counting."""

from __future__ import annotations

import numpy as np
import pytest

from search.analysis import tokens
from search.highlight import highlight
from search.index import Filters, SearchIndex, TextLeg, VectorLeg
from search.suggest import suggest
from tests.contract.search_worlds import ALL, DIMENSIONS, embed, firm, item, keys, meaning, put, words


def test_an_empty_index_answers_nothing(index: SearchIndex) -> None:
    index.refresh()
    assert index.apply([]) == ()
    assert index.count() == index.item_count() == 0
    assert words(index, "水泵") == words(index, "水泵", over="firm") == meaning(index, "水泵") == []
    assert index.search([], ALL) == []
    assert list(index.versions()) == []
    assert index.documents(["a"]) == {}
    assert index.facets(ALL).cities == {}
    assert index.document_frequencies(["水泵"]) == {"水泵": 0}


def test_hits_name_each_firm_once_at_the_score_of_its_best_item(index: SearchIndex) -> None:
    put(index, firm("a", "阀门", "离心水泵", "水泵"), firm("b", "水泵", "水泵", "水泵配件"), firm("c"))
    for find in (words, meaning):
        hits = find(index, "水泵")
        assert sorted(keys(hits)) == ["a", "b"]
        assert hits[0].score == pytest.approx(hits[1].score, rel=1e-3)


def test_legs_over_items_firms_and_names(index: SearchIndex) -> None:
    put(
        index,
        firm("scope", "水泵", "阀门"),
        firm("name", "货物运输", name="沈阳水泵厂"),
        firm("alias", "货物运输", aliases=("水泵之家",)),
        firm("text", item("设备", text="水泵")),
    )
    assert set(keys(words(index, "水泵"))) == {"scope", "text"}
    assert set(keys(words(index, "水泵", over="name"))) == {"name", "alias"}
    assert set(keys(words(index, "水泵", over="firm"))) == {"scope", "name", "alias", "text"}
    assert keys(words(index, "水泵 阀门", over="item"))[0] in ("scope", "text")
    # No item speaks of both; the firm does.
    assert keys(words(index, "水泵 阀门", over="firm"))[0] == "scope"


def test_several_legs_are_answered_in_their_order(index: SearchIndex) -> None:
    put(index, firm("pump", "水泵"), firm("valve", "阀门"))
    pump, valve = embed(["水泵", "阀门"])
    legs = [
        VectorLeg(pump, 1),
        TextLeg(tokens("阀门")),
        VectorLeg(valve, 1),
        TextLeg(tokens("水泵")),
        TextLeg(()),
    ]
    answers = index.search(legs, ALL)
    assert [keys(hits) for hits in answers] == [["pump"], ["valve"], ["valve"], ["pump"], []]


@pytest.mark.parametrize("limit", [0, 1, 7, 30, 500])
def test_limits(index: SearchIndex, limit: int) -> None:
    put(index, *(firm(f"{n:02d}", "水泵", f"水泵{n}") for n in range(30)))
    for hits in (
        words(index, "水泵", limit=limit),
        words(index, "水泵", over="firm", limit=limit),
        meaning(index, "水泵", limit=limit),
    ):
        assert len(set(keys(hits))) == len(hits) == min(limit, 30)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_one_huge_firm_does_not_hide_the_others(index: SearchIndex) -> None:
    huge = firm("huge", *(f"水泵{n}" for n in range(10_000)))
    put(index, huge, *(firm(f"small{n}", "大型工业用水泵配件") for n in range(5)))
    assert index.item_count() == 10_005
    for over in ("item", "firm"):
        assert len(words(index, "水泵", over=over, limit=6)) == 6
    assert len(meaning(index, "水泵", limit=6)) == 6
    put(index, firm("huge", "阀门", version=2))
    assert index.item_count() == 6
    assert len(words(index, "水泵")) == 5


def test_a_title_shared_by_thousands(index: SearchIndex) -> None:
    put(index, *(firm(f"{n}", "货物进出口", f"水泵{n % 7}", city=f"城{n % 3}") for n in range(4_000)))
    for find in (words, meaning):
        assert len(set(keys(find(index, "货物进出口", limit=300)))) == 300
        assert keys(find(index, "货物进出口", Filters(keys=("3999",)))) == ["3999"]
    assert index.document_frequencies(["货物"])["货物"] == 4_000
    assert sum(index.facets(ALL).cities.values()) == 4_000


@pytest.mark.parametrize("text", ["", " ", "\x00", "🙂", "的", "！？"])
def test_a_query_without_words_finds_nothing_by_words(index: SearchIndex, text: str) -> None:
    put(index, firm("a", "水泵"))
    assert words(index, text) == words(index, text, over="firm") == []
    assert keys(meaning(index, text)) == ["a"]


@pytest.mark.parametrize(
    "title", ["", "的", "🙂", "e\u0301\u200b", "𬬻加工", "水\x00泵", "ＤＮ５０", "'; --", "\ufffd"]
)
def test_any_title_is_kept_and_found_by_itself(index: SearchIndex, title: str) -> None:
    put(index, firm("a", title), firm("b", "轴承"))
    assert index.documents(["a"])["a"].items[0].title == title
    assert keys(meaning(index, title))[0] == "a"
    if tokens(title):
        assert keys(words(index, title)) == ["a"]


def test_facets_count_firms_that_pass(index: SearchIndex) -> None:
    put(
        index,
        firm("a", "水泵", city="沈阳市", industry="3441", tags=("专精特新", "老字号")),
        firm(
            "b",
            item("运输", kind="logistics", role="service"),
            city="沈阳市",
            industry="5430",
            tags=("老字号",),
        ),
        firm("c", "水泵", city="大连市", industry="3441"),
        firm("d", "水泵", status="revoked", city="大连市"),
        firm("e", "水泵"),
    )
    every = index.facets(Filters())
    assert every.cities == {"沈阳市": 2, "大连市": 1}
    assert list(every.industries.items()) == [("3441", 2), ("5430", 1)]
    assert list(every.tags.items()) == [("老字号", 2), ("专精特新", 1)]
    assert index.facets(Filters(kinds=("logistics",))).cities == {"沈阳市": 1}
    assert list(every.kinds.items()) == [("product", 3), ("logistics", 1)]
    assert index.facets(ALL).cities == {"大连市": 2, "沈阳市": 2}
    assert index.facets(Filters(keys=("none",))).tags == {}


def test_scores_of_meaning_are_cosines_and_none_nearer_is_missed(index: SearchIndex) -> None:
    random = np.random.default_rng(1)
    syllables = "水泵阀门轴承齿轮钢管铸件电机油缸"
    titles = {
        f"{n}": ["".join(random.choice(list(syllables), 4)) for _ in range(random.integers(1, 6))]
        for n in range(300)
    }
    put(index, *(firm(key, *said) for key, said in titles.items()))
    query = embed(["水泵阀门"])[0]
    exact = {key: embed(said) @ query for key, said in titles.items()}
    hits = meaning(index, "水泵阀门", limit=50)
    for hit in hits:
        assert hit.score == pytest.approx(exact[hit.key].max(), abs=0.03)
    last = sorted((cosines.max() for cosines in exact.values()), reverse=True)[49]
    assert min(exact[hit.key].max() for hit in hits) >= last - 0.03
    assert embed(["水泵"]).shape == (1, DIMENSIONS)


def test_weights_multiply_what_a_token_scores(index: SearchIndex) -> None:
    put(index, firm("a", "水泵"), firm("b", "阀门"), firm("c", "轴承"))

    def scores(*weights: float, over: str = "item") -> dict[str, float]:
        leg = TextLeg(("水泵", "阀门"), over, 10, weights)  # type: ignore[arg-type]
        return {hit.key: hit.score for hit in index.search([leg], ALL)[0]}

    for over in ("item", "firm"):
        plain, weighed = scores(over=over), scores(1.0, 0.5, over=over)
        assert plain == scores(1.0, 1.0, over=over)
        assert weighed["a"] == pytest.approx(plain["a"], rel=1e-4)
        assert weighed["b"] == pytest.approx(0.5 * plain["b"], rel=1e-4)
        assert list(weighed) == ["a", "b"]


def test_a_token_said_twice_counts_once_with_its_first_weight(index: SearchIndex) -> None:
    put(index, firm("a", "水泵"), firm("b", "阀门"))
    twice = index.search([TextLeg(("水泵", "水泵"), "item", 10, (0.5, 2.0))], ALL)[0]
    once = index.search([TextLeg(("水泵",), "item", 10, (0.5,))], ALL)[0]
    assert twice == once


def test_titles_that_begin_so_come_by_how_many_firms_have_them(index: SearchIndex) -> None:
    put(
        index,
        firm("a", "水泵", "水泵维修", "水泵维修"),
        firm("b", "水泵维修", "阀门"),
        firm("c", "水泵安装", "大水泵", "水泵" + "长" * 60),
        firm("d", "水泵报废", status="revoked"),
        firm("e", "DN50阀门", "dn65阀门", "100%棉_布", "100棉布", "[a-z].*"),
        firm("old", "水泵旧"),
    )
    put(index, firm("old", "阀门", version=2))
    assert index.titles("水泵", limit=9) == [("水泵维修", 2), ("水泵", 1), ("水泵安装", 1)]
    assert index.titles("水泵", limit=1) == [("水泵维修", 2)]
    assert index.titles("dN", limit=9) == [("DN50阀门", 1), ("dn65阀门", 1)]
    assert index.titles("100%", limit=9) == [("100%棉_布", 1)]
    assert index.titles("100%棉_", limit=9) == [("100%棉_布", 1)]
    assert index.titles("[A-", limit=9) == [("[a-z].*", 1)]
    for nothing in ("", "没有", ".*", "%", "_", '#@&<>~"|\\', "水\x00", "水泵" * 30, "\U0010ffff"):
        assert index.titles(nothing, limit=9) == []


def test_suggestions_are_titles_and_firms_by_a_part_of_their_name(index: SearchIndex) -> None:
    put(
        index,
        firm("a", "水泵", "水泵维修", name="沈阳水泵厂"),
        firm("b", "水泵维修", name="水泵之家"),
        firm("c", "阀门", name="沈阳泵水厂"),
        firm("d", "阀门", name="水泵旧厂", status="revoked"),
    )
    said = [(one.text, one.of, one.firms, one.key) for one in suggest(index, "水泵", limit=8)]
    assert said == [
        ("水泵维修", "title", 2, ""),
        ("水泵之家", "firm", 1, "b"),
        ("沈阳水泵厂", "firm", 1, "a"),
    ]
    assert [one.of for one in suggest(index, "水泵", limit=2)] == ["firm", "firm"]
    assert suggest(index, " ", limit=8) == suggest(index, "水泵" * 30, limit=8) == []


def test_what_was_found_by_words_says_which(index: SearchIndex) -> None:
    """A hit's document has the very words it was found by: each backend finds by the same tokens that are marked."""
    put(
        index,
        firm("title", "不锈钢离心水泵", "阀门"),
        firm("text", item("设备", text="配套“水泵”<及>附件")),
        firm("code", "法兰 DN 50", "dn50阀门"),
        firm("name", "货物运输", name="沈阳水泵厂"),
        firm("none", "轴承"),
    )
    asked = tokens("水泵 DN50")
    for over in ("item", "firm", "name"):
        hits = words(index, "水泵 DN50", over=over)
        assert hits
        for key, document in index.documents(keys(hits)).items():
            texts = [document.name] if over != "item" else []
            texts += [f"{i.title} {i.text}" for i in document.items] if over != "name" else []
            found = [highlight(text, asked) for text in texts]
            assert any(found), key
            assert {"".join(piece for piece, _ in parts) for parts in found if parts} <= set(texts)
    others = set(index.documents(["none"])["none"].items[0].title)
    assert not highlight("".join(others), asked)
