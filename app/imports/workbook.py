"""XLSX workbooks, read as a stream: the visible sheet that holds the table, merged cells filled down."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Self
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.imports.cells import EMPTY, Content, cell_content
from app.imports.header_row import Area, find_header, header_score, is_repeated_header
from app.imports.problems import UnreadableTable
from app.imports.rows import HEADER_SEARCH_ROWS, Row
from app.imports.workbook_file import check_workbook, merged_areas

_DAMAGE = (
    InvalidFileException,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    ValueError,
)
"""What openpyxl lets through when a workbook's parts are not what they should be."""

# Data validation, conditional formats and missing styles do not matter to a reader of values.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


class WorkbookTable:
    """One sheet of an .xlsx workbook as a table; see ``app.imports.rows.Table``."""

    encoding: str | None = None

    def __init__(self, path: Path, *, sheet: str | None, synonyms: Mapping[str, str]) -> None:
        check_workbook(path)
        try:
            # data_only gives the values formulas had when the workbook was saved.
            self._book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except _DAMAGE as error:
            raise UnreadableTable("damaged_file", line=1) from error
        try:
            self._sheet, top_rows = self._choose_sheet(sheet, synonyms)
            # openpyxl has no public name for the part a read-only sheet is read from.
            self._areas = merged_areas(path, self._sheet._worksheet_path)
            header = find_header(top_rows, self._areas, synonyms)
        except BaseException:
            self._book.close()
            raise
        self._columns = header.columns
        self._header_bottom = header.bottom
        self.headers = header.names
        self.header_row = header.bottom + 1
        self._own_names = frozenset(self.headers)
        stated = self._stated_rows
        self.total: int | None = max(0, stated - self.header_row) if stated else None
        self._at = 0
        self._finished = False

    def rows(self) -> Iterator[Row]:
        """The records after the header; blank ones and repetitions of the header are left out."""
        self._at, self._finished = self.header_row, False
        merged = _FillDown(self._areas, self._header_bottom + 1)
        names = self._columns
        cells_of = _cells(self._sheet, first=self.header_row + 1, width=max(names) + 1)
        for number, cells in enumerate(cells_of, self.header_row + 1):
            self._at = number
            values = {
                at: cell_content(cells[at], name) if at < len(cells) else EMPTY for at, name in names.items()
            }
            blank = not any(content.text or content.problem for content in values.values())
            merged.fill(number - 1, values, blank=blank)
            if blank or is_repeated_header([content.text for content in values.values()], self._own_names):
                continue
            problems = tuple(content.problem for content in values.values() if content.problem)
            yield Row(number, {name: values[at].text for at, name in names.items()}, problems)
        self._finished = True

    def progress(self) -> float:
        """Share of the sheet's rows that were read; 0 until the end where the sheet does not state its size."""
        if self._finished:
            return 1.0
        return min(1.0, max(0, self._at - self.header_row) / self.total) if self.total else 0.0

    def close(self) -> None:
        """Release the file."""
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _choose_sheet(self, name: str | None, synonyms: Mapping[str, str]) -> tuple[Any, list[list[str]]]:
        """The sheet asked for, or the visible one whose beginning names most fields."""
        sheets = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        if name is not None:
            # A hidden sheet can be asked for by name.
            sheets = [sheet for sheet in self._book.worksheets if sheet.title == name]
            if not sheets:
                titles = "、".join(sheet.title for sheet in self._book.worksheets)
                raise UnreadableTable("no_such_sheet", sheet=name, sheets=titles)
        self._stated_rows: int | None = None
        best: tuple[int, Any, list[list[str]]] | None = None
        for sheet in sheets:
            stated = sheet.max_row
            # What a sheet states as its size is often wrong, and would pad every row to its width.
            sheet.reset_dimensions()
            rows = [
                [cell_content(cell, "").text for cell in cells]
                for cells in islice(_cells(sheet), HEADER_SEARCH_ROWS)
            ]
            score = max((header_score(row, synonyms) for row in rows), default=0)
            if best is None or score > best[0]:
                best = (score, sheet, rows)
                self._stated_rows = stated
        if best is None:
            raise UnreadableTable("empty_table")
        return best[1], best[2]


class _FillDown:
    """Gives the value of a vertically merged cell to each of its rows; a spreadsheet stores it in the first only.

    Across, it stays in its first column: the other columns mean something else.
    """

    def __init__(self, areas: Sequence[Area], first_row: int) -> None:
        self._waiting = [area for area in reversed(areas) if area.bottom > area.top >= first_row]
        self._open: dict[int, tuple[int, Content]] = {}

    def fill(self, row: int, values: dict[int, Content], *, blank: bool) -> None:
        """Complete the values (by column place) of a 0-based row; rows must come in order, blank ones too."""
        if not blank:
            for place, (bottom, content) in self._open.items():
                if row <= bottom and values[place] == EMPTY:
                    values[place] = content
        while self._waiting and self._waiting[-1].top <= row:
            area = self._waiting.pop()
            if area.top == row and area.left in values:
                self._open[area.left] = (area.bottom, values[area.left])


def _cells(sheet: Any, *, first: int = 1, width: int | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a sheet as cells, from row ``first`` on; damage is told by the row where it was met."""
    number = first
    rows = sheet.iter_rows(min_row=first, max_col=width)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except _DAMAGE as error:
            raise UnreadableTable("damaged_file", line=number) from error
        yield cells
        number += 1
