"""How far a firm is from where something is needed."""

from __future__ import annotations

from typing import Protocol

from matching.need import Need
from search.divisions import distance_km
from search.documents import SupplierDocument
from search.index import Near
from search.places import load_gazetteer


class Point(Protocol):
    """What lies somewhere, in degrees."""

    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...


HALF_KM = 50.0
"""Where nearness is a half: the next city."""


def kilometres(need: Need, supplier: SupplierDocument, near: Near | None = None) -> float | None:
    """From the need's place, or from the point ``near`` where it names none, to the firm; None when either is not known."""
    if not need.place:
        return from_point(near, supplier) if near else None
    here = load_gazetteer().get(need.place.adcode)
    return from_point(here, supplier) if here else None


def from_point(here: Point, supplier: SupplierDocument) -> float | None:
    """From a point to the firm; None when it is not known where the firm lies."""
    if supplier.lon is None or supplier.lat is None:
        return None
    return distance_km(here.lon, here.lat, supplier.lon, supplier.lat)


def nearness(need: Need, supplier: SupplierDocument) -> float:
    """1 on the spot, 1/2 at ``HALF_KM``, towards 0 with the distance; 0 where that is not known."""
    away = kilometres(need, supplier)
    return 0.0 if away is None else 1 / (1 + away / HALF_KM)
