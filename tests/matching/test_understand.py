"""From free text to `Need`: a labelled set with precision and recall a field, and the cases that matter alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.need import Need
from matching.understand import query_phrases, understand
from search.places import Gazetteer, load_gazetteer

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "needs.jsonl").read_text(encoding="utf-8").splitlines()
]
TODAY = date(2026, 5, 20)

FLOORS: dict[str, float] = {
    "what": 0.95,
    "kind": 0.95,
    "quantity": 0.97,
    "specs": 0.97,
    "place": 0.97,
    "deadline": 0.95,
    "grades": 0.97,
    "standards": 0.97,
    "models": 0.95,
    "materials": 0.97,
    "processes": 0.95,
    "application": 0.95,
    "exclusions": 0.95,
    "makers_only": 0.97,
    "local_only": 0.97,
}
"""Least precision and recall a field."""


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def read(text: str, title: str = "", places: Gazetteer | None = None) -> Need:
    return understand(text, title=title, today=TODAY, places=places)


def fields(row: dict[str, Any], need: Need) -> Iterator[tuple[str, set[Any], set[Any]]]:
    """(field, expected, found) for every labelled field of one row."""
    skipped = set(row.get("unlabelled", ()))
    for name in ("grades", "standards", "models", "exclusions"):
        if name not in skipped:
            yield name, set(row.get(name, ())), set(getattr(need, name))
    for name in ("processes", "materials", "application"):
        if name in row:
            yield name, set(row[name]), set(getattr(need, name))
    for name in ("makers_only", "local_only"):
        yield name, {True} & {row.get(name, False)}, {True} & {getattr(need, name)}
    if "what" not in skipped:
        yield "what", set(row["what"][:1]), set(need.what[:1])
    if "kind" in row and "kind" not in skipped:
        yield "kind", {row["kind"]}, {need.kind} - {None}
    if "specs" not in skipped:
        found = {(s.name, s.word) if s.word else (s.name, s.low, s.high) for s in need.specs}
        yield "specs", {tuple(s) for s in row.get("specs", ())}, found
    if "quantity" not in skipped:
        amount = need.quantity
        expected = {tuple(row["quantity"])} if "quantity" in row else set()
        yield "quantity", expected, {(amount.value, amount.unit, amount.per)} if amount else set()
    if "deadline" not in skipped:
        yield (
            "deadline",
            {row["deadline"]} if "deadline" in row else set(),
            ({need.deadline.isoformat()} if need.deadline else set()),
        )
    if "place" not in skipped:
        name = need.place.name if need.place else ""
        wanted = row.get("place", "")
        yield "place", {wanted} - {""}, {wanted if wanted and name.startswith(wanted) else name} - {""}


def test_labelled_set(gazetteer: Gazetteer, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(ROWS) >= 120
    counts: dict[str, list[int]] = {name: [0, 0, 0] for name in FLOORS}
    misses = []
    for row in ROWS:
        need = read(row["text"], row.get("title", ""), gazetteer)
        for name, expected, found in fields(row, need):
            count = counts[name]
            count[0] += len(expected & found)
            count[1] += len(found)
            count[2] += len(expected)
            if expected != found:
                misses.append(f"{row['id']} {name}: wanted {expected - found}, found {found - expected}")
    scores = {name: (hit / found, hit / wanted) for name, (hit, found, wanted) in counts.items()}
    with capsys.disabled():
        sys.stdout.write(f"\n{len(ROWS)} labelled demands\n")
        for name, (precision, recall) in sorted(scores.items()):
            sys.stdout.write(
                f"  {name:12} precision {precision:.3f} recall {recall:.3f} of {counts[name][2]}\n"
            )
    low = {name: score for name, score in scores.items() if min(score) < FLOORS[name]}
    assert not low, misses


def test_title_beats_story() -> None:
    need = read(
        "我厂在沈阳做木工机械，直线导轨和滑块一直靠台湾进口，想在省内找能做的生产厂。年用约3000只。",
        "推台锯用直线导轨滑块，找本地厂家替代进口",
    )
    assert need.what == ("直线导轨滑块",)
    assert need.application == ("推台锯",)
    assert need.local_only
    assert need.quantity is not None
    assert (need.quantity.value, need.quantity.per) == (3000, "year")


def test_place_of_delivery_not_of_the_past(gazetteer: Gazetteer) -> None:
    need = read("之前的脱水板是从唐山买的，不耐用。要96块，送到朝阳北票。", "脱水板", gazetteer)
    assert need.place is not None
    assert need.place.level == "county"
    assert need.place.name.startswith("北票")


def test_own_output_is_not_a_property_of_the_thing() -> None:
    need = read("我们是一家年产200万吨的钢厂，首批30根，直径230到300。", "旧辊翻新")
    assert [s.name for s in need.specs] == ["diameter"]
    assert need.quantity is not None
    assert need.quantity.value == 30


def test_query_phrases_begin_with_the_thing() -> None:
    need = read("采购304不锈钢法兰DN100 PN16，500片，镀锌")
    phrases = query_phrases(need)
    assert phrases[0] == "不锈钢法兰"
    assert phrases[1:] == ("不锈钢法兰镀锌", "304不锈钢法兰")


def test_query_phrases_of_text_without_a_head() -> None:
    assert query_phrases(read("")) == ()
    assert query_phrases(read("Q345B")) == ("Q345B",)


def test_language() -> None:
    assert read("Looking for brass valves").language == "en"
    assert read("ZL101A泵壳").language == "zh"


@settings(max_examples=150, deadline=2000)
@given(
    st.text(max_size=400),
    st.sampled_from(["", "求购", "need 20 ", "我们", "Φ1×", "用于"]),
    st.integers(1, 40),
)
def test_any_text_is_read(text: str, lead: str, times: int) -> None:
    whole = (lead + text) * times
    need = read(whole[:10_000], text[:200])
    query_phrases(need)
    assert len(need.text) <= 20_000


@pytest.mark.parametrize(
    "unit",
    [
        "1吨",
        "一二",
        "Φ1",
        "~1",
        "1×",
        "不要",
        "的用",
        "A-1",
        "1 a ",
        "求购",
        "\x01",
        "\x02管",
        "ISO 1",
        "Q235 5mm ",
    ],
)
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.process_time()
        read(text)
        return time.process_time() - started

    read("warm")
    short, long = min(seconds(2_500), seconds(2_500)), seconds(10_000)
    assert long < 12 * short + 0.1
    assert seconds(200_000) < 4.0
