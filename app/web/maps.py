"""A map of the home region as a drawing: its divisions as dots, the buyer and the firms upon them. No tiles, no requests.

Equirectangular projection with the standard parallel through the middle of the region: distances along both axes are
true there, and over four degrees of latitude the error stays below 4 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians

from search.divisions import Division, stem
from search.divisions import read_divisions as all_divisions
from search.index import division_prefix

WIDTH = 360.0
_MARGIN = 24.0


@dataclass(frozen=True, slots=True)
class Place:
    """Something to mark: where it is, and what to write in the mark (a rank)."""

    adcode: str
    lon: float
    lat: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in the drawing's own units; firms of one place share one."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class RegionMap:
    """What the template draws."""

    width: float
    height: float
    dots: tuple[Mark, ...]
    names: tuple[Mark, ...]
    firms: tuple[Mark, ...]
    buyer: Mark | None


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    scale_x: float
    scale_y: float
    height: float

    def at(self, lon: float, lat: float, label: str = "") -> Mark:
        x, y = _MARGIN + (lon - self.west) * self.scale_x, _MARGIN + (self.north - lat) * self.scale_y
        return Mark(round(x, 1), round(y, 1), label)

    def holds(self, lon: float, lat: float) -> bool:
        mark = self.at(lon, lat)
        return 0 <= mark.x <= WIDTH and 0 <= mark.y <= self.height


@lru_cache(maxsize=4)
def _region(home: str) -> tuple[_Frame, tuple[Division, ...]]:
    prefix = division_prefix(home)
    divisions = tuple(d for d in all_divisions() if d.adcode.startswith(prefix) and d.level != "province")
    if not divisions:
        raise ValueError(f"no divisions in {home}")
    west, east = min(d.lon for d in divisions), max(d.lon for d in divisions)
    south, north = min(d.lat for d in divisions), max(d.lat for d in divisions)
    scale_x = (WIDTH - 2 * _MARGIN) / max(east - west, 0.1)
    scale_y = scale_x / cos(radians((south + north) / 2))
    return _Frame(west, north, scale_x, scale_y, round(2 * _MARGIN + (north - south) * scale_y, 1)), divisions


def region_map(home: str, *, firms: Sequence[Place], buyer: Place | None = None) -> RegionMap | None:
    """The drawing, or None when nothing to mark lies in the region. Firms of one county share a mark, best rank first."""
    frame, divisions = _region(home)
    grouped: dict[tuple[float, float], list[str]] = {}
    for firm in firms:
        if frame.holds(firm.lon, firm.lat):
            grouped.setdefault((firm.lon, firm.lat), []).append(firm.label)
    here = (
        frame.at(buyer.lon, buyer.lat, buyer.label) if buyer and frame.holds(buyer.lon, buyer.lat) else None
    )
    if not grouped and here is None:
        return None
    marks = [frame.at(lon, lat, _label(labels)) for (lon, lat), labels in grouped.items()]
    cities = (frame.at(d.lon, d.lat, stem(d.name)) for d in divisions if d.level == "city")
    return RegionMap(
        WIDTH,
        frame.height,
        tuple(frame.at(d.lon, d.lat) for d in divisions if d.level == "county"),
        _legible(cities, [*marks, *([here] if here else [])]),
        # The best rank is drawn last, on top.
        tuple(reversed(marks)),
        here,
    )


def _label(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 or not labels[0] else f"{labels[0]}+"


def _legible(names: Iterable[Mark], marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Names lifted clear of the marks at their place; one that would overprint an earlier name is left out."""
    placed: list[Mark] = []
    for name in names:
        crowded = any(abs(name.x - mark.x) < 18 and -4 < name.y - mark.y < 20 for mark in marks)
        lifted = Mark(name.x, round(name.y - (17 if crowded else 5), 1), name.label)
        if not any(abs(lifted.x - one.x) < 22 and abs(lifted.y - one.y) < 10 for one in placed):
            placed.append(lifted)
    return tuple(placed)
