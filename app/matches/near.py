"""A point and how far from it firms may lie, as readers write it into an address."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from app.core.errors import InvalidInput, Problem
from app.matches.schemas import NearFilter

_NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,9})?"

NearQuery = Annotated[
    str,
    Query(
        pattern=rf"^{_NUMBER},{_NUMBER},[0-9]{{1,4}}(\.[0-9]{{1,3}})?$",
        description="经度,纬度,公里；未写明需求地点时 distance_km 由此算起 "
        "Longitude, latitude, kilometres; distance_km counts from here where no place was named",
        examples=["123.43,41.80,50"],
    ),
]


def read_near(text: str) -> NearFilter:
    """The filter in a ``NearQuery``. Raises InvalidInput for a place that is not on earth."""
    lon, lat, kilometres = (float(part) for part in text.split(","))
    if abs(lon) > 180 or abs(lat) > 90 or not 0 < kilometres <= 5000:
        raise InvalidInput(
            problems=[Problem("near", "out_of_range", "经度须在 ±180、纬度在 ±90、公里数在 0 至 5000 之间")]
        )
    return NearFilter(lon=lon, lat=lat, kilometres=kilometres)
