"""One row of a sheet of listings as a Statement, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.catalogue.bulk import Statement
from app.catalogue.cells import find_column, raw_from_cells
from app.catalogue.declarations import comparable, import_columns, load_kinds
from app.catalogue.problems import InvalidFields, problem_text
from app.catalogue.validation import validate_fields
from app.imports.company_headers import COMPANY_HEADERS
from app.imports.company_values import Refused, read_uscc
from app.imports.headers import Recognition
from app.imports.row_problems import RowProblem, from_cell, row_problem
from app.imports.row_text import plain
from app.imports.rows import Row
from search.documents import KINDS, ROLES, Kind, Role

MOST_TITLE = 120
MOST_SUMMARY = 4000

_NAMES: dict[str, tuple[str, ...]] = {
    "kind": ("要素类别", "供给类别", "要素类型", "类别", "种类", "kind", "listing kind", "factor"),
    "title": ("名称", "标题", "供给名称", "产品名称", "服务名称", "title", "listing", "offer"),
    "role": ("供应方式", "角色", "role"),
    "summary": ("简介", "说明", "描述", "供给说明", "summary", "description"),
}
LISTING_HEADERS: dict[str, str] = {
    **{name: "uscc" for name, field in COMPANY_HEADERS.items() if field == "uscc"},
    **{name: field for field, names in _NAMES.items() for name in names},
}
"""Header name -> column that every kind has."""

LISTING_COLUMNS = ("uscc", "kind", "title", "role", "summary")

_KIND_WORDS: dict[str, Kind] = {
    "劳务": "labour", "用工": "labour", "人才": "labour", "原料": "raw_material", "加工": "processing",
    "外协加工": "processing", "产能": "capacity", "物流": "logistics", "仓储": "logistics", "金融": "finance",
    "技术": "technology", "科技成果": "technology", "服务": "tech_service",
}  # fmt: skip
_ROLE_WORDS: dict[str, Role] = {
    "生产": "make", "制造": "make", "自产": "make", "厂家": "make", "加工": "process", "代工": "process",
    "来料加工": "process", "经销": "resell", "销售": "resell", "代理": "resell", "贸易": "resell", "服务": "service",
}  # fmt: skip

_ROLE_OF_SUPPLY: dict[str, Role] = {"maker": "make", "agent": "resell", "reseller": "resell"}
"""What the field supply_role says, where the sheet has no column for the role."""


@lru_cache(maxsize=1)
def header_names() -> dict[str, str]:
    """Every header any kind knows, for telling which row of a sheet is the header."""
    return {name: field for kind in KINDS for name, field in import_columns(kind).items()} | LISTING_HEADERS


@lru_cache(maxsize=1)
def _kinds() -> dict[str, Kind]:
    names: dict[str, Kind] = {comparable(word): kind for word, kind in _KIND_WORDS.items()}
    for kind, declared in load_kinds().items():
        names |= {comparable(name): kind for name in (kind, declared.name.zh, declared.name.en)}
    return names


class ListingRows:
    """Reads the rows of one table. ``kind`` is meant where a row names none."""

    def __init__(self, columns: Recognition, *, kind: Kind | None) -> None:
        self._own = {field: header for header, field in columns.columns.items()}
        self._others = [*columns.unknown]
        self._kind = kind
        self.used: set[str] = set()
        """Headers that a kind of some row so far knows."""

    def read(self, row: Row) -> tuple[Statement | None, list[RowProblem]]:
        """The statement, or None and every problem."""
        problems: list[RowProblem] = []
        uscc = self._uscc(row.values, problems)
        kind = self._kind_of(row.values, problems)
        title = self._text(row.values, "title", MOST_TITLE, problems, required=True)
        summary = (
            self._text(row.values, "summary", MOST_SUMMARY, problems) if "summary" in self._own else None
        )
        role = self._role(row.values, problems)
        if kind is None:
            return None, problems
        known = {header: found[0] for header in self._others if (found := find_column(kind, header))}
        self.used.update(known)
        read = {"", *self._own.values(), *known}
        problems += [from_cell(found) for found in row.problems if found.column in read]
        fields = _fields(kind, {header: row.values[header] for header in known}, known, problems)
        if problems:
            return None, problems
        role = role or _ROLE_OF_SUPPLY.get(fields.get("supply_role", ""))
        return Statement(uscc, kind, title, role, summary, fields), []

    def _uscc(self, values: Mapping[str, str], problems: list[RowProblem]) -> str:
        header = self._own["uscc"]
        text = plain(values[header])
        if not text:
            problems.append(row_problem("required", header))
            return ""
        try:
            return read_uscc(text)
        except Refused as refused:
            found = refused.problem
            problems.append(RowProblem(found.code, header, values[header], found.zh, found.en))
            return ""

    def _kind_of(self, values: Mapping[str, str], problems: list[RowProblem]) -> Kind | None:
        header = self._own.get("kind", "")
        written = values.get(header, "")
        if not plain(written) and self._kind:
            return self._kind
        kind = _kinds().get(comparable(plain(written)))
        if kind is None:
            words = {kind: declared.name.zh for kind, declared in load_kinds().items()}
            problems.append(
                row_problem(
                    "unknown_kind",
                    header,
                    written,
                    names="、".join(words.values()),
                    names_en=", ".join(words),
                )
            )
        return kind

    def _role(self, values: Mapping[str, str], problems: list[RowProblem]) -> Role | None:
        header = self._own.get("role", "")
        written = values.get(header, "")
        text = plain(written).casefold()
        if not text:
            return None
        role = next((role for role in ROLES if role == text), None) or _ROLE_WORDS.get(text)
        if role is None:
            problems.append(
                row_problem(
                    "unknown_role", header, written, names="、".join(_ROLE_WORDS), names_en=", ".join(ROLES)
                )
            )
        return role

    def _text(
        self,
        values: Mapping[str, str],
        field: str,
        longest: int,
        problems: list[RowProblem],
        *,
        required: bool = False,
    ) -> str:
        header = self._own[field]
        text = plain(values[header])
        if len(text) > longest:
            problems.append(row_problem("too_long", header, values[header], max_length=longest))
        elif required and not text:
            problems.append(row_problem("required", header))
        return text


def _fields(
    kind: Kind, cells: Mapping[str, str], known: Mapping[str, str], problems: list[RowProblem]
) -> dict[str, Any]:
    """The valid fields in ``cells``; ``known`` maps their headers to fields."""
    try:
        return validate_fields(kind, raw_from_cells(kind, cells))
    except InvalidFields as error:
        headers = {field: header for header, field in known.items()}
        for found in error.problems:
            header = headers.get(found.field, "")
            zh, en = problem_text(found, "zh"), problem_text(found, "en")
            problems.append(RowProblem(found.code, header or found.field, cells.get(header, ""), zh, en))
        return {}
