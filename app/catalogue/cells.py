"""Spreadsheet cells to raw fields: "500 吨/月", "6-60mm", "车削、铣削" become what validation reads.

Only the shape is changed here. A cell that cannot be taken apart is passed on as it is, so that validation refuses it by
name and the person sees one kind of message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from app.catalogue.declarations import FieldDeclaration, comparable, import_columns, load_kinds
from app.catalogue.units import find_unit
from search.documents import Kind

_BETWEEN = re.compile(r"[、,;\n]+")
_NUMBER = r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?"
_QUANTITY = re.compile(rf"({_NUMBER})\s*(\S.*)?")
_RANGE = re.compile(rf"(?:({_NUMBER})\s*([^0-9\s~至到-]*)\s*(?:-{{1,2}}|~|至|到)\s*)?({_NUMBER})\s*(\S.*)?")
_WINDOW = re.compile(r"(.+?)(?:\s*(?:~|至|到)\s*|\s+-\s+)(\S+?)(?:\s*[:\s]\s*([0-9.]+)\s*%?)?")
LONGEST = 500
"""Characters of a cell or header taken apart; a longer one is no quantity, and would be slow to try."""
_NUMBERING = re.compile(r"^\d+[.、)]\s*")
_HEADER_UNIT = re.compile(r"(.+?)[(\[/](.+?)[)\]]?")


def without_numbering(header: str) -> str:
    """２、材质 -> 材质: a header in half width, without the number that forms put before it."""
    return _NUMBERING.sub("", unicodedata.normalize("NFKC", header).strip())


def find_column(kind: Kind, header: str) -> tuple[str, str] | None:
    """The field key a header names, and the unit it carries ("月产量（吨/月）"), or None when it names no field."""
    columns = import_columns(kind)
    header = without_numbering(header[:LONGEST])
    key = columns.get(comparable(header))
    if key:
        return key, ""
    parts = _HEADER_UNIT.fullmatch(header)
    key = columns.get(comparable(parts[1])) if parts else None
    return (key, parts[2].strip()) if parts and key else None


def raw_from_cells(kind: Kind, cells: Mapping[str, Any]) -> dict[str, Any]:
    """Raw fields for ``validate_fields`` from cells by header; headers that name no field are left to the caller.

    A quantity without a unit takes that of its header, else the field's first unit.
    """
    raw: dict[str, Any] = {}
    for header, cell in cells.items():
        column = find_column(kind, header)
        declared = load_kinds()[kind].field(column[0]) if column else None
        if column and declared:
            raw[declared.key] = read_cell(declared, cell, unit=column[1])
    return raw


def read_cell(declared: FieldDeclaration, cell: Any, *, unit: str = "") -> Any:
    """The raw value of one cell; ``unit`` is assumed where the cell names none."""
    if (
        declared.type in {"quantity", "range"}
        and isinstance(cell, int | float)
        and not isinstance(cell, bool)
    ):
        cell = str(cell)
    if declared.type in {"text", "texts"} and isinstance(cell, int | float) and not isinstance(cell, bool):
        cell = f"{cell:.15g}"  # A spreadsheet keeps the model "304" as a number.
    if not isinstance(cell, str) or not cell.strip():
        return cell
    if len(cell) > LONGEST and declared.type not in {"texts", "options"}:
        return cell
    folded = unicodedata.normalize("NFKC", cell).strip()
    assumed = unit or (declared.units[0] if declared.units else "")
    match declared.type:
        case "texts":
            return [part for part in map(str.strip, re.split(r"[、;；\n]+", cell)) if part]
        case "option":
            return _option(declared, folded)
        case "options":
            return [_option(declared, part.strip()) for part in _BETWEEN.split(folded) if part.strip()]
        case "quantity":
            found = _QUANTITY.fullmatch(folded)
            return {"value": found[1], "unit": _unit(found[2], assumed)} if found else cell
        case "range":
            return _range(folded, assumed) or cell
        case "windows":
            return _windows(folded) or cell
        case "integer" | "decimal" | "money":
            found = _QUANTITY.fullmatch(folded)
            return found[1] if found and _same_unit(found[2], declared) else cell
        case _:
            return cell


def _option(declared: FieldDeclaration, words: str) -> str:
    """The option called ``words``, by value or by either label; the words themselves when there is none."""
    for option in declared.options:
        if words in (option.zh, option.value, option.en):
            return option.value
    asked = comparable(words)
    for option in declared.options:
        if asked in {comparable(name) for name in (option.value, option.zh, option.en)}:
            return option.value
    return words


def _unit(written: str | None, assumed: str) -> str:
    name = written or assumed
    found = find_unit(name)
    return found.code if found else name


def _same_unit(written: str | None, declared: FieldDeclaration) -> bool:
    """Whether a unit typed behind a plain number is the one the field is in."""
    found = find_unit(written or "")
    own = "CNY" if declared.type == "money" else declared.unit
    return not written or (found is not None and found.code == own)


def _range(text: str, assumed: str) -> dict[str, str] | None:
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    low, low_unit, high, high_unit = found.groups()
    if low is None:
        low = high
    if low_unit and high_unit and _unit(low_unit, "") != _unit(high_unit, ""):
        return None
    return {"low": low, "high": high, "unit": _unit(high_unit or low_unit, assumed)}


def _windows(text: str) -> list[dict[str, str]] | None:
    parts = [_WINDOW.fullmatch(part.strip()) for part in re.split(r"[;\n]+", text) if part.strip()]
    read = [{"from": part[1], "to": part[2], "free": part[3] or "100"} for part in parts if part]
    return read if len(read) == len(parts) else None
