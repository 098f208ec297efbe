"""Evaluation against values worked out by hand."""

from __future__ import annotations

from math import log2
from pathlib import Path

import pytest

from matching.evaluate import bootstrap, evaluate, ndcg, read_qrels, recall, reciprocal_rank, write_run

GRADES = {"a": 3, "b": 2, "c": 0, "d": 1}


def test_ndcg_of_an_ideal_list_is_one() -> None:
    assert ndcg(["a", "b", "d"], GRADES) == pytest.approx(1.0)


def test_ndcg_by_hand() -> None:
    gained = 3 / log2(2) + 7 / log2(4)
    ideal = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)
    assert ndcg(["b", "x", "a"], GRADES) == pytest.approx(gained / ideal)


def test_only_the_first_ten_count() -> None:
    assert ndcg([f"x{i}" for i in range(10)] + ["a"], GRADES) == 0.0


def test_no_judgments_gain_nothing() -> None:
    assert ndcg(["a"], {}) == 0.0
    assert recall(["a"], {"a": 1}) == 0.0


def test_reciprocal_rank_counts_from_grade_two() -> None:
    assert reciprocal_rank(["d", "c", "b"], GRADES) == pytest.approx(1 / 3)
    assert reciprocal_rank(["d"], GRADES) == 0.0


def test_recall_at_depth() -> None:
    assert recall(["x", "a"], GRADES, depth=2) == 0.5
    assert recall(["x", "y", "a"], GRADES, depth=2) == 0.0


def test_condensed_leaves_the_unjudged_out_and_a_missing_demand_counts() -> None:
    quality = evaluate({"q": ["x", "a", "b", "d"]}, {"q": GRADES, "r": {"z": 3}})
    assert quality.condensed == pytest.approx(0.5)
    assert quality.ndcg < quality.condensed
    assert quality.unjudged == pytest.approx(0.05)


def test_bootstrap_is_around_the_mean_and_repeats() -> None:
    values = [0.0, 0.5, 1.0] * 10
    low, high = bootstrap(values)
    assert low < 0.5 < high
    assert (low, high) == bootstrap(values)


def test_run_and_qrels_files(tmp_path: Path) -> None:
    qrels = tmp_path / "qrels.txt"
    qrels.write_text("q 0 a 3\n\nq 0 b 0\n", encoding="utf-8")
    assert read_qrels(qrels) == {"q": {"a": 3, "b": 0}}
    write_run(tmp_path / "run", {"q": [("a", 1.5), ("b", 0.25)]}, "full")
    assert (tmp_path / "run").read_text() == "q Q0 a 1 1.500000 full\nq Q0 b 2 0.250000 full\n"
