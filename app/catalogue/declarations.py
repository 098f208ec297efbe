"""What each kind of production factor asks of a listing, declared once in ``kinds/*.toml``.

Validation, the API schema, forms, import columns and the indexed words are all drawn from these declarations, so a field
is added or changed in one place. A declaration that contradicts itself stops the program at load, by name.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.catalogue.units import UNITS
from search.documents import KINDS, Kind

FOLDER = Path(__file__).parent / "kinds"

FieldType = Literal[
    "text",
    "long_text",
    "texts",
    "integer",
    "decimal",
    "quantity",
    "range",
    "money",
    "date",
    "boolean",
    "option",
    "options",
    "windows",
]
Language = Literal["zh", "en"]

_TEXT = {"text", "long_text", "texts"}
_CHOICE = {"option", "options"}
_MEASURED = {"quantity", "range"}
_NUMERIC = {"integer", "decimal", "money"} | _MEASURED
_SPEC = {"text", "texts"} | _CHOICE | _NUMERIC

DEFAULT_MAX_LENGTH = {"text": 200, "long_text": 4000, "texts": 100}
DEFAULT_MAXIMUM = 1e12

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class DeclarationError(ValueError):
    """A file of ``kinds/`` contradicts itself; the message names the file and the field."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Declared):
    """The same words in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: Language) -> str:
        """The words in ``language``."""
        return self.zh if language == "zh" else self.en


class Option(Words):
    """One choice: ``value`` is stored, the words are shown and indexed."""

    value: Slug


class VisibleWhen(_Declared):
    """A field is asked for only while the earlier field ``field`` holds one of ``values``."""

    field: Slug
    values: tuple[bool | str, ...] = Field(min_length=1)


class FieldDeclaration(_Declared):
    """One field of a form. ``minimum`` and ``maximum`` are in ``unit``, or in the first of ``units``."""

    key: Slug
    label: Words
    help: Words
    type: FieldType
    required: bool = False
    options: tuple[Option, ...] = ()
    unit: str = ""
    """The fixed unit of an integer or decimal."""
    units: tuple[str, ...] = ()
    """The units a quantity or range may be stated in; they convert into one another or are counts."""
    minimum: float = 0
    maximum: float = DEFAULT_MAXIMUM
    max_length: int = Field(default=0, ge=0)
    """Characters of a text, or of each entry of ``texts``; filled from the type when not declared."""
    max_items: int = Field(default=30, ge=1)
    pattern: str = ""
    """A regular expression (common to Python and ECMAScript, unanchored) that the whole of a text must match."""
    visible_when: VisibleWhen | None = None
    weight: int = Field(default=0, ge=0, le=5)
    """How much the field tells about what is offered; 0 keeps it out of the index."""
    spec: str = Field(default="", pattern=r"^([a-z][a-z0-9_]*)?$")
    """The name under which the value takes part in matching; empty when it does not."""
    spec_bound: Literal["exact", "at_least", "at_most"] = "exact"
    """Whether a stated number is the value itself, a floor (minimum batch) or a ceiling (largest length)."""
    columns: tuple[str, ...] = ()
    """More headers this field is known by in spreadsheets, beside its key and labels."""

    @model_validator(mode="before")
    @classmethod
    def _fill_max_length(cls, data: Any) -> Any:
        if isinstance(data, dict) and "max_length" not in data:
            return {**data, "max_length": DEFAULT_MAX_LENGTH.get(data.get("type", ""), 0)}
        return data

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        set_ = self.model_fields_set
        if bool(self.options) != (self.type in _CHOICE):
            raise ValueError("options go with the types option and options, and only with them")
        if bool(self.units) != (self.type in _MEASURED):
            raise ValueError("units go with the types quantity and range, and only with them")
        if unknown := [unit for unit in (*self.units, self.unit) if unit and unit not in UNITS]:
            raise ValueError(f"unknown units {unknown}")
        if self.unit and self.type not in {"integer", "decimal"}:
            raise ValueError("unit goes with the types integer and decimal")
        if {"minimum", "maximum"} & set_ and self.type not in _NUMERIC:
            raise ValueError("minimum and maximum go with numbers")
        if self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        if self.max_length and self.type not in _TEXT:
            raise ValueError("max_length goes with texts")
        if self.pattern:
            if self.type != "text":
                raise ValueError("pattern goes with the type text")
            re.compile(self.pattern)
        if self.spec and self.type not in _SPEC:
            raise ValueError(f"a {self.type} cannot become a spec")
        if self.spec_bound != "exact" and self.type not in _NUMERIC - {"range"}:
            raise ValueError("spec_bound goes with single numbers")
        values = [option.value for option in self.options]
        if len(set(values)) < len(values):
            raise ValueError("an option is declared twice")
        return self

    def option(self, value: str) -> Option | None:
        """The option stored as ``value``, or None."""
        return next((option for option in self.options if option.value == value), None)

    def bounds_in(self, unit: str) -> tuple[float, float]:
        """Least and greatest value allowed when stated in ``unit``; those of the first unit when not convertible."""
        base = UNITS[self.units[0]]
        scale = base.factor / UNITS[unit].factor if UNITS[unit].canonical == base.canonical else 1
        return self.minimum * scale, self.maximum * scale


class FormDeclaration(_Declared):
    """What a form asks for: its words, its fields in order, and one realistic set of values."""

    name: Words
    description: Words
    fields: tuple[FieldDeclaration, ...] = Field(min_length=1)
    example: dict[str, Any]
    """A full set of field values, valid as it stands: used in OpenAPI examples, import templates and tests."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        earlier: dict[str, FieldDeclaration] = {}
        for field in self.fields:
            if field.key in earlier:
                raise ValueError(f"field {field.key} is declared twice")
            if field.visible_when:
                _check_condition(field.key, field.visible_when, earlier)
            earlier[field.key] = field
        headers: dict[str, str] = {}
        for field in self.fields:
            for header in _headers(field):
                if headers.setdefault(header, field.key) != field.key:
                    raise ValueError(f"column {header!r} means both {headers[header]} and {field.key}")
        return self

    def field(self, key: str) -> FieldDeclaration | None:
        """The field named ``key``, or None."""
        return next((field for field in self.fields if field.key == key), None)


class KindDeclaration(FormDeclaration):
    """A kind of production factor, as a listing's form."""

    kind: Kind


Declared = TypeVar("Declared", bound=FormDeclaration)


def _check_condition(key: str, when: VisibleWhen, earlier: dict[str, FieldDeclaration]) -> None:
    asked = earlier.get(when.field)
    if asked is None:
        raise ValueError(f"field {key} is visible_when {when.field}, which no earlier field is named")
    if asked.type == "boolean":
        allowed: set[bool | str] = {True, False}
    elif asked.type in _CHOICE:
        allowed = {option.value for option in asked.options}
    else:
        raise ValueError(f"field {key} is visible_when {when.field}, which is not a choice")
    if wrong := set(when.values) - allowed:
        raise ValueError(f"field {key} is visible_when {when.field} is {sorted(map(str, wrong))}, never so")


def comparable(name: str) -> str:
    """A name as people's writings of it are compared: half-width, lower case, without spaces, ``*``, ``_`` and ``:``.

    It serves headers, options and kinds alike, so it keeps what may tell two of them apart: brackets, digits, dots.
    """
    return re.sub(r"[\s*_:]+", "", unicodedata.normalize("NFKC", name)).casefold()


def _headers(field: FieldDeclaration) -> set[str]:
    return {comparable(h) for h in (field.key, field.label.zh, field.label.en, *field.columns)}


def read_declaration(path: Path, model: type[Declared]) -> Declared:
    """The declaration in one TOML file; DeclarationError names the file and what is wrong with it."""
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise DeclarationError(f"{path.name}: {error}") from error


def load_kind(path: Path) -> KindDeclaration:
    """The kind declared in one TOML file, which is named after it."""
    declared = read_declaration(path, KindDeclaration)
    if declared.kind != path.stem:
        raise DeclarationError(f"{path.name}: declares the kind {declared.kind}")
    return declared


@lru_cache(maxsize=1)
def load_kinds() -> dict[Kind, KindDeclaration]:
    """Every kind's declaration, in the order of ``KINDS``; read once. DeclarationError when one is wrong or absent."""
    found = {declared.kind: declared for declared in map(load_kind, sorted(FOLDER.glob("*.toml")))}
    if missing := [kind for kind in KINDS if kind not in found]:
        raise DeclarationError(f"no declaration of {', '.join(missing)} in {FOLDER.name}/")
    return {kind: found[kind] for kind in KINDS}


@lru_cache(maxsize=len(KINDS))
def import_columns(kind: Kind) -> Mapping[str, str]:
    """Field key by spreadsheet header, spelled as ``comparable`` does; labels and keys included."""
    return MappingProxyType(
        {header: field.key for field in load_kinds()[kind].fields for header in sorted(_headers(field))}
    )
