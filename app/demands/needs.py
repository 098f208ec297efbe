"""A Need as JSON, and the buyer's corrections laid over what was understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from app.core.refusals import refusal
from app.core.text import Line
from app.demands.places import place_of
from matching.need import Amount, Need
from search.documents import Kind, Spec

_NEED = TypeAdapter(Need)

Number = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Word = Annotated[str, Line(100, min_length=1)]
Words = Annotated[list[Word], Field(max_length=20)]
Adcode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]

REVERSED = "下限大于上限，请对调"
NO_BOUND = "须给出 low、high 或 word"


class AmountCorrection(BaseModel):
    """How many."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
    unit: Annotated[str, Line(20, min_length=1)]
    per: Literal["", "hour", "day", "month", "year"] = ""


class SpecCorrection(BaseModel):
    """One property, in the units the understood need is shown in: a number, a range, or a word."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line(40, min_length=1)]
    low: Number | None = None
    high: Number | None = None
    unit: Annotated[str, Line(20)] = ""
    word: Annotated[str, Line(100)] = ""
    text: Annotated[str, Line(200)] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise refusal("reversed", REVERSED)
        if self.low is None and self.high is None and not self.word:
            raise refusal("no_bound", NO_BOUND)
        return self


class PlaceCorrection(BaseModel):
    """A division by its adcode."""

    model_config = ConfigDict(extra="forbid")

    adcode: Adcode


class NeedCorrections(BaseModel):
    """What the buyer says instead of what was understood; only the fields given count, null means "not said"."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "what": ["不锈钢离心泵"],
                    "quantity": {"value": 20, "unit": "台"},
                    "place": {"adcode": "210100"},
                    "deadline": "2026-12-31",
                    "makers_only": True,
                }
            ]
        },
    )

    what: Words | None = None
    kind: Kind | None = None
    processes: Words | None = None
    materials: Words | None = None
    grades: Words | None = None
    standards: Words | None = None
    models: Words | None = None
    specs: Annotated[list[SpecCorrection], Field(max_length=20)] | None = None
    quantity: AmountCorrection | None = None
    place: PlaceCorrection | None = None
    deadline: date | None = None
    makers_only: bool | None = None
    local_only: bool | None = None
    exclusions: Words | None = None
    application: Words | None = None

    def stored(self) -> dict[str, Any]:
        """As kept with the demand: only what was given."""
        return self.model_dump(mode="json", exclude_unset=True)


def need_to_json(need: Need) -> dict[str, Any]:
    """JSON-able values, every field."""
    stored: dict[str, Any] = _NEED.dump_python(need, mode="json")
    return stored


def need_from_json(stored: dict[str, Any]) -> Need:
    """The Need that ``need_to_json`` gave; a field that an older version did not have takes its default."""
    return _NEED.validate_python(stored)


def corrected(need: Need, corrections: NeedCorrections | None) -> Need:
    """The need with the corrections laid over it. Raises InvalidInput for an unknown place."""
    if corrections is None:
        return need
    values: dict[str, Any] = {}
    for name in corrections.model_fields_set:
        value = getattr(corrections, name)
        if name == "quantity":
            values[name] = Amount(value.value, value.unit, value.per) if value else None
        elif name == "place":
            values[name] = place_of(value.adcode, field="need.place.adcode") if value else None
        elif name == "specs":
            values[name] = tuple(Spec(**spec.model_dump()) for spec in value or ())
        elif name in ("kind", "deadline"):
            values[name] = value
        elif name in ("makers_only", "local_only"):
            values[name] = bool(value)
        else:
            values[name] = tuple(dict.fromkeys(value or ()))
    return replace(need, **values)
