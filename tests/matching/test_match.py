"""Matching end to end over a small world: who comes first, what filters, and whether the evidence is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from matching.encoders import Encoder
from matching.match import match
from matching.need import Need, Place
from matching.queries import queries_of
from matching.ranker import Ranker
from matching.result import MatchOptions, MatchResult
from search.documents import Spec
from search.index import Filters, SearchIndex

SLIDERS = Need(text="直线导轨滑块", what=("直线导轨滑块",), kind="product")
SHENYANG = Place("210106", "铁西区", "county")


def keys(result: MatchResult) -> list[str]:
    return [one.supplier.key for one in result.matches]


@pytest.fixture
def ask(world: SearchIndex, encoder: Encoder):  # type: ignore[no-untyped-def]
    """match() over the small world."""
    ranker = Ranker(encoder)

    def asked(need: Need, **options: object) -> MatchResult:
        return match(need, index=world, encoder=encoder, ranker=ranker, options=MatchOptions(**options))  # type: ignore[arg-type]

    return asked


def test_makers_come_before_resellers_and_the_unrelated(ask) -> None:  # type: ignore[no-untyped-def]
    found = keys(ask(SLIDERS))
    assert set(found[:2]) == {"maker", "faraway"}
    assert found.index("reseller") < found.index("food")


def test_makers_only_takes_resold_items_out(ask) -> None:  # type: ignore[no-untyped-def]
    result = ask(replace(SLIDERS, makers_only=True))
    assert "reseller" not in keys(result)
    assert all(one.item is None or one.item.role != "resell" for one in result.matches)


def test_the_dial_of_place_filters_and_scores_stay(ask) -> None:  # type: ignore[no-untyped-def]
    need = replace(SLIDERS, place=SHENYANG)
    near, anywhere = ask(need, within="city"), ask(need, within="anywhere")
    assert "faraway" not in keys(near)
    assert "faraway" in keys(anywhere)
    moved = replace(SLIDERS, place=Place("210211", "甘井子区", "county"))
    elsewhere = ask(moved, within="anywhere")
    assert keys(elsewhere) == keys(anywhere)
    assert [one.score for one in elsewhere.matches] == [one.score for one in anywhere.matches]
    for one, other in zip(elsewhere.matches, anywhere.matches, strict=True):
        assert {**one.features, "nearness": other.features["nearness"]} == other.features


def test_local_only_sets_the_dial_to_the_city(ask) -> None:  # type: ignore[no-untyped-def]
    result = ask(replace(SLIDERS, place=SHENYANG, local_only=True))
    assert result.within == "city"
    assert "faraway" not in keys(result)


def test_distance_is_measured_and_sorts_on_request(ask) -> None:  # type: ignore[no-untyped-def]
    need = replace(SLIDERS, place=Place("210211", "甘井子区", "county"))
    result = ask(need, sort="distance")
    distances = [one.distance_km for one in result.matches]
    assert distances == sorted(distances)
    assert result.matches[0].supplier.key == "faraway"
    assert result.matches[0].distance_km == pytest.approx(0, abs=15)
    far = next(one for one in result.matches if one.supplier.key == "maker")
    assert far.distance_km == pytest.approx(355, abs=25)


def test_every_reason_of_words_quotes_the_item(ask) -> None:  # type: ignore[no-untyped-def]
    for one in ask(SLIDERS).matches:
        for reason in one.reasons:
            if reason.type == "words":
                assert one.item is not None
                assert one.item.title in reason.text
                assert all(word in one.item.title for word in reason.params["words"].split("、"))
                assert reason.source == one.item.source


def test_specs_are_met_missed_or_unknown(ask) -> None:  # type: ignore[no-untyped-def]
    need = replace(SLIDERS, specs=(Spec("size", 25, 25, "mm", text="25 规格"),))
    by_key = {one.supplier.key: one for one in ask(need).matches}
    assert "spec" in {reason.type for reason in by_key["maker"].reasons}
    assert "spec_unknown" in {gap.type for gap in by_key["faraway"].gaps}
    too_big = replace(SLIDERS, specs=(Spec("size", 90, 90, "mm", text="90 规格"),))
    missed = {one.supplier.key: one for one in ask(too_big).matches}["maker"]
    assert "spec_missed" in {gap.type for gap in missed.gaps}
    assert missed.score < by_key["maker"].score


def test_registry_text_is_marked_unconfirmed_and_listings_are_not(ask) -> None:  # type: ignore[no-untyped-def]
    by_key = {one.supplier.key: {gap.type for gap in one.gaps} for one in ask(SLIDERS).matches}
    assert "unconfirmed" in by_key["faraway"]
    assert "unconfirmed" not in by_key["maker"]
    assert "reseller" in by_key["reseller"]


def test_taking_the_cited_item_away_lowers_the_score(ask, world: SearchIndex) -> None:  # type: ignore[no-untyped-def]
    before = next(one for one in ask(SLIDERS).matches if one.supplier.key == "faraway")
    poorer = replace(before.supplier, version=2, items=())
    world.apply([poorer])
    world.refresh()
    try:
        after = {one.supplier.key: one.score for one in ask(SLIDERS).matches}
        assert after.get("faraway", 0.0) < before.score
    finally:
        world.apply([replace(before.supplier, version=3)])
        world.refresh()


def test_filters_of_the_caller_hold(ask) -> None:  # type: ignore[no-untyped-def]
    assert keys(ask(SLIDERS, filters=Filters(verified_only=True))) == ["valves"]
    assert "turning" not in keys(ask(SLIDERS, filters=Filters(kinds=("product",))))


def test_english_finds_chinese_firms(ask) -> None:  # type: ignore[no-untyped-def]
    need = Need(text="corrugated cardboard boxes", language="en", what=("corrugated cardboard boxes",))
    result = ask(need, language="en")
    assert keys(result)[0] == "boxes"
    assert "meaning" in {reason.type for reason in result.matches[0].reasons}


@pytest.mark.parametrize("text", ["", "的", "???", "\x00", "a" * 5000, "𠮷"])
def test_any_words_are_answered(ask, text: str) -> None:  # type: ignore[no-untyped-def]
    assert len(ask(Need(text=text, what=(text,) if text else ())).matches) <= 20


def test_the_same_need_gives_the_same_answer(ask) -> None:  # type: ignore[no-untyped-def]
    assert keys(ask(SLIDERS)) == keys(ask(SLIDERS))


def test_what_is_refused_is_not_searched_for() -> None:
    need = replace(SLIDERS, title="直线导轨，不要滚珠丝杠", what=("直线导轨",), exclusions=("滚珠丝杠",))
    assert "丝杠" not in queries_of(need).title
    assert not any("丝杠" in token for token in queries_of(need).all_tokens)
    also_wanted = replace(need, what=("直线导轨", "滚珠丝杠"))
    assert queries_of(also_wanted).title == need.title


class Read(tuple[str, ...]):
    """Words that count how often they are gone through."""

    times = 0

    def __iter__(self) -> Iterator[str]:
        type(self).times += 1
        return super().__iter__()


def test_what_is_refused_is_worked_out_once_a_match(ask) -> None:  # type: ignore[no-untyped-def]
    need = replace(SLIDERS, exclusions=Read(("二手", "滚珠丝杠")))
    assert len(ask(need, limit=8).matches) > 3
    assert Read.times == 1


def test_what_is_refused_speaks_against_a_thing(ask) -> None:  # type: ignore[no-untyped-def]
    need = Need(text="直线传动部件", what=("直线传动部件",))
    without = replace(need, exclusions=("直线导轨",))
    before, after = ({one.supplier.key: one for one in ask(each).matches} for each in (need, without))
    assert after["maker"].item.title == "滚珠丝杠", "another thing of the firm is shown"
    assert not any(gap.type == "refused" for gap in after["maker"].gaps)
    told = next(gap for gap in after["faraway"].gaps if gap.type == "refused")
    assert (told.asked, told.words, told.field) == ("exclusions", "直线导轨", "items[直线导轨滑块].title")
    assert told.text == "“直线导轨滑块”含有需求所排除的：直线导轨"
    assert after["faraway"].features["spec_missed"] == 1.0
    assert after["faraway"].score < before["faraway"].score
