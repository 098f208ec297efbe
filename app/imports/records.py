"""CSV records with the line each starts on; a quote never closed costs its own line, not the rest of the file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.imports.problems import CellProblem


@dataclass(frozen=True, slots=True)
class Record:
    """``number`` is the 1-based line of its start; ``cells`` are empty where ``problem`` says it was not read."""

    number: int
    cells: list[str]
    problem: CellProblem | None = None


class _Lines(Iterator[str]):
    """The lines of a text, remembering those of the current record so that they can be given back."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0
        self.ended = False

    def __next__(self) -> str:
        if self._returned:
            line = self._returned.popleft()
        else:
            try:
                line = next(self._source)
            except StopIteration:
                self.ended = True
                raise
        self.number += 1
        self.taken.append(line)
        return line

    def start_record(self) -> None:
        self.taken.clear()
        self.ended = False

    def give_back_all_but_first(self) -> None:
        rest = self.taken[1:]
        self._returned.extendleft(reversed(rest))
        self.number -= len(rest)


def read_records(text: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Records of a delimited text whose lines keep their endings (a file opened with ``newline=""``).

    A record that runs into the end of the text, or beyond the longest cell allowed (csv.field_size_limit), has an
    unclosed quote on its first line: that line becomes a problem and reading goes on with the next one.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.start_record()
        number = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken = True
        else:
            # The reader asks for a line beyond the last one only from within quotes.
            broken = lines.ended
        if not broken:
            yield Record(number, cells)
            continue
        one_line = len(lines.taken) == 1 and not lines.ended
        code, params = (
            ("field_too_long", {"limit": csv.field_size_limit()}) if one_line else ("unclosed_quote", {})
        )
        problem = CellProblem(code, value=lines.taken[0].strip()[:200], params=params)
        lines.give_back_all_but_first()
        reader = csv.reader(lines, delimiter=delimiter)
        yield Record(number, [], problem)
