"""English heads in Chinese search words."""

from __future__ import annotations

from datetime import date

import pytest

from matching.english import glossary, in_chinese, singular
from matching.queries import queries_of
from matching.understand import understand


@pytest.mark.parametrize(
    ("head", "chinese"),
    [
        ("brass ball valves", "黄铜球阀"),
        ("Seamless stainless tubes", "无缝不锈钢管"),
        ("calibration of pressure gauges", "压力表校准"),
        ("shell and tube heat exchangers", "管壳式换热器"),
        ("casting of pump housings and impellers", "泵壳铸造 叶轮铸造"),
        ("hydraulic manifold blocks 6061", "液压阀块"),
        ("zzyzx", ""),
    ],
)
def test_heads(head: str, chinese: str) -> None:
    assert in_chinese(head) == chinese


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("valves", "valve"),
        ("boxes", "box"),
        ("assemblies", "assembly"),
        ("brass", "brass"),
        ("glass", "glass"),
    ],
)
def test_singular(word: str, one: str) -> None:
    assert singular(word) == one


def test_glossary_is_short_and_chinese() -> None:
    table = glossary()
    assert len(table) > 3000
    assert all(english == english.lower() and len(english.split()) <= 4 for english in table)


def test_english_demand_searches_chinese_words() -> None:
    need = understand("Looking for 500 brass ball valves DN25", today=date(2026, 5, 20))
    assert need.also == ("黄铜球阀",)
    assert "球阀" in queries_of(need).head_tokens


def test_a_gloss_that_means_something_else_is_left_out() -> None:
    need = understand("Sewage treatment plant", today=date(2026, 5, 20))
    assert need.also == ("植物",)
    queries = queries_of(need)
    assert "植物" not in queries.head
    assert "污水处理" in queries.head
    assert "废水处理" in [term.text for term in queries.kin]


def test_a_gloss_that_is_true_is_kept() -> None:
    assert queries_of(understand("Coach seats", today=date(2026, 5, 20))).head.startswith(
        "Coach seats 客车座椅"
    )


def test_each_of_two_joined_glosses_is_checked() -> None:
    need = understand("Linear guide rails and carriages", today=date(2026, 5, 20))
    assert need.also == ("导轨 座车",)
    assert "座车" not in queries_of(need).head
    assert "导轨" in queries_of(need).head_words
