"""The industries of GB/T 4754-2017: sections, divisions, groups and classes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Industry:
    """One entry of the classification; ``level`` 1 is a section (门类, a letter), 4 a class (小类, four digits)."""

    code: str
    name: str
    level: int
    parent: str


@cache
def _industries() -> dict[str, Industry]:
    with (_DATA / "gbt4754_2017.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Industry(row["code"], row["name"], int(row["level"]), row["parent"])
            for row in csv.DictReader(file)
        }


def all_industries() -> list[Industry]:
    """Every section, division, group and class, in the standard's order."""
    return list(_industries().values())


def get_industry(code: str) -> Industry | None:
    """The entry of a code ("C", "34", "344", "3443"), or None when there is none."""
    return _industries().get(code)


def industry_path(code: str) -> tuple[Industry, ...]:
    """From the section down to ``code``; empty for an unknown code."""
    path: list[Industry] = []
    industry = get_industry(code)
    while industry:
        path.append(industry)
        industry = get_industry(industry.parent)
    return tuple(reversed(path))
