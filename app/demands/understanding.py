"""From a buyer's words and form to the Need that is matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from app.catalogue.indexing import form_specs
from app.catalogue.validation import read_fields
from app.core.clock import today
from app.demands.forms import RequestForm, form_named, words_of_fields
from app.demands.line_schemas import LineSaid
from app.demands.models import Demand, DemandLine
from app.demands.needs import NeedCorrections, corrected, need_from_json, need_to_json
from app.demands.places import locate
from matching.need import Need, Place
from search.documents import Kind
from search.places import load_gazetteer


def read_words(title: str, text: str) -> Need:
    """What the words alone say, counted from today in China."""
    # Imported when the first words are read, which warming does: its patterns take a server long to compile.
    from matching.understand import understand

    return understand(text, title=title, today=today(), places=load_gazetteer())


def read_demand(
    title: str,
    text: str,
    *,
    lines: Sequence[LineSaid] | Sequence[DemandLine] = (),
    form: RequestForm | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Need:
    """What words, lines and a form's valid fields say together; measures come from the fields where these state them."""
    told = words_of_fields(form, fields) if form and fields else ""
    need = read_words(title, "\n".join(part for part in (text, told, words_of_lines(lines)) if part))
    if form is None or not fields:
        return need
    stated = tuple(spec for spec in form_specs(form, fields) if not spec.word)
    named = {spec.name for spec in stated}
    return replace(need, specs=(*(spec for spec in need.specs if spec.name not in named), *stated))


def fit_fields(form: RequestForm | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those fields that are right as they stand: a draft may hold others."""
    return read_fields(form, fields)[0] if form else {}


def understand_demand(demand: Demand, lines: Sequence[LineSaid] | Sequence[DemandLine]) -> None:
    """Note in the demand what its words, its lines and its form's valid fields say."""
    form = form_named(demand.form)
    fields = fit_fields(form, demand.fields)
    need = read_demand(demand.title, demand.description, lines=lines, form=form, fields=fields)
    demand.need = need_to_json(need)


def words_of_lines(lines: Sequence[LineSaid] | Sequence[DemandLine]) -> str:
    """The lines as a buyer would write them."""
    said = []
    for line in lines:
        amount = f"{line.quantity:g}{line.unit}" if line.quantity else ""
        specs = "，".join(f"{name}{value}" for name, value in line.specs.items())
        said.append("，".join(part for part in (f"{line.name}{amount}", specs, line.note) if part))
    return "；".join(said)


def completed(
    need: Need, *, place: Place | None, kind: Kind | None, corrections: NeedCorrections | None
) -> Need:
    """The need with the form's place and kind, then the corrections, laid over it. Raises InvalidInput."""
    if place:
        need = replace(need, place=place)
    if kind:
        need = replace(need, kind=kind)
    return corrected(need, corrections)


def need_of(demand: Demand) -> Need:
    """What is matched: the understood need, the place and kind stated, and the corrections. Raises InvalidInput."""
    form = form_named(demand.form)
    kind = cast(Kind, demand.kind) if demand.kind else form.kind if form else None
    return completed(
        need_from_json(demand.need),
        place=locate(city=demand.city, district=demand.district, adcode=demand.adcode),
        kind=kind,
        corrections=NeedCorrections.model_validate(demand.corrections) if demand.corrections else None,
    )
