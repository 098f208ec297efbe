"""The industrial thesaurus: one TSV a division of GB/T 4754, read by the engine as it stands."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "matching/knowledge/data/thesaurus").glob("*.tsv"))
HEADER = ["term", "also", "described", "english", "class", "industry", "needs"]


def read(path: Path) -> list[list[str]]:
    """The rows of one file, the header included."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def industry_codes() -> set[str]:
    """Every code of GB/T 4754-2017 that the registry ships."""
    with (ROOT / "app/registry/data/gbt4754_2017.csv").open(encoding="utf-8", newline="") as handle:
        return {row["code"] for row in csv.DictReader(handle)}


def test_there_are_files() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rows_are_whole(path: Path) -> None:
    header, *rows = read(path)
    codes = industry_codes()
    assert header == HEADER
    for row in rows:
        assert len(row) == len(HEADER), row
        term, _, described, english, broader, industry, _ = row
        assert all((term, described, english, broader)), row
        assert all(cell == cell.strip() for cell in row), row
        assert industry in codes, row
        assert industry.startswith(path.stem[:2]), row


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lists_do_not_repeat_themselves(path: Path) -> None:
    for term, also, described, _, broader, _, needs in read(path)[1:]:
        for cell in (also, described, broader, needs):
            parts = cell.split("、") if cell else []
            assert all(parts), (term, cell)
            assert len(parts) == len(set(parts)), (term, cell)
        assert term not in also.split("、"), term


def test_terms_are_unique_over_all_files() -> None:
    seen: dict[str, str] = {}
    for path in FILES:
        for row in read(path)[1:]:
            assert row[0] not in seen, f"{row[0]}: {seen.get(row[0])} and {path.name}"
            seen[row[0]] = path.name
