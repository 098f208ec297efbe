"""What a firm states against what is asked: met, contradicted, others listed, or left open; and gaps that say where they looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.answers import Verdict, answers, verdict
from matching.encoders import Encoder
from matching.explain import gathered
from matching.match import match
from matching.materials import family_of, plain
from matching.need import Amount, Need, Place
from matching.ranker import Ranker
from matching.result import Match, MatchOptions
from matching.spec_names import spec_label
from matching.units import load_table
from matching.wishes import Aspect, Wish, wishes_of
from search.documents import Spec
from search.index import SearchIndex
from tests.matching.conftest import firm, item

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("aspect", "asked", "stated", "expected"),
    [
        ("grade", "Q345B", (), "unknown"),
        ("grade", "Q345B", [("grade", "Q345B")], "met"),
        ("grade", "45#", [("grade", "45号钢")], "met"),
        ("grade", "304", [("material", "SUS304不锈钢板")], "met"),
        ("grade", "Q345B", [("grade", "40Cr")], "unlisted"),
        ("grade", "HT250", [("grade", "6061")], "missed"),
        ("grade", "304", [("material", "不锈钢")], "unknown"),
        ("grade", "304", [("material", "铸铁"), ("material", "橡胶")], "missed"),
        ("grade", "Q345B", [("material", "铸铁"), ("material", "碳钢")], "unknown"),
        ("material", "不锈钢", [("grade", "316L")], "met"),
        ("material", "stainless steel", [("material", "不锈钢")], "met"),
        ("material", "不锈钢", [("material", "碳钢"), ("material", "合金钢")], "missed"),
        ("material", "碳钢", [("material", "合金钢")], "unlisted"),
        ("standard", "GB/T 5657", [("standard", "GB/T5657-2013")], "met"),
        ("standard", "GB/T 5657-1995", [("standard", "GB/T 5657-2013")], "unlisted"),
        ("standard", "ISO 9001", [("certificate", "ISO9001:2015")], "met"),
        ("standard", "GB/T 5657", [("certificate", "ISO 9001")], "unknown"),
        ("standard", "ISO 9001", [("certificate", "CE")], "unlisted"),
        ("model", "CA6140", [("model", "CA6140A")], "met"),
        ("process", "镀锌", [("process", "热镀锌")], "met"),
        ("process", "镀锌", [("process", "车削")], "unlisted"),
        ("service_area", "沈阳市", [("route_to", "沈阳")], "met"),
        ("service_area", "沈阳市", [("service_area", "大连")], "unlisted"),
    ],
)
def test_words_are_answered(
    aspect: Aspect, asked: str, stated: list[tuple[str, str]], expected: Verdict
) -> None:
    assert verdict(Wish(aspect, "", asked), [Spec(name, word=word) for name, word in stated]) == expected


@pytest.mark.parametrize(
    ("quantity", "stated", "expected"),
    [
        (Amount(50, "吨", "month"), Spec("output", None, 80, "t/month"), "met"),
        (Amount(50, "吨", "month"), Spec("output", None, 20, "t/month"), "missed"),
        (Amount(50, "吨", "month"), Spec("output", None, 8000, "piece/month"), "unknown"),
        (Amount(20, "台"), Spec("min_order", 1, None, "piece"), "met"),
        (Amount(20, "台"), Spec("min_order", 100, None, "piece"), "missed"),
        (Amount(20, "台"), Spec("output", None, 400, "piece/month"), "met"),
        (Amount(2000, "台"), Spec("output", None, 400, "piece/month"), "unknown"),
    ],
)
def test_quantities_are_answered_by_output_and_least_order(
    quantity: Amount, stated: Spec, expected: Verdict
) -> None:
    (wish,) = wishes_of(Need("x", quantity=quantity), TODAY)
    assert verdict(wish, [stated]) == expected


def test_a_least_order_too_large_is_not_made_good_by_output() -> None:
    (wish,) = wishes_of(Need("x", quantity=Amount(20, "件")), TODAY)
    stated = [Spec("output", None, 9000, "piece/month"), Spec("min_order", 100, None, "piece")]
    assert verdict(wish, stated) == "missed"


def test_a_deadline_is_answered_by_the_lead_time_and_is_nothing_once_past() -> None:
    need = Need("x", deadline=TODAY + timedelta(days=30))
    (wish,) = wishes_of(need, TODAY)
    assert verdict(wish, [Spec("lead_time", 20, None, "day")]) == "met"
    assert verdict(wish, [Spec("lead_time", 45, None, "day")]) == "missed"
    assert verdict(wish, [Spec("tolerance", 0.01, None, "mm")]) == "unknown"
    assert wishes_of(need, TODAY + timedelta(days=31)) == ()


def test_titles_and_descriptions_are_read_and_name_their_field() -> None:
    asked = Need("x", grades=("Q345B",), materials=("橡胶",), standards=("ISO 9001", "GB/T 5657"))
    own = replace(item("Q345B法兰", source="listing"), text="执行GB/T 5657-2013")
    other = replace(item("泵", source="listing"), text="通过ISO 9001认证")
    told = answers(wishes_of(asked, TODAY), firm("k", "示例厂", own, other), own)
    assert [(one.wish.words, one.verdict, one.field) for one in told] == [
        ("Q345B", "met", "items[Q345B法兰].title"),
        ("橡胶", "unknown", "items[Q345B法兰].specs"),
        ("ISO 9001", "met", "items[泵].text"),
        ("GB/T 5657", "met", "items[Q345B法兰].text"),
    ]


def test_what_a_machine_works_on_is_no_contradiction() -> None:
    machine = item("橡胶机械")
    (told,) = answers(
        wishes_of(Need("x", materials=("不锈钢",)), TODAY), firm("k", "示例厂", machine), machine
    )
    assert told.verdict == "unknown"


def test_a_process_in_the_head_is_the_thing_asked_for() -> None:
    need = Need("x", what=("激光切割",), processes=("激光切割", "折弯"))
    assert [wish.words for wish in wishes_of(need, TODAY)] == ["折弯"]


@pytest.mark.parametrize(
    ("word", "family"),
    [
        ("SUS304", "stainless"), ("1Cr18Ni9Ti", "stainless"), ("2Cr13", "stainless"), ("45#", "carbon_steel"),
        ("Q235B", "carbon_steel"), ("Q345B", "alloy_steel"), ("42CrMo", "alloy_steel"), ("Cr12MoV", "tool_steel"),
        ("HT250", "grey_iron"), ("QT450-10", "ductile_iron"), ("ZG270-500", "cast_steel"), ("6061-T6", "aluminium"),
        ("H62", "copper"), ("TC4", "titanium"), ("PA66+GF30", "plastics"), ("EPDM", "rubber"),
    ],
)  # fmt: skip
def test_grades_belong_to_families(word: str, family: str) -> None:
    found = family_of(word)
    assert found
    assert found.name == family


def test_a_grade_is_one_however_it_is_written() -> None:
    assert len({plain(word) for word in ("45#", "45号钢", "45钢", "４５#")}) == 1


def test_every_property_has_a_name_for_readers() -> None:
    named = load_table("spec_labels.toml")
    assert set(load_table("specs.toml")) <= set(named)
    assert spec_label("tolerance", "zh") == "精度"
    assert spec_label("content:MgO", "zh") == "MgO含量"
    assert spec_label("size_2", "zh") == "尺寸"
    assert spec_label("outer_diameter", "en") == "outer diameter"


def _best(need: Need, world: SearchIndex, encoder: Encoder, **options: object) -> dict[str, Match]:
    asked = MatchOptions(**options)  # type: ignore[arg-type]
    found = match(need, index=world, encoder=encoder, ranker=Ranker(encoder), options=asked).matches
    return {one.supplier.key: one for one in found}


def test_every_gap_says_what_was_asked_and_where_it_was_looked_for(
    world: SearchIndex, encoder: Encoder
) -> None:
    need = Need(
        "直线导轨", what=("直线导轨",), kind="product", grades=("Q345B",), makers_only=False,
        specs=(Spec("size", 90, 90, "mm", text="90 规格"), Spec("tolerance", None, 0.02, "mm", text="±0.02mm")),
        quantity=Amount(20, "套"), place=Place("210106", "铁西区", "county"),
    )  # fmt: skip
    maker = _best(need, world, encoder)["maker"]
    told = {gap.type: gap for gap in maker.gaps}
    missed = told["spec_missed"]
    assert (missed.asked, missed.words, missed.field, missed.source) == (
        "specs[0]", "90 规格", "items[直线导轨].specs", "listing",
    )  # fmt: skip
    assert "15–45mm" in missed.text
    assert told["grade_unknown"].text == "Q345B：牌号未声明"
    assert "±0.02mm：精度未声明" in {gap.text for gap in maker.gaps}
    assert told["quantity_unknown"].asked == "quantity"
    for one in _best(need, world, encoder, language="en").values():
        for gap in one.gaps:
            assert gap.asked
            assert gap.field.startswith(("items", "adcode"))
            assert gap.source in ("listing", "scope", "registry", "unknown")
            assert "未" not in gap.text


def test_open_questions_share_a_line_and_others_stand_alone(world: SearchIndex, encoder: Encoder) -> None:
    need = Need("直线导轨", what=("直线导轨",), grades=("Q345B",), quantity=Amount(20, "套"))
    reseller = _best(need, world, encoder)["reseller"]
    lines = [[gap.type for gap in line] for line in gathered(reseller.gaps)]
    assert ["grade_unknown", "quantity_unknown"] in lines
    assert ["reseller"] in lines
    assert ["unconfirmed"] in lines
