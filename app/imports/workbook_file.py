"""What is checked and read in a workbook's file before openpyxl opens it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from openpyxl.utils.cell import range_boundaries

from app.imports.header_row import Area
from app.imports.problems import UnreadableTable

MAX_UNPACKED_BYTES = 1 << 30
MAX_SHARED_STRINGS_BYTES = 1 << 28
"""Shared strings are held in memory; sheets are streamed."""
MAX_RATIO = 500
"""Deflate packs a run of one byte about 1000 times; published sheets were packed 5 to 8 times."""
RATIO_FROM_BYTES = 1 << 26
MAX_AREAS = 200_000

_KINDS = {
    "xl/workbook.bin": "xlsb",
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "content.xml": "ods",
}
_WORKBOOK_PART = re.compile(r"xl/workbook\d*\.xml", re.IGNORECASE)
_SHEET_DATA_END = re.compile(rb"</(?:\w+:)?sheetData\s*>|<(?:\w+:)?sheetData\s*/>")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+\d+:[A-Z]+\d+)["']""")
_BLOCK = 1 << 20


def check_workbook(path: Path) -> None:
    """Refuse what is no .xlsx, is encrypted, is damaged, or unpacks beyond the limits (UnreadableTable)."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableTable("damaged_file", line=1) from error
    names = {part.filename for part in parts}
    if not any(map(_WORKBOOK_PART.fullmatch, names)):
        kind = next((kind for name, kind in _KINDS.items() if name in names), "zip")
        raise UnreadableTable("unsupported_format", format=kind)
    if any(part.flag_bits & 0x1 for part in parts):
        raise UnreadableTable("encrypted_workbook")
    # zipfile never gives more bytes of a part than its directory entry states, so these sums can be trusted.
    total = sum(part.file_size for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if total > MAX_UNPACKED_BYTES:
        raise UnreadableTable("too_large", limit_mb=MAX_UNPACKED_BYTES >> 20)
    if strings > MAX_SHARED_STRINGS_BYTES:
        raise UnreadableTable("too_large", limit_mb=MAX_SHARED_STRINGS_BYTES >> 20)
    if total > RATIO_FROM_BYTES and total > MAX_RATIO * max(1, path.stat().st_size):
        raise UnreadableTable("too_large", limit_mb=RATIO_FROM_BYTES >> 20)


def merged_areas(path: Path, part: str) -> list[Area]:
    """The merged areas of a sheet, by their first row.

    They stand after the cells in the file, where a streaming reader learns of them too late (openpyxl's read-only
    mode leaves them out), so the cells are skipped over once, unparsed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            tail = b"".join(_after_cells(archive, part))
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise UnreadableTable("damaged_file", line=1) from error
    areas: list[Area] = []
    for found in _MERGED.finditer(tail):
        left, top, right, bottom = range_boundaries(found[1].decode("ascii"))
        areas.append(Area(top - 1, left - 1, bottom - 1, right - 1))
        if len(areas) >= MAX_AREAS:
            break
    return sorted(areas, key=lambda area: (area.top, area.left))


def _after_cells(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as stream:
        window = b""
        while block := stream.read(_BLOCK):
            window += block
            if found := _SHEET_DATA_END.search(window):
                yield window[found.end() :]
                break
            window = window[-64:]
        while block := stream.read(_BLOCK):
            yield block
