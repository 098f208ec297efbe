"""Open a table of whatever format a person sends: CSV, TSV, either gzipped, or XLSX."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.imports.company_headers import COMPANY_HEADERS
from app.imports.delimited import DelimitedTable
from app.imports.problems import CellProblem, UnreadableTable, table_problem_text
from app.imports.rows import Row, Table

__all__ = ["CellProblem", "Row", "Table", "UnreadableTable", "open_table", "table_problem_text"]

_ZIP, _GZIP, _COMPOUND, _PDF = b"PK", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
_MARKUP = (b"<!doctype html", b"<html", b"<table", b"<?xml")
_DIRECTORY_NAME = "EncryptedPackage".encode("utf-16-le")


def open_table(
    path: Path, *, sheet: str | None = None, synonyms: Mapping[str, str] = COMPANY_HEADERS
) -> Table:
    """Open a file by what it holds, whatever its name says.

    ``synonyms`` maps known header names to fields; the header row, the sheet and the delimiter are those that name
    most of them (pass a person's mapping file merged in; empty: the widest row is the header). ``sheet`` names a
    sheet of a workbook. Raises UnreadableTable ("unsupported_format", "encrypted_workbook", "damaged_file",
    "too_large", "undecodable_bytes", "empty_table", "no_known_headers", "no_such_sheet").
    """
    with path.open("rb") as stream:
        start = stream.read(512)
    if not start:
        raise UnreadableTable("empty_table")
    if start.startswith(_COMPOUND):
        if _is_encrypted_workbook(path):
            raise UnreadableTable("encrypted_workbook")
        raise UnreadableTable("unsupported_format", format="xls")
    if start.startswith((_ZIP + b"\x03\x04", _ZIP + b"\x05\x06")):
        # The workbook reader takes a quarter of a second to import, and most commands read none.
        from app.imports.workbook import WorkbookTable

        return WorkbookTable(path, sheet=sheet, synonyms=synonyms)
    if start.startswith(_PDF):
        raise UnreadableTable("unsupported_format", format="pdf")
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        raise UnreadableTable("unsupported_format", format="html/xml")
    return DelimitedTable(path, gzipped=start.startswith(_GZIP), synonyms=synonyms)


def _is_encrypted_workbook(path: Path) -> bool:
    """An encrypted .xlsx is a compound file, like an old .xls, with a stream of this name in its directory."""
    overlap = len(_DIRECTORY_NAME)
    window = b""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            window = window[-overlap:] + block
            if _DIRECTORY_NAME in window:
                return True
    return False
