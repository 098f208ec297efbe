"""Reading forms: what a browser sends, as the services take it, and errors beside the fields they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from app.catalogue.declarations import FieldDeclaration, FormDeclaration
from app.core.errors import InvalidInput
from app.core.i18n import Language
from app.core.validation import problems_of

Errors = Mapping[str, list[str]]
"""Sentences by field path; those of no field under ""."""

Schema = TypeVar("Schema", bound=BaseModel)

PREFIX = "fields."


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=500)


async def _form_with_files(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=10, max_fields=100) as form:
        yield form


FormDep = Annotated[FormData, Depends(_form)]
FilesDep = Annotated[FormData, Depends(_form_with_files)]
"""A form that may carry files."""


def version_of(form: FormData) -> str | None:
    """The version a form was filled in on, as If-Match says it; None where it says none."""
    version = text_of(form, "version")
    return f'"{version}"' if version else None


def text_of(form: FormData, name: str) -> str:
    """One text of a form; "" when it was not sent."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def number_text(value: float) -> str:
    """A number as an input holds it, with every digit: what comes back unchanged must mean the same."""
    return f"{value:.15g}"


def texts_of(form: FormData, name: str) -> list[str]:
    """Every text sent under a name: ticked boxes."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def validated(schema: type[Schema], said: Mapping[str, Any]) -> Schema:
    """What a page sent, as the service takes it. Raises InvalidInput, as the service would."""
    try:
        return schema.model_validate(said)
    except ValidationError as error:
        raise invalid_input(error) from error


def invalid_input(error: ValidationError) -> InvalidInput:
    """What a schema refused, as the error a service would raise."""
    # problems_of expects where in the request a value stands first ("body").
    return InvalidInput(
        problems=problems_of([dict(one) | {"loc": ("body", *one["loc"])} for one in error.errors()])
    )


def errors_of(error: InvalidInput, language: Language) -> Errors:
    """Problems by the name of the form's field; parts of a value (fields.size.low) fall to their field."""
    found: dict[str, list[str]] = defaultdict(list)
    for problem in error.problems:
        found[problem.field].append(problem.text(language))
    return dict(found)


def read_fields(declaration: FormDeclaration, form: FormData) -> dict[str, Any]:
    """The values of a declared form's fields as validation reads them, whatever was typed; what was not sent is left out."""
    values = {declared.key: _read(declared, form) for declared in declaration.fields}
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _read(declared: FieldDeclaration, form: FormData) -> Any:
    name = PREFIX + declared.key
    match declared.type:
        case "texts":
            return [line.strip() for line in text_of(form, name).splitlines() if line.strip()]
        case "options":
            return texts_of(form, name)
        case "quantity":
            return _parts(form, name, ("value", "unit"), needed=("value",))
        case "range":
            return _parts(form, name, ("low", "high", "unit"), needed=("low", "high"))
        case "windows":
            return _windows(form, name, declared.max_items)
        case _:
            return text_of(form, name)


def _parts(form: FormData, name: str, parts: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, str]:
    given = {part: text_of(form, f"{name}.{part}").strip() for part in parts}
    # A unit alone is what an untouched field sends.
    return (
        {part: value for part, value in given.items() if value} if any(given[part] for part in needed) else {}
    )


def _windows(form: FormData, name: str, most: int) -> list[dict[str, str]]:
    parts = ("from", "to", "free")
    rows = ({part: text_of(form, f"{name}.{at}.{part}").strip() for part in parts} for at in range(most))
    return [row for row in rows if any(row.values())]
