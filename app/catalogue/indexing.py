"""What a listing's fields add to the index: words to find it by, and specs to compare it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.catalogue.declarations import FieldDeclaration, FormDeclaration, load_kinds
from app.catalogue.units import UNITS, to_canonical
from search.documents import Amount, Kind, Spec


def indexed_text(kind: Kind, fields: Mapping[str, Any]) -> str:
    """The words of valid ``fields`` worth searching, weightiest fields first, options by their labels in both languages."""
    told = [f for f in load_kinds()[kind].fields if f.weight and f.key in fields]
    told.sort(key=lambda declared: -declared.weight)
    words = (word for declared in told for word in _words(declared, fields[declared.key]))
    return " ".join(dict.fromkeys(words))


def specs_of(kind: Kind, fields: Mapping[str, Any]) -> tuple[Spec, ...]:
    """The specs of a listing's valid ``fields``."""
    return form_specs(load_kinds()[kind], fields)


def form_specs(declaration: FormDeclaration, fields: Mapping[str, Any]) -> tuple[Spec, ...]:
    """The specs of valid ``fields`` in canonical units (mm, kg, MPa, t/month, …), in form order."""
    return tuple(
        spec
        for declared in declaration.fields
        if declared.spec and declared.key in fields
        for spec in _specs(declared, fields[declared.key])
    )


def price_of(fields: Mapping[str, Any]) -> Amount | None:
    """The price of one of a unit, in CNY: of goods by their own unit, of a machine for sale by the piece.

    A price that begins somewhere (起价) counts as what it begins at. Rents, fees and licences are no prices of a unit.
    """
    if fields.get("price_unit") in UNITS and "price" in fields:
        price, (size, unit) = fields["price"], to_canonical(1, fields["price_unit"])
    elif "sale_price" in fields:
        price, (size, unit) = fields["sale_price"], to_canonical(1, "machine")
    else:
        return None
    return Amount.of(price / size, unit)


def capacity_of(kind: Kind, specs: Sequence[Spec]) -> Amount | None:
    """What can be supplied in a month: the first output of a month among the specs; of capacity offered, its free share."""
    output = next((s for s in specs if s.name == "output" and s.unit.endswith("/month")), None)
    most = None if output is None else output.low if output.high is None else output.high
    if output is None or most is None:
        return None
    free = next((s.high for s in specs if s.name == "free_share" and kind == "capacity"), None)
    return Amount.of(most if free is None else most * free / 100, output.unit)


def _words(declared: FieldDeclaration, value: Any) -> list[str]:
    match declared.type:
        case "option" | "options":
            chosen = value if isinstance(value, list) else [value]
            options = [option for option in map(declared.option, chosen) if option]
            return [word for option in options if option.value != "other" for word in (option.zh, option.en)]
        case "texts":
            return list(value)
        case "boolean":
            return [declared.label.zh, declared.label.en] if value else []
        case "quantity":
            return [f"{value['value']}{UNITS[value['unit']].zh}"]
        case "range":
            ends = "-".join(str(value[end]) for end in ("low", "high") if end in value)
            return [f"{ends}{UNITS[value['unit']].zh}"]
        case "windows":
            return []
        case _:
            return [str(value)]


def _specs(declared: FieldDeclaration, value: Any) -> list[Spec]:
    match declared.type:
        case "option" | "options":
            chosen = value if isinstance(value, list) else [value]
            options = [
                option for option in map(declared.option, chosen) if option and option.value != "other"
            ]
            return [Spec(declared.spec, word=option.zh, text=option.zh) for option in options]
        case "text" | "texts":
            return [
                Spec(declared.spec, word=w, text=w) for w in (value if isinstance(value, list) else [value])
            ]
        case "range":
            return [_measured(declared, value.get("low"), value.get("high"), value["unit"])]
        case "quantity":
            number, unit = value["value"], value["unit"]
        case _:
            number, unit = value, "CNY" if declared.type == "money" else declared.unit
    low = None if declared.spec_bound == "at_most" else number
    high = None if declared.spec_bound == "at_least" else number
    return [_measured(declared, low, high, unit)]


def _measured(declared: FieldDeclaration, low: float | None, high: float | None, unit: str) -> Spec:
    def canonically(end: float | None) -> float | None:
        return None if end is None else to_canonical(end, unit)[0] if unit else float(end)

    ends = [f"{end:.12g}" for end in dict.fromkeys((low, high)) if end is not None]
    return Spec(
        declared.spec,
        canonically(low),
        canonically(high),
        UNITS[unit].canonical if unit else "",
        text="-".join(ends) + (UNITS[unit].zh if unit else ""),
    )
