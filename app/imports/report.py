"""How far an import has come, and what it did in the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.imports.error_rows import ErrorRows
from app.imports.intake import Intake
from app.imports.rows import Table


@dataclass(frozen=True, slots=True)
class Progress:
    """``rate`` is in rows a second; ``total_rows`` is an estimate, ``seconds_left`` follows from what was read."""

    done_rows: int
    total_rows: int | None
    rate: float
    seconds_left: float | None
    failed: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Rows of the file by what became of them (created + updated + unchanged + failed = rows)."""

    rows: int
    created: int
    updated: int
    unchanged: int
    failed: int
    drafts: int
    """Listings drafted from business scopes."""
    seconds: float
    error_file: Path | None
    """Where the failed rows are told, with reasons; None when there are none."""
    unread: tuple[str, ...] = ()
    """Headers of columns that were not read: unknown ones, and a second column for the same field."""
    kept: int = 0
    """Rows that differ from what a firm stated of its listing by hand, which stands."""
    phones_left: int = 0
    """Rows whose telephone cell lists several numbers, of which the first is kept."""


class Meter:
    """Times an import: tells a listener how far reading the table has come, and reports in the end."""

    def __init__(self, table: Table, listener: Callable[[Progress], None] | None) -> None:
        self._table = table
        self._listener = listener
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._started

    def tell(self, done: int, failed: int) -> None:
        """Report that ``done`` rows are dealt with."""
        if not self._listener:
            return
        share, spent, total = self._table.progress(), self.seconds, self._table.total
        self._listener(
            Progress(
                done_rows=done,
                total_rows=None if total is None else done if share >= 1 else max(total, done),
                rate=done / spent if spent else 0.0,
                seconds_left=spent * (1 - share) / share if share else None,
                failed=failed,
            )
        )

    def report(
        self,
        intake: Intake[Any],
        errors: ErrorRows,
        *,
        unread: Iterable[str],
        drafts: int = 0,
        kept: int = 0,
        phones_left: int = 0,
    ) -> ImportReport:
        """What the import did, once every row is dealt with."""
        return ImportReport(
            rows=intake.rows,
            created=intake.created,
            updated=intake.updated,
            unchanged=intake.unchanged,
            failed=intake.failed,
            drafts=drafts,
            seconds=self.seconds,
            error_file=errors.path if errors.count else None,
            unread=tuple(unread),
            kept=kept,
            phones_left=phones_left,
        )
