"""Rows whose values slipped into the neighbouring columns, put back where their shape says they belong."""

from __future__ import annotations

import re
from collections.abc import Mapping

COMPANY_SHAPES: dict[str, re.Pattern[str]] = {
    "uscc": re.compile(r"[0-9A-Za-z]{18}"),
    "registered_on": re.compile(r"\d{4}\s*[-/.年].*|\d{8}"),
    "capital_raw": re.compile(r"[\d.,]+.*|-+"),
    "website": re.compile(r"(?i)(https?://|www\.).+"),
    "email": re.compile(r"\S+@\S+"),
    "employees": re.compile(r"\d+.*"),
}
"""What the values of a company field look like, enough to tell it from its neighbours."""


def realigned(values: Mapping[str, str], shapes: Mapping[str, re.Pattern[str]]) -> dict[str, str] | None:
    """The row with its slipped values moved back, or None when it is in place or cannot be told.

    A row slips when one cell is missing: everything after it moves over by one column, up to the next blank cell.
    ``shapes`` maps headers to what their values look like in full. Each way of moving one blank cell is tried, and
    the answer is the only one under which every shaped value fits and more fit than before; a tie is no answer.
    """
    headers = list(values)
    cells = list(values.values())
    shaped = {at: shapes[name] for at, name in enumerate(headers) if name in shapes}
    before, misfits = _fit(cells, shaped)
    if misfits == 0:
        return None
    best = before
    answers: set[tuple[str, ...]] = set()
    for blank in (at for at, cell in enumerate(cells) if not cell):
        rest = cells[:blank] + cells[blank + 1 :]
        for target in range(len(cells)):
            moved = (*rest[:target], "", *rest[target:])
            fits, misfits = _fit(moved, shaped)
            if misfits or fits < best:
                continue
            if fits > best:
                best, answers = fits, set()
            if fits > before:
                answers.add(moved)
    return dict(zip(headers, answers.pop(), strict=True)) if len(answers) == 1 else None


def _fit(cells: list[str] | tuple[str, ...], shaped: Mapping[int, re.Pattern[str]]) -> tuple[int, int]:
    """How many of the shaped cells that hold something fit their shape, and how many do not."""
    held = [bool(pattern.fullmatch(cells[at])) for at, pattern in shaped.items() if cells[at]]
    return sum(held), len(held) - sum(held)
