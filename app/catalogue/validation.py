"""Fields against the declaration of their form: clean values, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.catalogue.declarations import FieldDeclaration, FormDeclaration, load_kinds
from app.catalogue.problems import FieldProblem, InvalidFields, Refused, problem
from app.catalogue.values import is_blank, read_value
from search.documents import Kind

_SHOWN_NAME = 64


def is_visible(declared: FieldDeclaration, fields: Mapping[str, Any]) -> bool:
    """Whether the field is asked for, given the clean values of the fields before it."""
    when = declared.visible_when
    if when is None:
        return True
    chosen = fields.get(when.field)
    return any(value in when.values for value in (chosen if isinstance(chosen, list) else [chosen]))


def validate_fields(kind: Kind, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The clean values of a listing of this kind. Raises InvalidFields."""
    return validate_form(load_kinds()[kind], raw)


def validate_form(declaration: FormDeclaration, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The clean, JSON-able values of ``raw``, in form order; blank fields are left out.

    Numbers come back as int or float, dates as ISO 8601, units as their codes, options in declared order. Cleaning a clean
    value changes nothing. Raises InvalidFields, and nothing else, with one problem for each field at fault; while the
    field another one depends on is itself at fault, the dependent field is neither demanded nor refused.
    """
    clean, problems = read_fields(declaration, raw)
    if problems:
        raise InvalidFields(problems)
    return clean


def read_fields(
    declaration: FormDeclaration, raw: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """What of ``raw`` is right, as validate_form gives it, and what is wrong with the rest."""
    if not isinstance(raw, Mapping):
        return {}, [FieldProblem("", "type", {"expected": "object"})]
    problems: list[FieldProblem] = []
    clean: dict[str, Any] = {}
    unsure: set[str] = set()
    for declared in declaration.fields:
        given = raw.get(declared.key)
        undecided = declared.visible_when is not None and declared.visible_when.field in unsure
        if undecided:
            unsure.add(declared.key)
        elif not is_visible(declared, clean):
            if not is_blank(declared, given):
                problems.append(_hidden(declaration, declared))
            continue
        if is_blank(declared, given):
            if declared.required and not undecided:
                problems.append(problem(declared, "required"))
                unsure.add(declared.key)
            continue
        try:
            clean[declared.key] = read_value(declared, given)
        except Refused as refused:
            problems.append(problem(declared, refused.code, **refused.params))
            unsure.add(declared.key)
    problems.extend(_unknown(declaration, raw))
    return clean, problems


def _unknown(declaration: FormDeclaration, raw: Mapping[str, Any]) -> list[FieldProblem]:
    known = [declared.key for declared in declaration.fields]
    return [
        FieldProblem(_printable(key), "unknown_field", {"names": known}) for key in raw if key not in known
    ]


def _printable(key: Any) -> str:
    """A field name somebody made up, fit to be sent back as UTF-8."""
    return str(key)[:_SHOWN_NAME].encode("utf-8", "replace").decode("utf-8")


def _hidden(declaration: FormDeclaration, declared: FieldDeclaration) -> FieldProblem:
    when = declared.visible_when
    asked = declaration.field(when.field) if when else None
    if when is None or asked is None:
        raise AssertionError("only a field with a checked condition can be hidden")
    values = [
        option.model_dump()
        if isinstance(value, str) and (option := asked.option(value))
        else {"value": value, "zh": "是" if value else "否", "en": "yes" if value else "no"}
        for value in when.values
    ]
    return problem(
        declared,
        "hidden_field",
        depends_on=asked.key,
        when={"zh": asked.label.zh, "en": asked.label.en},
        values=values,
    )
