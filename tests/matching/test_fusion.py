"""Fusion of the legs: weights, ties, and what does not count."""

import random

import pytest

from matching.retrieve import RRF_K, fuse, shared_ranks
from search.index import Hit


def test_equal_scores_share_the_mean_of_their_ranks() -> None:
    hits = [Hit("a", 3.0), Hit("b", 2.0), Hit("c", 2.0), Hit("d", 2.0), Hit("e", 1.0)]
    assert shared_ranks(hits).tolist() == [1, 3, 3, 3, 5]


def test_what_only_rounding_tells_apart_is_equal() -> None:
    assert shared_ranks([Hit("a", 0.700004), Hit("b", 0.700001)]).tolist() == [1.5, 1.5]
    assert shared_ranks([Hit("a", 0.7004), Hit("b", 0.7001)]).tolist() == [1, 2]
    assert fuse({"item_words": []}) == ()


def test_the_order_of_equals_changes_nothing() -> None:
    equals = [Hit(key, 1.0) for key in "abcdefgh"]
    legs = {"item_words": [Hit("x", 2.0), *equals], "meaning": [Hit("c", 0.9), Hit("x", 0.8)]}
    shuffled = random.Random(7).sample(equals, len(equals))
    assert shuffled != equals
    again = legs | {"item_words": [Hit("x", 2.0), *shuffled]}
    assert fuse(legs) == fuse(again)


def test_points_are_the_weighted_sum_over_the_legs() -> None:
    legs = {"item_words": [Hit("a", 2.0), Hit("b", 1.0)], "meaning": [Hit("b", 0.5)]}
    best, other = fuse(legs, weights={"item_words": 1.0, "meaning": 2.0})
    assert (best.key, other.key) == ("b", "a")
    assert best.fused == pytest.approx(1 / (RRF_K + 2) + 2 / (RRF_K + 1))
    assert best.ranks == {"item_words": 2, "meaning": 1}
    assert best.scores == {"item_words": 1.0, "meaning": 0.5}


def test_no_more_than_the_best_are_kept_and_equals_fall_by_key() -> None:
    kept = fuse({"item_words": [Hit(key, 1.0) for key in "dbca"]}, most=2)
    assert [candidate.key for candidate in kept] == ["a", "b"]
