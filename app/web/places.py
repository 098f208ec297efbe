"""The divisions a form offers to choose from: the home region, city by city."""

from __future__ import annotations

from app.registry.lookups import divisions
from search.divisions import Division
from search.places import load_gazetteer


def place_choices(home: str, chosen: str = "") -> list[tuple[Division, list[Division]]]:
    """(city, its counties) of the home province; a chosen place from elsewhere comes first, so that it is not lost."""
    choices = [(city, divisions(parent=city.adcode)) for city in divisions(parent=home)]
    known = {home} | {d.adcode for city, counties in choices for d in (city, *counties)}
    elsewhere = load_gazetteer().get(chosen) if chosen and chosen not in known else None
    return [(elsewhere, []), *choices] if elsewhere else choices
