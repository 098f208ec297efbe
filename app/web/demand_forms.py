"""The demand form: what was typed, what is understood of it, and what the service is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from app.core.errors import InvalidInput
from app.core.i18n import Language
from app.core.ids import new_id
from app.demands.models import Demand
from app.demands.needs import NeedCorrections
from app.demands.places import locate
from app.demands.schemas import DemandCreate
from app.demands.service import need_of
from app.demands.understanding import completed, read_words
from app.web.forms import Errors, errors_of, invalid_input, text_of
from app.web.needs import PREFIX, Row, fixed_names, need_rows, read_corrections
from app.web.words import Words
from matching.need import Need

FIELDS = ("title", "description", "buyer", "buyer_company_id", "adcode", "kind", "key", "version")


@dataclass(frozen=True, slots=True)
class DemandForm:
    """One state of the form. ``need`` is None while nothing was written."""

    values: dict[str, str]
    need: Need | None = None
    rows: list[Row] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)
    corrections: NeedCorrections | None = None


def empty_form(*, title: str = "", description: str = "") -> DemandForm:
    """A form not yet filled; its key makes sending it twice harmless."""
    values = dict.fromkeys(FIELDS, "") | {"title": title, "description": description, "key": str(new_id())}
    return DemandForm(values)


def stored_form(demand: Demand, language: Language) -> DemandForm:
    """The form of a demand that exists."""
    values = {name: str(getattr(demand, name, "") or "") for name in FIELDS} | {
        "version": str(demand.version)
    }
    if not demand.adcode and (place := locate(city=demand.city, district=demand.district)):
        values["adcode"] = place.adcode
    need = need_of(demand)
    rows = need_rows(need, Words(language), fixed=frozenset(demand.corrections) - {"local_only"})
    return DemandForm(values, need, rows)


def read_form(form: FormData, language: Language) -> DemandForm:
    """What was sent, with what is understood of it; whatever is wrong stands in ``errors`` and nothing is lost."""
    values = {name: text_of(form, name) for name in FIELDS}
    written = bool(values["title"].strip() or values["description"].strip())
    if not written:
        return DemandForm(values)
    errors: dict[str, list[str]] = {}
    understood = read_words(values["title"], values["description"])
    need, corrections = understood, None
    try:
        corrections = read_corrections(form, understood)
    except InvalidInput as error:
        errors |= errors_of(error, language)
    try:
        said = checked_demand(values, corrections, "draft") if values["title"].strip() else None
        place = locate(adcode=values["adcode"])
        need = completed(understood, place=place, kind=said.kind if said else None, corrections=corrections)
    except InvalidInput as error:
        errors |= errors_of(error, language)
    row_errors = {name.removeprefix(PREFIX): said for name, said in errors.items() if name.startswith(PREFIX)}
    rows = need_rows(need, Words(language), fixed=fixed_names(form), errors=row_errors)
    return DemandForm(values, need, rows, errors, corrections)


def checked_demand(values: dict[str, str], corrections: NeedCorrections | None, state: str) -> DemandCreate:
    """What the service takes. Raises InvalidInput, its fields those of the form."""
    said: dict[str, Any] = {name: values[name] for name in ("title", "description", "buyer")}
    said |= {
        "state": state,
        "adcode": values["adcode"] or None,
        "kind": values["kind"] or None,
        "buyer_company_id": values["buyer_company_id"] or None,
        "need": corrections,
    }
    try:
        return DemandCreate.model_validate(said)
    except ValidationError as error:
        raise invalid_input(error) from error
