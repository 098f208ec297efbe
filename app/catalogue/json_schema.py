"""A kind's fields as JSON Schema 2020-12, for the API's description and for clients that check before they send.

The schema is the strict spelling: what it accepts, validation accepts, and what validation returns, it accepts.
Validation also reads looser spellings (full-width digits, Chinese unit names), and alone checks that a range or a window
does not end before it starts, which JSON Schema cannot say.
"""

from __future__ import annotations

from typing import Any

from app.catalogue.declarations import FieldDeclaration, FormDeclaration, load_kinds
from app.catalogue.values import CONTROL, LINE_BREAKS, ZERO_WIDTH
from search.documents import Kind

Schema = dict[str, Any]

_SPACE = "\t\n\r \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_DATE: Schema = {
    "type": "string",
    "format": "date",
    "pattern": "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
}


def json_schema(kind: Kind) -> Schema:
    """The schema of the ``fields`` of a listing of this kind."""
    return form_schema(load_kinds()[kind])


def form_schema(declaration: FormDeclaration) -> Schema:
    """The schema of a form's ``fields`` object; titles are Chinese, descriptions lead with English."""
    conditions = [_condition(declared) for declared in declaration.fields if declared.visible_when]
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": declaration.name.zh,
        "description": f"{declaration.name.en}. {declaration.description.en}",
        "type": "object",
        "properties": {declared.key: _property(declared) for declared in declaration.fields},
        "required": [f.key for f in declaration.fields if f.required and f.visible_when is None],
        "additionalProperties": False,
        "examples": [declaration.example],
    }
    return {**schema, "allOf": conditions} if conditions else schema


def _condition(declared: FieldDeclaration) -> Schema:
    when = declared.visible_when
    if when is None:
        raise AssertionError("asked only of a field with a condition")
    # One shape fits both a single choice and many: the value itself, or a list that holds it.
    chosen = {
        "anyOf": [{"enum": list(when.values)}, {"type": "array", "contains": {"enum": list(when.values)}}]
    }
    return {
        "if": {"properties": {when.field: chosen}, "required": [when.field]},
        "then": {"required": [declared.key] if declared.required else []},
        "else": {"properties": {declared.key: False}},
    }


def _property(declared: FieldDeclaration) -> Schema:
    about = f"{declared.label.en}. {declared.help.en}"
    return {"title": declared.label.zh, "description": about, **_value(declared)}


def _value(declared: FieldDeclaration) -> Schema:
    match declared.type:
        case "text" | "long_text":
            return _text(declared)
        case "texts":
            return _array(declared, _text(declared))
        case "integer":
            return {"type": "integer", **_bounds((declared.minimum, declared.maximum))}
        case "decimal" | "money":
            return {"type": "number", **_bounds((declared.minimum, declared.maximum))}
        case "quantity":
            return _measured(declared, ["value"])
        case "range":
            return {**_measured(declared, ["low", "high"]), "minProperties": 2}
        case "date":
            return _DATE
        case "boolean":
            return {"type": "boolean"}
        case "option":
            return _choice(declared)
        case "options":
            return {"type": "array", "items": _choice(declared), "minItems": 1, "uniqueItems": True}
        case "windows":
            free = {"type": "number", "minimum": 0, "maximum": 100, "description": "Percent of capacity free"}
            return _array(
                declared, _object({"from": _DATE, "to": _DATE, "free": free}, ["from", "to", "free"])
            )


def _text(declared: FieldDeclaration) -> Schema:
    if declared.pattern:
        return {"type": "string", "maxLength": declared.max_length, "pattern": f"^(?:{declared.pattern})$"}
    refused = CONTROL + ZERO_WIDTH + ("" if declared.type == "long_text" else LINE_BREAKS)
    pattern = f"^[^{refused}]*[^{refused}{_SPACE}][^{refused}]*$"
    return {"type": "string", "minLength": 1, "maxLength": declared.max_length, "pattern": _escaped(pattern)}


def _escaped(pattern: str) -> str:
    """Invisible characters spelled out, so that the schema survives being read, printed and pasted."""
    return "".join(char if " " <= char <= "~" else f"\\u{ord(char):04x}" for char in pattern)


def _bounds(bounds: tuple[float, float]) -> Schema:
    low, high = (int(bound) if float(bound).is_integer() else bound for bound in bounds)
    return {"minimum": low, "maximum": high}


def _measured(declared: FieldDeclaration, numbers: list[str]) -> Schema:
    """An object with a unit; its numbers are bounded unit by unit."""
    names = {name: {"type": "number"} for name in numbers}
    required = ["unit"] if len(numbers) > 1 else [*numbers, "unit"]
    by_unit = [
        {
            "properties": {
                "unit": {"const": unit},
                **{name: _bounds(declared.bounds_in(unit)) for name in numbers},
            }
        }
        for unit in declared.units
    ]
    shape = _object({**names, "unit": {"type": "string", "enum": list(declared.units)}}, required)
    return {**shape, "anyOf": by_unit}


def _choice(declared: FieldDeclaration) -> Schema:
    words = "; ".join(f"{option.value}: {option.zh} {option.en}" for option in declared.options)
    return {"type": "string", "enum": [option.value for option in declared.options], "description": words}


def _array(declared: FieldDeclaration, items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": declared.max_items}


def _object(properties: dict[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
