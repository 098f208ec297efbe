"""The demand form: what was typed, what is understood of it, and what the service is told."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import FormData

from app.catalogue.service import clean_form
from app.core.clock import CHINA
from app.core.errors import InvalidInput, Problem
from app.core.i18n import Language, translate
from app.core.ids import new_id
from app.demands.forms import RequestForm, form_named
from app.demands.line_schemas import LineSaid
from app.demands.models import Demand, DemandLine
from app.demands.needs import NeedCorrections
from app.demands.places import locate
from app.demands.schemas import DemandCreate, DemandUpdate
from app.demands.service import need_of
from app.demands.terms import unnamed
from app.demands.understanding import completed, fit_fields, read_demand
from app.demands.yuan import read_yuan
from app.web.forms import Errors, errors_of, invalid_input, number_text, read_fields, text_of, texts_of
from app.web.needs import PREFIX, Row, fixed_names, need_rows, read_corrections
from app.web.words import Words
from matching.need import Need
from search.documents import KINDS

FIELDS = (
    "title", "description", "buyer", "buyer_company_id", "adcode", "kind", "key", "version", "address", "deliver_from",
    "deliver_until", "budget_low", "budget_high", "budget_sealed", "quotes_until", "valid_until", "sealed", "visibility",
)  # fmt: skip
_OPTIONAL = FIELDS[2:6] + FIELDS[8:]
_SUMS = ("budget_low", "budget_high")
_MOMENTS = ("quotes_until", "valid_until")
UNREAD_SUM = "请按元填写，如 120000 或 12万"
_TICKS = ("budget_sealed", "sealed")
Line = dict[str, str]
_LINE = ("id", "name", "quantity", "unit", "specs", "note")
_LINE_NAME = re.compile(r"lines\.([0-9]{1,3})\.name")


@dataclass(frozen=True, slots=True)
class DemandForm:
    """One state of the form. ``need`` is None while nothing was written."""

    values: dict[str, str]
    need: Need | None = None
    rows: list[Row] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)
    corrections: NeedCorrections | None = None
    form: RequestForm | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    guests: list[str] = field(default_factory=list)
    """Ids of the firms picked; ``guest`` is what stands in the box beside them."""
    guest: str = ""


def empty_form(*, title: str = "", description: str = "", form: str = "") -> DemandForm:
    """A form not yet filled; its key makes sending it twice harmless."""
    values = dict.fromkeys(FIELDS, "") | {"title": title, "description": description, "key": str(new_id())}
    return DemandForm(values, form=form_named(form))


def stored_form(
    demand: Demand, lines: Sequence[DemandLine], guests: Sequence[UUID], language: Language
) -> DemandForm:
    """The form of a demand that exists."""
    values = {name: str(getattr(demand, name, "") or "") for name in FIELDS} | {
        "version": str(demand.version)
    }
    values |= {name: _written(getattr(demand, name)) for name in _MOMENTS}
    values |= {name: "true" if getattr(demand, name) else "" for name in _TICKS}
    if not demand.adcode and (place := locate(city=demand.city, district=demand.district)):
        values["adcode"] = place.adcode
    need = need_of(demand)
    rows = need_rows(need, Words(language), fixed=frozenset(demand.corrections) - {"local_only"})
    written = [_line_form(line) for line in lines if not line.implied]
    return DemandForm(
        values, need, rows, form=form_named(demand.form), fields=dict(demand.fields), lines=written,
        guests=[str(one) for one in guests],
    )  # fmt: skip


def _written(moment: datetime | None) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _line_form(line: DemandLine) -> Line:
    specs = "；".join(f"{name} {value}" for name, value in line.specs.items())
    quantity = "" if line.quantity is None else number_text(line.quantity)
    return {
        "id": str(line.id),
        "name": line.name,
        "quantity": quantity,
        "unit": line.unit,
        "specs": specs,
        "note": line.note,
    }


def read_lines(form: FormData) -> list[Line]:
    """The rows of line items in which something was written."""
    places = sorted({int(found[1]) for name in form if (found := _LINE_NAME.fullmatch(name))})
    rows = [{part: text_of(form, f"lines.{at}.{part}").strip() for part in _LINE} for at in places]
    return [row for row in rows if any(value for part, value in row.items() if part != "id")]


def _said_line(row: Line) -> dict[str, Any]:
    specs = {}
    for part in filter(None, re.split(r"[；;\n]+", row["specs"])):
        name, _, value = part.strip().replace("：", " ").replace(":", " ").partition(" ")
        specs[name if value.strip() else "规格"] = value.strip() or name
    return {
        "id": row["id"] or None,
        "name": row["name"],
        "quantity": row["quantity"] or None,
        "unit": row["unit"],
        "specs": specs,
        "note": row["note"],
    }


def _fit_lines(rows: list[Line]) -> list[LineSaid]:
    """Those rows that can be read already, for the preview."""
    found = []
    for row in rows:
        with suppress(ValidationError):
            found.append(LineSaid.model_validate(_said_line(row)))
    return found


def read_form(form: FormData, language: Language) -> DemandForm:
    """What was sent, with what is understood of it; whatever is wrong stands in ``errors`` and nothing is lost."""
    values = {name: text_of(form, name) for name in FIELDS}
    declared, lines = form_named(text_of(form, "form")), read_lines(form)
    fields = read_fields(declared, form) if declared else {}
    guests, guest = list(dict.fromkeys(texts_of(form, "guests"))), text_of(form, "guest").strip()
    errors: dict[str, list[str]] = {
        name: [translate(UNREAD_SUM, language)]
        for name in _SUMS
        if values[name].strip() and read_yuan(values[name]) is None
    }
    if not (values["title"].strip() or values["description"].strip() or lines or fields):
        return DemandForm(values, errors=errors, form=declared, guests=guests, guest=guest)
    understood = read_demand(
        values["title"], values["description"], lines=_fit_lines(lines), form=declared,
        fields=fit_fields(declared, fields),
    )  # fmt: skip
    need, corrections = understood, None
    try:
        corrections = read_corrections(form, understood)
    except InvalidInput as error:
        errors |= errors_of(error, language)
    try:
        place = locate(adcode=values["adcode"])
        kind = next((one for one in KINDS if one == values["kind"]), declared.kind if declared else None)
        need = completed(understood, place=place, kind=kind, corrections=corrections)
    except InvalidInput as error:
        errors |= errors_of(error, language)
    row_errors = {name.removeprefix(PREFIX): said for name, said in errors.items() if name.startswith(PREFIX)}
    rows = need_rows(need, Words(language), fixed=fixed_names(form), errors=row_errors)
    return DemandForm(values, need, rows, errors, corrections, declared, fields, lines, guests, guest)


def said_of(filled: DemandForm, state: str) -> dict[str, Any]:
    """What the form says, by the fields of DemandCreate and as they were typed."""
    values = filled.values
    said: dict[str, Any] = {"title": values["title"], "description": values["description"], "state": state}
    said |= {name: values[name] or None for name in _OPTIONAL} | {"buyer": values["buyer"]}
    said |= {name: read_yuan(values[name]) for name in _SUMS}
    said |= {name: f"{values[name]}:00+08:00" for name in _MOMENTS if values[name]}
    said |= {name: values[name] == "true" for name in _TICKS}
    said |= {"need": filled.corrections, "lines": [_said_line(row) for row in filled.lines]}
    said |= {"form": filled.form.form if filled.form else None, "fields": dict(filled.fields)}
    return said | {"guests": filled.guests}


def checked_demand(filled: DemandForm) -> DemandCreate:
    """What the service takes to publish it, which checks it as a whole. Raises InvalidInput, its fields those of the form."""
    problems = _missing(filled)
    try:
        checked = DemandCreate.model_validate(said_of(filled, "open"))
    except ValidationError as error:
        raise InvalidInput(problems=[*invalid_input(error).problems, *problems]) from error
    if problems:
        raise InvalidInput(problems=problems)
    return checked


def change_of(said: DemandCreate, *, firm: UUID | None, without: Collection[str] = ()) -> DemandUpdate:
    """The form as an edit of the demand of ``firm``. The place is said by its code alone; fields ``without`` stay as they were."""
    left = {"state", "buyer_company_id", *without}
    if firm and not said.buyer:
        left.add("buyer")  # Nothing written there means the firm's own name, which the demand has.
    kept = said.model_dump(exclude={"need"}) | {"need": said.need}
    if "adcode" not in left:
        kept |= {"city": None, "district": None}
    else:
        left |= {"city", "district"}
    return DemandUpdate(**{name: value for name, value in kept.items() if name not in left})


def _missing(filled: DemandForm) -> list[Problem]:
    """What a demand that is no draft lacks, said together with what cannot be read."""
    problems = unnamed(filled.values["title"], [row["name"] for row in filled.lines])
    if filled.form:
        try:
            clean_form(filled.form, filled.fields)
        except InvalidInput as refused:
            problems.extend(refused.problems)
    return problems
