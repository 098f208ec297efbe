"""What every SearchIndex keeps of what is written: the newest version of each document, whatever comes late or twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search.documents import CapabilityItem, Spec
from search.index import Filters, SearchIndex
from tests.contract.search_worlds import firm, item, keys, meaning, put, words

OpenIndex = Callable[[], SearchIndex]


def test_a_document_comes_back_as_it_was(index: SearchIndex, open_index: OpenIndex) -> None:
    spec = Spec("dn", low=50.0, high=None, unit="mm", word="", text="DN50以上")
    rich = firm(
        "a",
        item("水泵\x00🙂", text="“大”\t型"),
        CapabilityItem("k", "capacity", "process", "加工", source="listing", specs=(spec, spec)),
        aliases=("甲厂", "甲"),
        tags=("专精 特新", "a\tb"),
        lon=123.4,
        lat=41.8,
        capital_cny=1.5e6,
        verified=True,
        updated_at=12.5,
    )
    put(index, rich, firm("b"))
    assert index.documents(["a", "b", "c"]) == {"a": rich, "b": firm("b")}
    assert open_index().documents(["a"]) == {"a": rich}


def test_what_is_written_shows_after_a_refresh(index: SearchIndex) -> None:
    put(index, firm("a", "水泵"))
    assert index.apply([firm("b", "水泵")]) == ()
    assert keys(words(index, "水泵")) == ["a"]
    assert dict(index.versions()) == {"a": 1, "b": 1}
    index.refresh()
    assert set(keys(words(index, "水泵"))) == {"a", "b"}


def test_versions_of_some_keys_are_known_before_a_refresh(index: SearchIndex) -> None:
    put(index, firm("b", "水泵"), firm("a", "水泵", version=3), firm("c", "水泵"), deletes=[("gone", 2)])
    index.apply([firm("b", "阀门", version=2)])
    assert list(index.versions(["c", "b", "gone", "never"])) == [("b", 2), ("c", 1)]
    assert list(index.versions([])) == []


def test_a_newer_version_replaces_and_no_trace_of_the_old_is_found(index: SearchIndex) -> None:
    put(index, firm("a", "水泵", "阀门", adcode="210102"))
    put(index, firm("a", "轴承", version=2, adcode="210202"))
    for find in (words, meaning):
        assert keys(find(index, "轴承")) == ["a"]
    assert words(index, "水泵") == words(index, "水泵", over="firm") == []
    assert words(index, "轴承", Filters(divisions=("210102",))) == []
    assert meaning(index, "水泵")[0].score < 0.9
    assert meaning(index, "轴承")[0].score > 0.9
    assert (index.count(), index.item_count()) == (1, 1)
    assert dict(index.versions()) == {"a": 2}


@pytest.mark.parametrize("late", [1, 2, 3])
def test_an_older_or_equal_version_never_replaces(index: SearchIndex, late: int) -> None:
    put(index, firm("a", "轴承", version=3))
    put(index, firm("a", "水泵", version=late))
    assert index.documents(["a"])["a"].items[0].title == "轴承"
    assert words(index, "水泵") == []
    assert dict(index.versions()) == {"a": 3}


def test_replaying_a_batch_changes_nothing(index: SearchIndex) -> None:
    batch = [firm("a", "水泵"), firm("b", "阀门")]
    for _ in range(3):
        put(index, *batch, deletes=[("c", 4)])
    assert (index.count(), index.item_count()) == (2, 2)
    assert len(words(index, "水泵")) == 1
    assert index.document_frequencies(["水泵", "阀门", "锅炉"]) == {"水泵": 1, "阀门": 1, "锅炉": 0}


def test_within_a_batch_the_highest_version_holds(index: SearchIndex) -> None:
    put(index, firm("a", "轴承", version=3), firm("a", "水泵", version=2))
    assert keys(words(index, "轴承")) == ["a"]
    put(index, firm("a", "阀门", version=4), deletes=[("a", 5)])
    assert index.count() == 0
    put(index, firm("b", "阀门", version=5), deletes=[("b", 4)])
    assert keys(words(index, "阀门")) == ["b"]


def test_a_deletion_holds_against_late_writes_and_a_newer_write_returns(
    index: SearchIndex, open_index: OpenIndex
) -> None:
    put(index, firm("a", "水泵", version=2), firm("b", "阀门"))
    put(index, deletes=[("a", 3), ("never", 1)])
    assert keys(words(index, "水泵 阀门")) == ["b"]
    assert "a" not in keys(meaning(index, "水泵"))
    assert index.documents(["a"]) == {}
    for version in (1, 2, 3):
        put(index, firm("a", "水泵", version=version))
    assert dict(index.versions()) == {"b": 1}
    put(open_index(), firm("a", "水泵", version=3))
    assert dict(index.versions()) == {"b": 1}
    put(index, firm("a", "水泵", version=4))
    assert keys(words(index, "水泵")) == ["a"]


def test_a_deletion_older_than_the_document_is_passed_over(index: SearchIndex) -> None:
    put(index, firm("a", "水泵", version=3))
    put(index, deletes=[("a", 2)])
    assert index.count() == 1


def test_force_makes_an_older_version_hold(index: SearchIndex) -> None:
    put(
        index,
        firm("a", "轴承", version=9),
        firm("b", "轴承", version=9),
        firm("c", "轴承"),
        deletes=[("d", 9)],
    )
    index.apply([firm("a", "水泵", version=2), firm("d", "水泵", version=1)], [("b", 0)], force=True)
    index.refresh()
    assert dict(index.versions()) == {"a": 2, "c": 1, "d": 1}
    assert set(keys(words(index, "水泵"))) == {"a", "d"}
    assert keys(words(index, "轴承")) == ["c"]
    put(index, firm("a", "阀门", version=3), firm("b", "阀门", version=1))
    assert set(keys(words(index, "阀门"))) == {"a", "b"}


def test_firms_come_and_go_between_two_refreshes(index: SearchIndex) -> None:
    put(index, firm("a", "水泵"))
    for version in range(2, 6):
        index.apply([firm("a", f"轴承{version}", version=version), firm(f"x{version}", "阀门")])
        index.apply([], [(f"x{version}", 2)])
    index.apply([firm("b", "水泵")])
    index.refresh()
    assert keys(words(index, "轴承5")) == ["a"]
    assert keys(words(index, "水泵")) == ["b"]
    assert words(index, "阀门") == []
    assert set(keys(meaning(index, "阀门"))) == {"a", "b"}
    assert (index.count(), index.item_count()) == (2, 2)


def test_what_is_written_is_there_when_opened_anew(index: SearchIndex, open_index: OpenIndex) -> None:
    put(index, *(firm(f"{n}", f"水泵{n}", "阀门") for n in range(50)), deletes=[("gone", 2)])
    put(index, *(firm(f"{n}", f"轴承{n}", version=2) for n in range(0, 50, 2)), deletes=[("1", 2)])
    again = open_index()
    assert (again.count(), again.item_count()) == (49, 25 + 24 * 2)
    assert sorted(again.versions()) == sorted(index.versions())
    for text in ("水泵3", "阀门", "轴承8"):
        assert set(keys(words(again, text))) == set(keys(words(index, text)))
        assert meaning(again, text) == meaning(index, text)
