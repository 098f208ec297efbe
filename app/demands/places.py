"""From what a buyer's form says of a place (a city, a district, an adcode) to a division."""

from __future__ import annotations

from app.core.errors import InvalidInput, Problem
from matching.need import Place
from search.divisions import Division
from search.places import load_gazetteer


def place_of(adcode: str, *, field: str = "adcode") -> Place:
    """The place with this adcode. Raises InvalidInput."""
    division = load_gazetteer().get(adcode)
    if division is None:
        raise InvalidInput(problems=[Problem(field, "unknown_division", "没有这个区划代码")])
    return _place(division)


def locate(*, city: str = "", district: str = "", adcode: str = "") -> Place | None:
    """The place a form names, the most exact field first; None when it names none. Raises InvalidInput."""
    if adcode:
        return place_of(adcode)
    inside = ""
    found: Division | None = None
    for field, name in (("city", city), ("district", district)):
        if name:
            found = _named(name, inside=inside, field=field)
            inside = found.adcode
    return _place(found) if found else None


def _named(name: str, *, inside: str, field: str) -> Division:
    divisions = load_gazetteer().by_name(name, within=inside)
    if field == "district" and len(divisions) > 1:
        divisions = tuple(division for division in divisions if division.level == "county") or divisions
    if not divisions:
        raise InvalidInput(problems=[Problem(field, "unknown_place", "没有找到这个地名，请写全称")])
    if field == "district" and len(divisions) > 1:
        raise InvalidInput(
            problems=[Problem(field, "ambiguous_place", "有几个地方叫这个名字，请同时填写城市")]
        )
    return divisions[0]


def _place(division: Division) -> Place:
    return Place(division.adcode, division.name, division.level)
