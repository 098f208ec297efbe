"""Expansion: which words of a need count, which kin they bring, and how the weights fall."""

from __future__ import annotations

import pytest

from matching.knowledge import Expander, Relation, Term, shipped
from matching.knowledge.relations import assemble

TOY = Expander(
    assemble(
        [
            Relation("阀门", "same", "阀"),
            Relation("阀门", "narrower", "球阀"),
            Relation("阀门", "narrower", "闸阀"),
            Relation("阀门", "broader", "通用机械"),
            Relation("阀门", "made_by", "铸造"),
            Relation("通用机械", "narrower", "风机"),
            Relation("输送机", "does", "往上送"),
            Relation("护腰", "same", "腰围"),
            Relation("贴牌", "same", "代工"),
        ],
        {},
    )
)


def weights(*phrases: str, around: tuple[str, ...] = ()) -> dict[str, float]:
    return {term.text: term.weight for term in expanded(TOY, *phrases, around=around)}


def expanded(expander: Expander, *phrases: str, around: tuple[str, ...] = ()) -> tuple[Term, ...]:
    return expander.expand(phrases, expander.mentioned(phrases, around=around))


def test_other_names_count_more_than_classes_and_these_more_than_processes() -> None:
    found = weights("阀门")
    assert found["阀"] > found["通用机械"] > found["铸造"] > 0
    assert found["球阀"] < 1


def test_a_kind_brings_its_class_but_not_its_brothers() -> None:
    found = weights("球阀")
    assert "阀门" in found
    assert "闸阀" not in found
    assert "风机" not in found


def test_an_attribute_counts_less_than_the_head() -> None:
    assert weights("阀门护腰")["阀"] < weights("护腰阀门")["阀"]


def test_an_act_leaves_the_head_to_the_thing_before_it() -> None:
    assert weights("护腰贴牌")["腰围"] > weights("护腰贴牌")["代工"]


def test_a_buyer_may_say_what_it_does() -> None:
    assert "输送机" in weights("往上送的设备")
    assert "往上送" not in weights("输送机")


def test_what_stands_around_is_read_only_when_the_head_is_unknown() -> None:
    assert "阀" not in weights("护腰", around=("阀门",))
    assert "阀" in weights("某某件", around=("阀门",))


def test_words_of_the_need_itself_are_left_out_and_order_is_stable() -> None:
    terms = expanded(shipped(), "铸钢闸阀")
    assert "闸阀" not in {term.text for term in expanded(shipped(), "闸阀")}
    assert list(terms) == sorted(terms, key=lambda term: (-term.weight, term.text))
    assert terms == expanded(shipped(), "铸钢闸阀")


@pytest.mark.parametrize("text", ["", " ", "abc", "的", "\x00", "阀" * 5_000])
def test_any_text_is_taken(text: str) -> None:
    expanded(shipped(), text, around=(text,))


def test_what_a_thing_is_made_of_brings_no_other_shapes_of_it() -> None:
    shapes = {"不锈钢板", "不锈钢材"}
    assert shapes <= {term.text for term in expanded(shipped(), "不锈钢")}
    assert not shapes & {term.text for term in expanded(shipped(), "不锈钢小零件")}
