"""The loop every import shares: rows in, good ones out in batches, bad ones into the error file."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from app.imports.error_rows import ErrorRows
from app.imports.row_problems import RowProblem, row_problem
from app.imports.rows import Row, Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two rows the same thing (``key``), and whether they say the same of it (``content``)."""

    key: Hashable
    content: Hashable


class Landed(Protocol):
    """What storing a batch did, in rows."""

    @property
    def created(self) -> int: ...
    @property
    def updated(self) -> int: ...
    @property
    def unchanged(self) -> int: ...


class Intake(Generic[T]):
    """Reads a table once. The first row of a thing holds; another that says otherwise is refused.

    Were the later one taken, its being in the same batch would decide how often the thing changes, and importing
    the file again would change it twice more.
    """

    def __init__(
        self,
        table: Table,
        errors: ErrorRows,
        *,
        read: Callable[[Row], tuple[T | None, list[RowProblem]]],
        identity: Callable[[T], Identity],
        words: Mapping[str, str],
    ) -> None:
        self._table = table
        self._errors = errors
        self._read = read
        self._identity = identity
        self._words = words
        self._first: dict[int, tuple[int, int]] = {}
        self.rows = self.failed = 0
        self.created = self.updated = self.unchanged = 0

    def batches(self, size: int) -> Iterator[list[tuple[int, T]]]:
        """Good rows with their numbers, at most ``size`` a batch."""
        batch: list[tuple[int, T]] = []
        for row in self._table.rows():
            self.rows += 1
            said, problems = self._read(row)
            if said is None:
                self.refuse(row.number, *problems)
            elif self._is_new(row.number, said):
                batch.append((row.number, said))
            if len(batch) >= size:
                yield batch
                batch = []
        yield batch

    def landed(self, done: Landed) -> None:
        """Count what became of the rows of a batch."""
        self.created += done.created
        self.updated += done.updated
        self.unchanged += done.unchanged

    def refuse(self, number: int, *problems: RowProblem) -> None:
        """Count a row as failed and write down why."""
        self.failed += 1
        for problem in problems:
            self._errors.add(
                row=number,
                column=problem.column,
                value=problem.value,
                code=problem.code,
                reason_zh=problem.zh,
                reason_en=problem.en,
            )

    def _is_new(self, number: int, said: T) -> bool:
        identity = self._identity(said)
        # Hashes are kept, not texts: a province has a million firms.
        key, content = hash(identity.key), hash(identity.content)
        first, its_content = self._first.setdefault(key, (number, content))
        if first == number:
            return True
        if its_content == content:
            self.unchanged += 1
        else:
            self.refuse(number, row_problem("duplicate_in_file", row=first, **self._words))
        return False


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the garbage collector run rarely: a bulk import makes millions of objects and hardly any cycles."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def error_file_for(source: Path, data_dir: Path) -> Path:
    """FILE.error.csv beside the source, or under the data folder when that place is not to be written to."""
    name = f"{source.name}.error.csv"
    if os.access(source.parent, os.W_OK):
        return source.parent / name
    return data_dir / "imports" / name
