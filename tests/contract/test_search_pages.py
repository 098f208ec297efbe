"""Long lists of firms found by words, a page at a time, whatever is written between two pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from search.analysis import tokens
from search.index import Filters, Hit, ListExpired, Near, SearchIndex
from tests.contract.search_worlds import ALL, firm, keys, put, words

OpenIndex = Callable[[], SearchIndex]

TITLES = ("水泵", "离心水泵", "水泵维修", "水泵", "不锈钢水泵配件")


def pages(index: SearchIndex, text: str, limit: int, filters: Filters = ALL) -> Iterator[list[Hit]]:
    """Page after page to the last."""
    after = ""
    while True:
        page = index.page(tokens(text), filters, limit=limit, after=after)
        yield page.hits
        if not page.after:
            return
        after = page.after


def test_pages_together_are_the_whole_list_best_first(index: SearchIndex) -> None:
    put(index, *(firm(f"{n:04d}", TITLES[n % 5]) for n in range(443)), firm("other", "阀门"))
    every = [hit for page in pages(index, "离心水泵", 50) for hit in page]
    assert len(every) == len(set(keys(every))) == 443
    assert [hit.score for hit in every] == sorted((hit.score for hit in every), reverse=True)
    short = words(index, "离心水泵", over="firm", limit=500)
    assert set(keys(every)) == set(keys(short))
    assert [hit.score for hit in every] == pytest.approx([hit.score for hit in short])
    for score in {hit.score for hit in every}:
        equals = [hit.key for hit in every if hit.score == score]
        assert equals == sorted(equals)


@pytest.mark.parametrize("limit", [1, 6, 7, 100])
def test_the_last_page_says_so(index: SearchIndex, limit: int) -> None:
    put(index, *(firm(f"{n}", "水泵") for n in range(7)))
    found = list(pages(index, "水泵", limit))
    assert [len(page) for page in found] == [limit] * (7 // limit) + ([7 % limit] if 7 % limit else [])
    assert list(pages(index, "没有", limit)) == [[]]
    assert index.page((), ALL, limit=limit).hits == []


def test_writes_between_pages_neither_hide_a_firm_nor_show_one_twice(
    index: SearchIndex, open_index: OpenIndex
) -> None:
    put(index, *(firm(f"{n:03d}", TITLES[n % 5]) for n in range(300)))
    ought = {f"{n:03d}" for n in range(300)}
    elsewhere = open_index()
    seen: list[str] = []
    for turn, page in enumerate(pages(index, "水泵", 20)):
        seen += keys(page)
        # What was seen moves behind, what is to come moves before, some go, and others come.
        moved = [
            firm(f"{n:03d}", "水泵" if n > 150 else "水泵 阀门 轴承", version=turn + 2)
            for n in range(turn, 300, 17)
        ]
        put(elsewhere, *moved, *(firm(f"new{turn}-{n}", "水泵") for n in range(9)))
        put(index, deletes=[(f"{(turn * 31) % 300:03d}", turn + 3)])
    assert len(seen) == 300
    assert set(seen) == ought
    (now,) = pages(index, "水泵", 1000)
    assert {key for key in keys(now) if key.startswith("new")}


def test_pages_keep_to_filters(index: SearchIndex) -> None:
    put(index, *(firm(f"{n:02d}", "水泵", adcode=("210102", "210202")[n % 2]) for n in range(60)))
    within = Filters(divisions=("210100",))
    assert sorted(key for page in pages(index, "水泵", 7, within) for key in keys(page)) == [
        f"{n:02d}" for n in range(0, 60, 2)
    ]


def test_pages_keep_near_a_point(index: SearchIndex) -> None:
    put(
        index,
        *(firm(f"{n:02d}", "水泵", lon=(123.4, 121.6)[n % 2], lat=(41.8, 38.9)[n % 2]) for n in range(40)),
    )
    put(index, firm("nowhere", "水泵", lon=None, lat=None))
    about = Filters(near=Near(123.4, 41.8, 50))
    assert [key for page in pages(index, "水泵", 7, about) for key in keys(page)] == [
        f"{n:02d}" for n in range(0, 40, 2)
    ]
    assert index.page(tokens("水泵"), Filters(near=Near(0, 0, 50)), limit=7).hits == []


def test_a_place_not_made_here_is_refused(index: SearchIndex) -> None:
    put(index, *(firm(f"{n}", "水泵") for n in range(9)))
    good = index.page(tokens("水泵"), ALL, limit=2).after
    for after in (
        "x",
        "1.2",
        "9.9.9",
        "1.2.-3",
        "[]",
        "null",
        '["x",1.0,"a",1]',
        '["x","a","a",1]',
        good[: len(good) // 2],
    ):
        with pytest.raises(ListExpired):
            index.page(tokens("水泵"), ALL, limit=2, after=after)
    assert index.page(tokens("水泵"), ALL, limit=2, after=good).hits
