"""What only the embedded index has: threads beside each other, other encoders' folders, an encoder that fails."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from search.embedded import EmbeddedIndex
from search.embedded.vectors import VectorIndex
from search.index import Filters, SearchUnavailable, VectorLeg, Vectors
from search.reconcile import compare
from tests.contract.search_worlds import DIMENSIONS, embed, firm, keys, meaning, words


def opened(folder: Path, encoder: str = "bag", dimensions: int = DIMENSIONS) -> EmbeddedIndex:
    return EmbeddedIndex(folder, embed=embed, dimensions=dimensions, encoder=encoder)


@pytest.mark.parametrize(("encoder", "dimensions"), [("other", DIMENSIONS), ("bag", DIMENSIONS * 2)])
def test_a_folder_of_another_encoder_is_refused_and_left_alone(
    tmp_path: Path, encoder: str, dimensions: int
) -> None:
    index = opened(tmp_path)
    index.apply([firm("a", "水泵")])
    index.close()
    stale = opened(tmp_path, encoder, dimensions)
    assert stale.stale
    assert stale.count() == stale.item_count() == 0
    for ask in (
        lambda: stale.apply([firm("b", "水泵")]),
        lambda: stale.search([], Filters()),
        lambda: stale.documents(["a"]),
        lambda: stale.facets(Filters()),
        lambda: stale.versions(),
        lambda: stale.refresh(),
    ):
        with pytest.raises(SearchUnavailable, match="rebuild"):
            ask()
    stale.close()
    again = opened(tmp_path)
    assert not again.stale
    assert dict(again.versions()) == {"a": 1}
    again.close()


def test_when_the_encoder_fails_nothing_is_written(tmp_path: Path) -> None:
    answers: list[object] = [
        RuntimeError("out of memory"),
        np.zeros((1, DIMENSIONS + 1), np.float32),
        np.zeros((2, DIMENSIONS), np.float32),
    ]

    def failing(titles: Sequence[str]) -> Vectors:
        answer = answers.pop(0) if answers else embed(titles)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]

    index = EmbeddedIndex(tmp_path, embed=failing, dimensions=DIMENSIONS, encoder="bag")
    for error in (RuntimeError, ValueError, ValueError):
        with pytest.raises(error):
            index.apply([firm("a", "水泵")])
        assert list(index.versions()) == []
    index.apply([firm("a", "水泵"), firm("b", "阀门")])
    index.refresh()
    assert keys(meaning(index, "阀门", Filters()))[0] == "b"
    index.close()


def test_titles_are_embedded_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def counting(titles: Sequence[str]) -> Vectors:
        asked.extend(titles)
        return embed(titles)

    index = EmbeddedIndex(tmp_path, embed=counting, dimensions=DIMENSIONS, encoder="bag")
    index.apply([firm("a", "水泵", "水泵", "阀门")])
    index.apply([firm("a", "水泵", version=2), firm("b", "阀门", "轴承")])
    index.apply([], [("a", 3), ("b", 3)])
    index.apply([firm("c", "轴承")])
    assert asked == ["水泵", "阀门", "轴承"]
    index.refresh()
    assert keys(meaning(index, "水泵", Filters())) == ["c"]
    index.close()


def test_searches_go_on_while_others_write(tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.apply([firm("stays", "水泵"), *(firm(f"{n}", f"阀门{n}") for n in range(100))])
    index.refresh()
    problems: list[str] = []
    done = threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                for find in (words, meaning):
                    found = keys(find(index, "水泵", Filters()))
                    if "stays" not in found or len(set(found)) != len(found):
                        problems.append(f"{find.__name__}: {found[:5]}")
                if "stays" not in index.documents(["stays", "1"]):
                    problems.append("no document")
                index.facets(Filters(roles=("make",)))
        except Exception as error:
            problems.append(repr(error))

    def write(first: int) -> None:
        try:
            for version in range(2, 8):
                index.apply(
                    [firm(f"{n}", f"阀门{n}x{version}", version=version) for n in range(first, 100, 2)]
                )
                index.refresh()
        except Exception as error:
            problems.append(repr(error))

    searchers = [threading.Thread(target=search) for _ in range(3)]
    writers = [threading.Thread(target=write, args=(n,)) for n in range(2)]
    for thread in (*searchers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in searchers:
        thread.join()
    assert problems == []
    assert (index.count(), index.item_count()) == (101, 101)
    index.close()


def test_vectors_may_be_added_while_they_are_searched() -> None:
    index = VectorIndex(DIMENSIONS)
    random = np.random.default_rng(0)
    rows = random.standard_normal((20_000, DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index.add([index.encode(rows[:1]).tobytes()])
    wrong: list[object] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            found, scores = index.search(rows[:1], 5)
            if found[0, 0] != 0 or scores[0, 0] < 0.98:
                wrong.append(found)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(1, len(rows), 200):
        index.add([index.encode(rows[start : start + 200]).tobytes()])
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(index) == len(rows)
    found, _ = index.search(rows[7_000:7_003], 1)
    assert found[:, 0].tolist() == [7_000, 7_001, 7_002]


def test_vectors_under_a_mask_agree_with_brute_force() -> None:
    index = VectorIndex(DIMENSIONS)
    random = np.random.default_rng(3)
    rows = random.standard_normal((999, DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index.add([index.encode(rows).tobytes()])
    allowed = random.random(999) < 0.1
    found, scores = index.search(rows[:3], 200, allowed)
    assert {int(i) for i in found[0] if i >= 0} == set(np.flatnonzero(allowed).tolist())
    exact = rows[:3] @ rows.T
    for row in range(3):
        known = found[row] >= 0
        np.testing.assert_allclose(scores[row][known], exact[row][found[row][known]], atol=0.02)
    assert index.search(rows[:1], 5, np.zeros(999, np.bool_))[0].tolist() == [[-1] * 5]


def test_a_search_keeps_to_what_the_last_refresh_saw(tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.apply([firm("a", "水泵", "阀门")])
    index.refresh()
    index.apply([firm("a", "轴承", version=2)])
    assert keys(words(index, "阀门", Filters())) == ["a"]
    assert index.search([VectorLeg(embed(["阀门"])[0])], Filters())[0][0].score > 0.9
    # Its document is already the newer one: the old is gone from the rows.
    assert index.documents(["a"])["a"].version == 2
    index.close()


def test_changed_elsewhere_tells_what_refresh_has_not_seen(tmp_path: Path) -> None:
    here, there = opened(tmp_path), opened(tmp_path)
    assert not here.changed_elsewhere()
    there.apply([firm("a", "水泵")])
    assert here.changed_elsewhere()
    here.refresh()
    assert not here.changed_elsewhere()
    assert keys(words(here, "水泵", Filters())) == ["a"]
    assert not compare_keys(here, there)
    here.close()
    there.close()


def compare_keys(here: EmbeddedIndex, there: EmbeddedIndex) -> bool:
    """Whether two views of one index differ."""
    return bool(compare(there, here))  # type: ignore[arg-type]  # an index, too, tells its versions
