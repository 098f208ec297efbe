"""The quote form: what a browser sends as terms, and terms as the form shows them, alternatives among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import FormData

from app.core.errors import InvalidInput, Problem
from app.demands.models import DemandLine
from app.trade.quote_schemas import MOST_ALTERNATIVES, Offer, QuoteTerms
from app.web.forms import invalid_input, number_text, text_of

OFFER = ("name", "unit_price", "unit", "tax_rate", "quantity", "min_quantity", "lead_days", "note")
WHOLE = ("freight", "freight_amount", "valid_until", "payment", "note")


def alternative(line: str, at: int) -> str:
    """How the names of the fields of a line's alternative number ``at`` begin."""
    return f"{line}.alt.{at}"


def rows_of(said: Mapping[str, str], line: str) -> int:
    """How many alternatives of a line the form shows: those that are there, and an empty one."""
    filled = [
        at
        for at in range(MOST_ALTERNATIVES)
        if any(said.get(f"{alternative(line, at)}.{name}") for name in OFFER)
    ]
    return min(max(filled, default=-1) + 2, MOST_ALTERNATIVES)


def of_line(names: Iterable[str], line: UUID) -> bool:
    """Whether a field of a line, its alternatives among them, is one of these."""
    return any(name.startswith(f"{line}.") for name in names)


def read_terms(form: FormData, lines: Sequence[DemandLine]) -> QuoteTerms:
    """What the form offers; a line without a price is not offered. Raises InvalidInput, its fields those of the form."""
    offers, places, problems = [], [], []
    for line, place, other in _places(lines):
        said = {name: text_of(form, f"{place}.{name}").strip() for name in OFFER}
        if not said["unit_price"] and not (other and any(said.values())):
            continue
        if other and not said["name"]:
            problems.append(Problem(f"{place}.name", "required", "请写明替代方案是什么，如型号或材质"))
        if not said["unit_price"]:
            problems.append(Problem(f"{place}.unit_price", "required", "请填写单价"))
        offers.append(
            {
                "demand_line_id": line,
                "alternative": other,
                "tax_included": text_of(form, f"{place}.tax") != "excluded",
                **{name: one for name, one in said.items() if one},
            }
        )
        places.append(place)
    if problems:
        raise InvalidInput(problems=problems)
    whole = {name: text_of(form, name).strip() for name in WHOLE}
    try:
        return QuoteTerms.model_validate(
            {"lines": offers, **{name: one for name, one in whole.items() if one}}
        )
    except ValidationError as error:
        raise _in_form(invalid_input(error), places) from error


def filled(terms: QuoteTerms) -> dict[str, str]:
    """The form of a quote that is there."""
    values = {name: str(value) for name in WHOLE if (value := getattr(terms, name)) is not None}
    count: dict[str, int] = {}
    for offer in terms.lines:
        place = line = str(offer.demand_line_id)
        if offer.alternative:
            place = alternative(line, count.get(line, 0))
            count[line] = count.get(line, 0) + 1
        values |= _offer(offer, place)
    return values


def _offer(offer: Offer, place: str) -> dict[str, str]:
    return {f"{place}.{name}": _written(getattr(offer, name)) for name in OFFER} | {
        f"{place}.tax": "included" if offer.tax_included else "excluded"
    }


def _places(lines: Sequence[DemandLine]) -> Iterator[tuple[str, str, bool]]:
    """Every offer the form has room for: its line, how its fields' names begin, whether it is an alternative."""
    for line in lines:
        yield str(line.id), str(line.id), False
        for at in range(MOST_ALTERNATIVES):
            yield str(line.id), alternative(str(line.id), at), True


def _in_form(error: InvalidInput, places: list[str]) -> InvalidInput:
    """Problems of ``lines.0`` under the names of that offer's fields."""

    def renamed(problem: Problem) -> Problem:
        first, *rest = problem.field.split(".")
        if first != "lines" or not rest:
            return problem
        return replace(problem, field=".".join((places[int(rest[0])], *(rest[1:] or ["tax_rate"]))))

    return InvalidInput(problems=[renamed(problem) for problem in error.problems])


def _written(value: Any) -> str:
    if value is None:
        return ""
    return number_text(value) if isinstance(value, float) else str(value)
