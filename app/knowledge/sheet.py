"""Words as a file: written for a spreadsheet, read back row by row, and taken over whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session, col, select

from app.accounts.policy import require
from app.core.errors import InvalidInput, Problem
from app.core.i18n import LANGUAGES, Language, translate
from app.core.ids import new_id
from app.core.validation import problems_of
from app.imports.error_rows import defuse
from app.imports.headers import recognise
from app.imports.uploaded import uploaded_table
from app.knowledge.models import WordRelation, pair_key
from app.knowledge.names import KINS, STATES
from app.knowledge.policy import KINS as STATED
from app.knowledge.schemas import WordCreate
from app.knowledge.service import replace_word

MOST = 2_000
COLUMNS: Mapping[str, str] = {
    "term": "词",
    "kin": "关系",
    "other": "另一词",
    "weight": "分量",
    "state": "状态",
    "firms": "同做企业数",
}
"""The columns of the file, by field; ``firms`` is shown and never read."""

_CHOICES: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("kin", {kin: KINS[kin] for kin in STATED}, "关系须为：{options}"),
    ("state", STATES, "状态须为：{options}"),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be taken over, by its number in the sheet or line in the text, and why."""

    number: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: pairs changed, undone by ``batch``; with anything wrong, none is changed."""

    batch: UUID
    changed: int
    wrong: list[Wrong]


def export_words(session: Session, language: Language) -> bytes:
    """Every pair as CSV that Excel reads, the surest suggestions first. Raises Forbidden."""
    require(session, "words.edit", division="")
    order = (col(WordRelation.score).desc(), col(WordRelation.id).desc())
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([translate(name, language) for name in COLUMNS.values()])
    for row in session.scalars(select(WordRelation).order_by(*order)):
        kin, state = translate(KINS[row.kin], language), translate(STATES[row.state], language)
        writer.writerow([defuse(row.term), kin, defuse(row.other), f"{row.weight:g}", state, row.firms])
    return file.getvalue().encode("utf-8-sig")


def import_words(session: Session, content: bytes) -> Imported:
    """Take over every row of a CSV or XLSX file, or say what is wrong and take none.

    Rows still to be decided are passed over. Raises Forbidden, and InvalidInput for a file that cannot be read.
    """
    require(session, "words.edit", division="")
    said: dict[str, WordCreate] = {}
    wrong: list[Wrong] = []
    for number, values in _rows(content):
        read = _read(values)
        if isinstance(read, Problem):
            wrong.append(Wrong(number, read))
        elif read is not None:
            key = pair_key(read.term, read.other)
            if key in said:
                twice = Problem("other", "duplicate_in_file", "与前面的一行是同一词对，请只留一行")
                wrong.append(Wrong(number, twice))
            said[key] = read
    batch = new_id()
    if wrong:
        return Imported(batch, 0, wrong)
    # In the order in which decisions lock them, so that neither waits for the other for ever.
    held = select(WordRelation).where(col(WordRelation.pair).in_(list(said))).order_by(col(WordRelation.id))
    session.scalars(held.with_for_update()).all()
    changed = sum(replace_word(session, said=said[key], batch=batch) for key in sorted(said))
    return Imported(batch, changed, [])


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows' numbers and texts by field."""
    synonyms = {name: field for field, names in _names(COLUMNS).items() for name in names}
    count = 0
    with uploaded_table(content, synonyms=synonyms) as table:
        fields = {field: header for header, field in recognise(table.headers, synonyms).columns.items()}
        if not {"term", "other"} <= set(fields):
            raise _unreadable("no_word_column", "没有认出“词”和“另一词”两列，请按导出的文件改正表头")
        for count, row in enumerate(table.rows(), 1):
            if count > MOST:
                raise _unreadable("too_many_rows", "一次最多导入 {most} 行，请分成几个文件", most=MOST)
            yield row.number, {field: _plain(row.values.get(header, "")) for field, header in fields.items()}
    if not count:
        raise _unreadable("empty_table", "文件里没有词对，请从第二行起每行一对")


def _read(values: Mapping[str, str]) -> WordCreate | Problem | None:
    """What a row says; None when it is still to be decided."""
    said: dict[str, Any] = {"term": values["term"], "other": values["other"]}
    for field, table, message in _CHOICES:
        if typed := values.get(field, "").casefold():
            code = next((code for code, names in _names(table).items() if typed in names), None)
            if code is None:
                return Problem(field, "not_an_option", _with_options(message, table))
            said[field] = code
    if said.get("state") == "suggested":
        return None
    if weight := values.get("weight", ""):
        said["weight"] = weight
    try:
        return WordCreate.model_validate(said)
    except ValidationError as error:
        # problems_of expects where in the request a value stands first ("body").
        return problems_of([dict(one) | {"loc": ("body", *one["loc"])} for one in error.errors()])[0]


def _with_options(message: str, table: Mapping[str, str]) -> dict[Language, str]:
    return {
        language: translate(
            message, language, options=" / ".join(translate(name, language) for name in table.values())
        )
        for language in LANGUAGES
    }


def _names(table: Mapping[str, str]) -> dict[str, set[str]]:
    """A code, and what it is called in every language, in lower case."""
    return {
        code: {code, *(translate(name, language).casefold() for language in LANGUAGES)}
        for code, name in table.items()
    }


def _plain(text: str) -> str:
    """As it was before it was made safe for a spreadsheet."""
    text = text.strip()
    return text[1:] if text.startswith("'") and defuse(text[1:]) == text else text


def _unreadable(code: str, message: str, **params: int) -> InvalidInput:
    return InvalidInput(problems=[Problem("file", code, message, params)])
