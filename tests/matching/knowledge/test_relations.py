"""The tables of trade knowledge: how a line is read, and that the shipped ones hold together."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from matching.knowledge.kin import Relation
from matching.knowledge.relations import assemble, load_knowledge, parse, relations_of

LINE = "阀门 = 阀 铸钢阀门 < 通用机械 > 球阀 ~ 铸造 @ 铸钢 + 管网 ^ 截流 # 3443"


def read(line: str) -> list[Relation]:
    return [relation for name, said in parse([line]) for relation in relations_of(name, said)]


def test_a_line_states_each_relation_by_its_mark() -> None:
    assert read(LINE) == [
        Relation("阀门", "same", "阀"),
        Relation("阀门", "narrower", "铸钢阀门"),
        Relation("阀门", "narrower", "球阀"),
        Relation("阀门", "broader", "通用机械"),
        Relation("阀门", "made_by", "铸造"),
        Relation("阀门", "made_of", "铸钢"),
        Relation("阀门", "part_of", "管网"),
        Relation("阀门", "does", "截流"),
    ]


def test_a_line_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name"):
        list(parse(["= 阀"]))


def test_comments_and_empty_lines_say_nothing() -> None:
    assert list(parse(["# 注", "", "   "])) == []


def test_relations_can_be_asked_from_either_side() -> None:
    kin = assemble(read(LINE), {}).kin
    assert kin["阀"] == {"阀门": "same"}
    assert kin["球阀"] == {"阀门": "broader"}
    assert kin["截流"] == {"阀门": "done_by"}
    assert "铸造" not in kin


def test_of_two_relations_the_more_exact_one_holds() -> None:
    relations = [Relation("弹簧", "broader", "弹性件"), Relation("弹性件", "same", "弹簧")]
    for said in (relations, reversed(relations)):
        assert assemble(said, {}).kin == {"弹簧": {"弹性件": "broader"}, "弹性件": {"弹簧": "narrower"}}


def test_every_industry_code_of_the_tables_is_in_the_standard() -> None:
    table = Path(__file__).parents[3] / "app" / "registry" / "data" / "gbt4754_2017.csv"
    with table.open(encoding="utf-8", newline="") as file:
        known = {row["code"] for row in csv.DictReader(file)}
    said = {code for codes in load_knowledge().industries.values() for code in codes}
    assert said - known == set()


@pytest.mark.parametrize(
    ("word", "related", "kin"),
    [
        ("螺栓", "螺丝", "same"),
        ("板簧", "弹簧", "broader"),
        ("锻件", "锻造", "same"),
        ("输送机", "提升机", "narrower"),
        ("直线导轨", "直线运动部件", "broader"),
        ("纸箱", "瓦楞纸箱", "narrower"),
        ("配变", "变压器", "same"),
    ],
)
def test_the_shipped_tables_know_the_trade(word: str, related: str, kin: str) -> None:
    assert load_knowledge().kin[word].get(related) == kin


def test_the_shipped_tables_are_broad() -> None:
    knowledge = load_knowledge()
    assert len(knowledge.kin) > 4_000
    divisions = {code[:2] for codes in knowledge.industries.values() for code in codes}
    assert {str(number) for number in range(13, 44)} - divisions <= {"16"}
