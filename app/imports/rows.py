"""What every kind of table gives: headers, rows with the number a person sees, and how far reading has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self

from app.imports.problems import CellProblem

HEADER_SEARCH_ROWS = 15
"""Title lines above the header are rarely more than a few; further down a match would be chance."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record. ``number`` is the 1-based row of the sheet, or the line of a text file on which it starts.

    ``values`` holds every header, "" where the cell is empty. A row with ``problems`` was read as far as possible;
    whether it can be used is for the importer to say.
    """

    number: int
    values: dict[str, str]
    problems: tuple[CellProblem, ...] = ()


class Table(Protocol):
    """A table open for reading; use it as a context manager, or call ``close``."""

    @property
    def headers(self) -> list[str]:
        """Column names, unique, in order, as written (two-level headers joined as ``parent/child``)."""

    @property
    def header_row(self) -> int:
        """The row (sheet) or line (text file) on which the header ends."""

    @property
    def total(self) -> int | None:
        """Estimated number of records, exact for a small text file; None when unknown."""

    @property
    def encoding(self) -> str | None:
        """Text encoding; None for a workbook."""

    def rows(self) -> Iterator[Row]:
        """The records from the first on, streaming. Raises UnreadableTable where the file is damaged."""

    def progress(self) -> float:
        """Share of the file read by the latest ``rows()``, 0 to 1."""

    def close(self) -> None:
        """Release the file."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...
