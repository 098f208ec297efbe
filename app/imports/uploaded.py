"""A small table somebody sends with a form, read within one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from app.core.errors import InvalidInput, Problem
from app.imports.tables import Table, UnreadableTable, open_table, table_problem_text

LARGEST = 1_000_000
"""Bytes."""


@contextmanager
def uploaded_table(content: bytes, *, synonyms: Mapping[str, str]) -> Iterator[Table]:
    """The CSV or XLSX table in ``content``; ``synonyms`` as in ``open_table``. Raises InvalidInput, also for what fails inside."""
    if len(content) > LARGEST:
        raise InvalidInput(problems=[Problem("file", "too_large", "文件不能超过 1 MB")])
    # openpyxl goes by the name, though what else is a table goes by its content.
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        try:
            with open_table(Path(file.name), synonyms=synonyms) as table:
                yield table
        except UnreadableTable as error:
            said = Problem(
                "file",
                error.code,
                {"zh": table_problem_text(error, "zh"), "en": table_problem_text(error, "en")},
            )
            raise InvalidInput(problems=[said]) from error
