"""CSV and TSV files, plain or gzipped, read as a stream."""

from __future__ import annotations

import io
import statistics
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Self

from app.imports.cells import clean_text, text_problem
from app.imports.encodings import SAMPLE_BYTES, detect_encoding
from app.imports.header_row import find_header, header_score, is_repeated_header
from app.imports.problems import CellProblem, UnreadableTable
from app.imports.records import Record, read_records
from app.imports.rows import HEADER_SEARCH_ROWS, Row
from app.imports.unpacked import DAMAGE, open_bytes

DELIMITERS = (",", "\t", ";", "|")


class DelimitedTable:
    """A delimited text file as a table; see ``app.imports.rows.Table``."""

    def __init__(self, path: Path, *, gzipped: bool, synonyms: Mapping[str, str]) -> None:
        self._path = path
        self._gzipped = gzipped
        self._size = path.stat().st_size
        self._raw: IO[bytes] | None = None
        self._share_read = 0.0
        self.encoding: str | None = self._detect_encoding()
        try:
            sample, sample_share = self._sample()
        except DAMAGE as error:
            raise UnreadableTable("damaged_file", line=1) from error
        self._delimiter = _sniff_delimiter(sample, synonyms)
        with closing(self._records()) as records:
            preview = list(islice(records, HEADER_SEARCH_ROWS))
        header = find_header([record.cells for record in preview], (), synonyms)
        self._columns = header.columns
        self.headers = header.names
        self.header_row = preview[header.bottom].number
        self._own_names = frozenset(self.headers)
        self.total: int | None = self._estimate(sample, sample_share)
        self._share_read = 0.0

    def rows(self) -> Iterator[Row]:
        """The records after the header; blank ones and repetitions of the header are left out."""
        width = max(self._columns) + 1
        for record in self._records():
            if record.number <= self.header_row:
                continue
            if record.problem:
                yield Row(record.number, dict.fromkeys(self.headers, ""), (record.problem,))
                continue
            cells = record.cells
            if not any(cells) or is_repeated_header(cells, self._own_names):
                continue
            values = {name: cells[at] if at < len(cells) else "" for at, name in self._columns.items()}
            problems = [
                found for name, text in values.items() if text and (found := text_problem(name, text))
            ]
            beyond = [cell for cell in cells[width:] if cell]
            if beyond:
                params = {"found": len(cells), "expected": width}
                problems.append(CellProblem("too_many_cells", value="; ".join(beyond), params=params))
            yield Row(record.number, values, tuple(problems))
        self._share_read = 1.0

    def progress(self) -> float:
        """Share of the bytes on disk that were read."""
        if self._raw is not None and not self._raw.closed and self._size:
            self._share_read = min(1.0, self._raw.tell() / self._size)
        return self._share_read

    def close(self) -> None:
        """Release the file."""
        if self._raw is not None:
            self._raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _detect_encoding(self) -> str:
        with open_bytes(self._path, gzipped=self._gzipped)[0] as stream:
            try:
                return detect_encoding(stream)
            except DAMAGE:
                # Whatever came before the damage was ASCII; reading will meet it again and name the line.
                return "utf-8"

    @contextmanager
    def _text(self) -> Iterator[IO[str]]:
        stream, self._raw = open_bytes(self._path, gzipped=self._gzipped)
        # "replace" marks what cannot be decoded, so that the row is reported and reading goes on.
        with io.TextIOWrapper(stream, encoding=self.encoding, errors="replace", newline="") as text:
            yield text

    def _sample(self) -> tuple[str, float]:
        """The file's beginning, and the share of the file it is."""
        with self._text() as text:
            sample = text.read(SAMPLE_BYTES)
            whole = not text.read(1)
            return sample, 1.0 if whole else self.progress()

    def _records(self) -> Generator[Record, None, None]:
        number = 1
        with self._text() as text:
            try:
                for record in read_records(text, self._delimiter):
                    number = record.number
                    yield Record(number, [clean_text(cell) for cell in record.cells], record.problem)
            except DAMAGE as error:
                raise UnreadableTable("damaged_file", line=number) from error

    def _estimate(self, sample: str, share: float) -> int:
        lines = io.StringIO(sample, newline="")
        counted = sum(
            1
            for record in read_records(lines, self._delimiter)
            if record.number > self.header_row and (record.problem or any(map(clean_text, record.cells)))
        )
        return counted if share >= 1.0 else round(counted / share)


def _sniff_delimiter(sample: str, synonyms: Mapping[str, str]) -> str:
    """The delimiter under which a row names most fields; failing that, the one that makes most columns."""

    def score(delimiter: str) -> tuple[int, float]:
        records = islice(read_records(io.StringIO(sample, newline=""), delimiter), HEADER_SEARCH_ROWS)
        rows = [[clean_text(cell) for cell in record.cells] for record in records]
        recognised = max((header_score(row, synonyms) for row in rows), default=0) if synonyms else 0
        return recognised, statistics.median(map(len, rows)) if rows else 0.0

    return max(DELIMITERS, key=score)
