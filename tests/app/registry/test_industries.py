"""GB/T 4754-2017 and the industry a firm's name and drafts point to."""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.catalogue.drafting import draft_listings
from app.registry.industries import get_industry, industry_path
from app.registry.industry_suggestion import suggest_industry

CASES = Path(__file__).with_name("industry_cases.tsv")
"""Made-up firms: name, business scope, class of GB/T 4754-2017."""


@dataclass(frozen=True)
class Titled:
    title: str
    role: str


def test_the_classification_is_whole() -> None:
    valve = get_industry("3443")
    assert valve is not None
    assert (valve.name, valve.level, valve.parent) == ("阀门和旋塞制造", 4, "344")
    assert [industry.code for industry in industry_path("3443")] == ["C", "34", "344", "3443"]
    assert get_industry("9999") is None
    assert industry_path("9999") == ()


def test_the_file_equals_the_standard(shared_data: Path) -> None:
    with (shared_data / "gbt4754_2017_tree.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1971
    for row in rows:
        industry = get_industry(row["code"])
        assert industry is not None
        assert (industry.parent, industry.level) == (row["parent"], int(row["level"]))
        assert all(step.level == depth for depth, step in enumerate(industry_path(row["code"]), 1))


def test_every_listed_word_names_classes_that_exist() -> None:
    path = Path(sys.modules["app.registry.industries"].__file__ or "").parent / "data" / "industry_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    words = Counter(word for row in rows for word in row["words"].split("|"))
    assert [word for word, count in words.items() if count > 1] == []
    for row in rows:
        for column in ("make", "wholesale", "retail", "service"):
            industry = get_industry(row[column]) if row[column] else None
            assert not row[column] or (industry is not None and industry.level == 4), row
        assert row["wholesale"][:2] in ("", "51"), row
        assert row["retail"][:2] in ("", "52"), row


def test_labelled_firms_reach_the_floor() -> None:
    cases = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines()]
    right: Counter[int] = Counter()
    misses = []
    for name, scope, code in cases:
        suggestion = suggest_industry(name, draft_listings(scope, name=name))
        given = suggestion.code if suggestion else ""
        for digits in (2, 3, 4):
            right[digits] += len(given) >= digits and given[:digits] == code[:digits]
        if given != code:
            misses.append(f"{name}: {given} instead of {code}")
    sys.stdout.write(f"{len(cases)} firms: class {right[4]}, group {right[3]}, division {right[2]}\n")
    assert len(cases) >= 80
    assert right[4] >= 0.9 * len(cases), misses
    assert right[2] >= 0.95 * len(cases), misses


def test_the_evidence_says_which_words_led_there() -> None:
    suggestion = suggest_industry("新岭阀门厂", [Titled("闸阀", "make"), Titled("球阀", "make")])
    assert suggestion is not None
    assert suggestion.name == "阀门和旋塞制造"
    assert suggestion.evidence == ("阀门", "闸阀", "球阀")


def test_making_selling_and_serving_differ() -> None:
    def code(name: str, role: str) -> str:
        suggestion = suggest_industry(name, [Titled("变压器", role)])
        return suggestion.code if suggestion else ""

    assert code("新岭有限公司", "make") == "3821"
    assert code("新岭商贸有限公司", "resell") == "5175"
    served = suggest_industry("新岭有限公司", [Titled("变压器修理", "service")])
    assert served is not None
    assert served.code == "4350"


def test_thin_evidence_is_not_called_sure() -> None:
    thin = suggest_industry("新岭科技有限公司", [])
    firm = suggest_industry("新岭水泵厂", [Titled("水泵", "make"), Titled("真空泵", "make")])
    assert thin is None or thin.confidence <= 0.5
    assert firm is not None
    assert firm.confidence == pytest.approx(0.9)


def test_nothing_recognised_is_none() -> None:
    assert suggest_industry("", []) is None
    assert suggest_industry("甲乙丙", [Titled("丁戊己", "make")]) is None


@pytest.mark.timeout(30)
def test_a_long_name_or_title_does_not_hang() -> None:
    suggest_industry("市" * 100_000, [Titled("阀" * 100_000, "make")])


def test_explanations_of_the_standard_point_to_their_own_division(shared_data: Path) -> None:
    """The explanations speak another language than firms do: a floor far below, against a broken lookup."""
    roles = {"A": "make", "B": "make", "C": "make", "F": "resell"}
    right = told = 0
    with (shared_data / "gbt4754_2017_remarks.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["level"] == "4" and row["remark_zh"] and row["section"] not in "ST":
                words = row["remark_zh"].removeprefix("指").split("；")[0][:60]
                name = "商店" if row["code"].startswith("52") else ""
                suggestion = suggest_industry(name, [Titled(words, roles.get(row["section"], "service"))])
                told += 1
                right += suggestion is not None and suggestion.code[:2] == row["code"][:2]
    sys.stdout.write(f"{told} explanations: division right {right / told:.3f}\n")
    assert right / told >= 0.4


def test_most_real_firms_get_an_industry(shared_data: Path) -> None:
    with gzip.open(shared_data / "liaoning_companies.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row for number, row in enumerate(csv.DictReader(file)) if number % 20 == 0]
    drafted = [draft_listings(row["business_scope"], name=row["name"]) for row in rows]
    suggested = [suggest_industry(row["name"], drafts) for row, drafts in zip(rows, drafted, strict=True)]
    sys.stdout.write(f"{len(rows)} firms, {sum(map(bool, suggested))} suggestions\n")
    assert sum(map(bool, suggested)) >= 0.9 * len(rows)
