"""The known items keep their own rule: a buyer's words never repeat the register's, and the measure counts right."""

from __future__ import annotations

import pytest

from benchmarks.known import measure, read_items

pytestmark = pytest.mark.one_database


def test_every_item_is_said_in_other_words_and_in_both_languages() -> None:
    items = read_items()
    assert len(items) >= 60
    assert len({item["says"] for item in items}) == len(items)
    for item in items:
        assert item["title"]
        assert item["description"]
        assert item["title_en"].isascii()
        assert item["says"] not in item["title"] + item["description"]


def test_firms_found_beyond_ten_count_for_recall_only() -> None:
    ranked = [f"other{at}" for at in range(10)] + ["a", "b"]
    assert measure(ranked, frozenset({"a", "b", "c", "d"})) == (0.0, 0.0, 0.5)
    gain, rank, share = measure(["x", "a"], frozenset({"a"}))
    assert (rank, share) == (0.5, 1.0)
    assert 0 < gain < 1
