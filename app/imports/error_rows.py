"""The file of rows that were not imported, for the person who sent them to correct."""

from __future__ import annotations

import csv
import os
import tempfile
from pathlib import Path
from typing import IO, Any, Self

COLUMNS = ("row", "column", "value", "code", "reason_zh", "reason_en")
VALUE_LENGTH = 200
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defuse(text: str) -> str:
    """Text a spreadsheet shows and never runs: what could start a formula gets a leading apostrophe.

    The set of characters is OWASP's for CSV injection.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


class ErrorRows:
    """Writes ``path`` as CSV in UTF-8 with BOM (so that Excel reads Chinese), all at once on leaving the context.

    Until then a reader finds no file there, and none is left when there were no errors or the body raised. An
    older file of the same name goes when the context is left without errors to write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[str] | None = None
        self._writer: Any = None

    def add(self, *, row: int, column: str, value: str, code: str, reason_zh: str, reason_en: str) -> None:
        """Write one problem; ``value`` is cut to VALUE_LENGTH characters."""
        if self._file is None:
            self._file = self._open()
            self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)
            self._writer.writerow(COLUMNS)
        shown = value if len(value) <= VALUE_LENGTH else value[: VALUE_LENGTH - 1] + "…"
        self._writer.writerow([row, *map(defuse, (column, shown, code, reason_zh, reason_en))])
        self.count += 1

    def _open(self) -> IO[str]:
        """A temporary file in the same folder, so that the rename at the end is atomic."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".part")
        self._part = Path(name)
        return os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *exc: object) -> None:
        if self._file is None:
            if exc_type is None:
                self.path.unlink(missing_ok=True)
            return
        self._file.close()
        if exc_type is None:
            self._part.replace(self.path)
        else:
            self._part.unlink(missing_ok=True)
