"""Where the header stands: under title lines, on one level or on several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.imports.headers import normalise_header, recognise
from app.imports.problems import UnreadableTable
from app.imports.rows import HEADER_SEARCH_ROWS


@dataclass(frozen=True, slots=True)
class Area:
    """A merged area of cells: 0-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Header:
    """``bottom`` is the 0-based index of the header's last row; ``columns`` maps a column's place to its name."""

    bottom: int
    columns: dict[int, str]

    @property
    def names(self) -> list[str]:
        return list(self.columns.values())


def find_header(rows: Sequence[Sequence[str]], areas: Iterable[Area], synonyms: Mapping[str, str]) -> Header:
    """Choose, among the first rows, the first with the most recognised names, and join the levels above it.

    ``rows`` are the first rows of the table, blank ones included, of any width. With empty ``synonyms`` the widest
    row is the header. Raises UnreadableTable ("empty_table", "no_known_headers").
    """
    top_rows = [list(row) for row in rows[:HEADER_SEARCH_ROWS]]
    if not any(cell for row in top_rows for cell in row):
        raise UnreadableTable("empty_table")
    inside = [area for area in areas if area.top < len(top_rows)]
    filled = _filled(top_rows, inside)
    scores = [header_score(row, synonyms) for row in filled]
    best = scores.index(max(scores))
    if synonyms and scores[best] == 0:
        widest = max(top_rows, key=lambda row: len({cell for cell in row if cell}))
        found = "、".join(cell[:20] for cell in widest if cell)[:200]
        raise UnreadableTable("no_known_headers", rows=HEADER_SEARCH_ROWS, found=found)
    first, last = _levels(best, filled, inside)
    return Header(last, _names(filled[first : last + 1]))


def header_score(cells: Iterable[str], synonyms: Mapping[str, str]) -> int:
    """How many fields the cells of one row name; without synonyms, how many different words stand in it."""
    words = {cell for cell in cells if cell}
    return len(recognise(words, synonyms).columns) if synonyms else len(words)


def is_repeated_header(cells: Sequence[str], headers: frozenset[str]) -> bool:
    """Whether a data row is the header again, as on every printed page or where sheets were pasted together.

    ``headers`` are the table's own. Shifted copies count too: three names in one row, one of them to the letter,
    are enough.
    """
    if headers.isdisjoint(cells):
        return False
    names = {normalise_header(header) for header in headers}
    words = {normalise_header(cell) for cell in cells if cell}
    return len(words & names) >= min(3, len(names))


def _filled(rows: list[list[str]], areas: Iterable[Area]) -> list[list[str]]:
    """The rows with a merged area's value in each of its cells."""
    width = max(map(len, rows))
    filled = [row + [""] * (width - len(row)) for row in rows]
    for area in areas:
        right = min(area.right, width - 1)
        value = filled[area.top][area.left] if area.left < width else ""
        for row in filled[area.top : area.bottom + 1]:
            row[area.left : right + 1] = [value] * (right + 1 - area.left)
    return filled


def _levels(best: int, filled: list[list[str]], areas: list[Area]) -> tuple[int, int]:
    """First and last row of the header around ``best``: as far as merged cells tie rows together."""
    touching = [area for area in areas if area.top <= best <= area.bottom and area.bottom > area.top]
    last = max([best, *(area.bottom for area in touching)])
    first = min([best, *(area.top for area in touching)])
    parents = [area for area in areas if area.bottom == first - 1 and area.right > area.left]
    # A title line is one value over the whole width; a level of the header has several.
    if parents and len({cell for cell in filled[first - 1] if cell}) > 1:
        first = min(area.top for area in parents)
    return first, min(last, len(filled) - 1)


def _names(levels: list[list[str]]) -> dict[int, str]:
    """Unique names by column place, levels joined by a slash; blank columns are left out."""
    columns: dict[int, str] = {}
    used: set[str] = set()
    for place, parts in enumerate(zip(*levels, strict=True)):
        words = dict.fromkeys(" ".join(part.split()) for part in parts if part)
        name = base = "/".join(words)
        count = 1
        while name in used:
            count += 1
            name = f"{base} [{count}]"
        if name:
            used.add(name)
            columns[place] = name
    return columns
