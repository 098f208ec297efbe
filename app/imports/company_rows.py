"""One row of a company sheet as a Registration, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.imports.alignment import COMPANY_SHAPES, realigned
from app.imports.company_values import (
    Refused,
    phones,
    read_capital,
    read_date,
    read_email,
    read_employees,
    read_entries,
    read_industry,
    read_phone,
    read_status,
    read_tags,
    read_uscc,
    read_website,
)
from app.imports.headers import Recognition
from app.imports.row_problems import RowProblem, from_cell, row_problem
from app.imports.row_text import plain, plain_or_nothing
from app.imports.rows import Row
from app.registry.derive import Registration

_TEXTS = {
    "name": 200,
    "type": 100,
    "city": 50,
    "district": 50,
    "address": 500,
    "business_scope": 20_000,
    "contact_name": 60,
}
_LONGEST = _TEXTS | {"capital_raw": 100, "website": 300, "email": 120}
_READERS: dict[str, Callable[[str], Any]] = {
    "uscc": read_uscc,
    "registered_on": read_date,
    "status": read_status,
    "tags": read_tags,
    "aliases": read_entries,
    "industry": read_industry,
    "employees": read_employees,
    "website": read_website,
    "phone": read_phone,
    "email": read_email,
}
_MUST_BE_THERE = ("uscc", "name")
_CALLED = {"industry": "industry_code"}
"""Fields that a Registration calls otherwise."""


class CompanyRows:
    """Reads the rows of one table, whose columns were recognised once."""

    def __init__(self, columns: Recognition) -> None:
        readers = dict(_READERS)
        unit = columns.units.get("capital_raw", "")
        readers["capital_raw"] = lambda text: read_capital(text, unit)
        self._columns = [
            (header, name, readers.get(name))
            for header, name in columns.columns.items()
            if name in readers or name in _TEXTS
        ]
        self._used = {"", *(header for header, _, _ in self._columns)}
        self._shapes = {
            header: COMPANY_SHAPES[name] for header, name, _ in self._columns if name in COMPANY_SHAPES
        }
        self.spoken = tuple(_CALLED.get(name, name) for _, name, _ in self._columns)
        """The fields of Registration that the table speaks of."""
        self._phones = [header for header, name, _ in self._columns if name == "phone"]
        self.phones_left = 0
        """Rows read whose telephone cell lists more numbers than the one that is kept."""

    def read(self, row: Row) -> tuple[Registration | None, list[RowProblem]]:
        """The registration, or None and every problem.

        A row that cannot be read as it stands is tried once more with slipped cells put back in their columns.
        """
        problems = [from_cell(problem) for problem in row.problems if problem.column in self._used]
        said = self._read(row.values, problems)
        if said and any(len(phones(row.values[header])) > 1 for header in self._phones):
            self.phones_left += 1
        if said is None and not row.problems and (values := realigned(row.values, self._shapes)):
            moved = self._read(values, [])
            if moved:
                return moved, []
        return said, problems

    def _read(self, values: Mapping[str, str], problems: list[RowProblem]) -> Registration | None:
        told: dict[str, Any] = {}
        for header, name, reader in self._columns:
            cell = values[header]
            if not cell and name not in _MUST_BE_THERE:
                continue
            text = plain(cell) if name in _MUST_BE_THERE else plain_or_nothing(cell)
            problem = _length_problem(name, text)
            if problem is None and text:
                try:
                    told[_CALLED.get(name, name)] = reader(text) if reader else text
                except Refused as refused:
                    problem = refused.problem
            if problem:
                problems.append(RowProblem(problem.code, header, cell, problem.zh, problem.en))
        return None if problems else Registration(**told)


def _length_problem(name: str, text: str) -> RowProblem | None:
    if not text:
        return row_problem("required") if name in _MUST_BE_THERE else None
    longest = _LONGEST.get(name)
    return row_problem("too_long", max_length=longest) if longest and len(text) > longest else None
