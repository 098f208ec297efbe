"""How far a firm is from where something is needed."""

from __future__ import annotations

from matching.need import Need
from search.divisions import distance_km
from search.documents import SupplierDocument
from search.places import load_gazetteer

HALF_KM = 50.0
"""Where nearness is a half: the next city."""


def kilometres(need: Need, supplier: SupplierDocument) -> float | None:
    """From the need's place to the firm; None when either is not known."""
    if not need.place or supplier.lon is None or supplier.lat is None:
        return None
    here = load_gazetteer().get(need.place.adcode)
    return distance_km(here.lon, here.lat, supplier.lon, supplier.lat) if here else None


def nearness(need: Need, supplier: SupplierDocument) -> float:
    """1 on the spot, 1/2 at ``HALF_KM``, towards 0 with the distance; 0 where that is not known."""
    away = kilometres(need, supplier)
    return 0.0 if away is None else 1 / (1 + away / HALF_KM)
