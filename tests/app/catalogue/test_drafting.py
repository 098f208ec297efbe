"""Drafting listings from a registered business scope."""

from __future__ import annotations

import csv
import gzip
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.drafting import MAX_DRAFTS, MAX_TITLE, Draft, draft_listings
from search.documents import KINDS, ROLES

CASES = Path(__file__).with_name("scope_cases.tsv")
"""Made-up scopes: scope, firm's name, the listings a careful clerk would draft (title|role|kind, parted by spaces).

``~`` before a title marks one that need not be found but is no mistake either.
"""


def found(drafts: list[Draft]) -> set[tuple[str, str, str]]:
    return {(draft.title, draft.role, draft.kind) for draft in drafts}


def expected(line: str) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]:
    """What must be found, and what may be."""
    must: set[tuple[str, str, str]] = set()
    may: set[tuple[str, str, str]] = set()
    for word in line.split():
        title, role, kind = word.lstrip("~").split("|")
        (may if word.startswith("~") else must).add((title, role, kind))
    return must, may


def test_labelled_scopes_reach_the_floor() -> None:
    right = drafted = wanted = 0
    misses = []
    cases = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines()]
    for scope, name, line in cases:
        must, may = expected(line)
        got = found(draft_listings(scope, name=name))
        right += len(got & must)
        drafted += len(got - may)
        wanted += len(must)
        if got - may != must:
            misses.append(f"{scope}: {sorted(got - may - must)} instead of {sorted(must - got)}")
    precision, recall = right / drafted, right / wanted
    sys.stdout.write(
        f"{len(cases)} scopes, {wanted} listings: precision {precision:.3f}, recall {recall:.3f}\n"
    )
    assert len(cases) >= 60
    assert precision >= 0.95, misses
    assert recall >= 0.95, misses


def test_a_draft_points_at_the_words_it_was_read_from() -> None:
    scope = "许可经营项目：无；一般经营项目：水泵（不含进口）、阀门制造、销售；建材销售"
    drafts = draft_listings(scope)
    assert [scope[draft.start : draft.end] for draft in drafts] == [
        "水泵（不含进口）",
        "阀门制造",
        "建材销售",
    ]
    assert drafts[0].clause == "水泵（不含进口）、阀门制造、销售"
    assert all(draft.clause in scope for draft in drafts)


def test_full_width_letters_do_not_move_the_offsets() -> None:
    scope = "ＰＶＣ管材、ＰＥ管材生产"
    drafts = draft_listings(scope)
    assert [draft.title for draft in drafts] == ["PVC管材", "PE管材"]
    assert scope[drafts[1].start : drafts[1].end] == "ＰＥ管材生产"


def test_the_name_decides_only_where_the_scope_has_no_verb() -> None:
    maker = draft_listings("轴承；齿轮销售", name="海滨轴承制造厂")
    assert [(draft.title, draft.role) for draft in maker] == [("轴承", "make"), ("齿轮", "resell")]
    assert maker[0].confidence < maker[1].confidence


def test_confidence_falls_with_the_distance_of_the_verb() -> None:
    beside = draft_listings("阀门制造")[0].confidence
    shared = draft_listings("阀门、水泵制造")[0].confidence
    silent = draft_listings("阀门")[0].confidence
    assert beside > shared > silent


def test_nothing_twice() -> None:
    drafts = draft_listings("阀门制造；阀门、阀门生产；阀门销售")
    assert [(draft.title, draft.role) for draft in drafts] == [("阀门", "make"), ("阀门", "resell")]


def test_at_most_so_many_drafts_and_no_long_title() -> None:
    scope = (
        "、".join(f"零件{chr(0x4E00 + number)}型" for number in range(900)) + "制造；" + "长" * 500 + "销售"
    )
    drafts = draft_listings(scope)
    assert len(drafts) == MAX_DRAFTS
    assert all(len(draft.title) <= MAX_TITLE for draft in draft_listings("很" * 300 + "阀门制造"))


@pytest.mark.parametrize(
    "unit",
    [
        "阀门、",
        "（",
        "（）",
        "经批准",
        "制造、",
        "有限期限",
        "国家",
        "a/",
        "及",
        "：；",
        "水泵及配件",
        "出口",
    ],
)
def test_a_huge_scope_does_not_hang(unit: str) -> None:
    scope = unit * (10_000_000 // len(unit))
    begun = time.process_time()
    assert len(draft_listings(scope)) <= MAX_DRAFTS
    assert time.process_time() - begun < 2.0


@given(st.text(alphabet="水泵阀门制造加工销售维修、，；：（）()及的等 *。/Aa1法律口期经批准", max_size=120))
def test_any_text_gives_well_formed_drafts(scope: str) -> None:
    for draft in draft_listings(scope):
        assert draft.kind in KINDS
        assert draft.role in ROLES
        assert 0 < len(draft.title) <= MAX_TITLE
        assert 0 <= draft.start < draft.end <= len(scope)
        assert draft.clause in scope
        assert 0 < draft.confidence <= 1


def test_real_scopes_are_read_fast_and_nearly_all_yield_something(shared_data: Path) -> None:
    with gzip.open(shared_data / "liaoning_companies.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row for number, row in enumerate(csv.DictReader(file)) if number % 10 == 0]
    begun = time.process_time()
    drafted = [draft_listings(row["business_scope"], name=row["name"]) for row in rows]
    seconds = time.process_time() - begun
    total = sum(map(len, drafted))
    sys.stdout.write(f"{len(rows)} scopes, {total} drafts, {seconds:.2f} s\n")
    assert sum(1 for drafts in drafted if drafts) >= 0.95 * len(rows)
    assert 6 <= total / len(rows) <= 10
    assert seconds < 4.0


def test_goods_that_begin_like_a_formula_are_goods() -> None:
    drafts = draft_listings("除尘布袋、除尘器制造；限位开关、含油轴承生产；化工产品销售、除血液制品；限批发")
    assert [(draft.title, draft.role) for draft in drafts] == [
        ("除尘布袋", "make"),
        ("除尘器", "make"),
        ("限位开关", "make"),
        ("含油轴承", "make"),
        ("化工产品", "resell"),
    ]
