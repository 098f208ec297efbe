"""Administrative divisions of China: the table, the ways a name is written, and distance between two points.

Adcodes are those of GB/T 2260 (six digits: province, city, county). The table is small enough to live in memory.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from typing import Literal, cast

Level = Literal["province", "city", "county"]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth, IUGG (Moritz 2000, Geodetic Reference System 1980)."""


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division; ``lon`` and ``lat`` are degrees of its seat, to about a kilometre."""

    adcode: str
    name: str
    level: Level
    parent: str
    """Adcode one level up; a province's is empty, a county ruled by its province has the province."""
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a division.

    ``kind`` is "former", "short", "zone" (a development zone known by its own name), "zone_of_city" (a zone
    that every city has one of, so it counts only after its city) or "english".
    """

    name: str
    adcode: str
    kind: str


_PEOPLES = (
    "(?<!内)蒙古族|(?<!内)蒙古|回族|藏族|维吾尔族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|"
    "傈僳族|佤族|畲族|高山族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|"
    "仡佬族|锡伯族|塔吉克族|塔吉克|怒族|鄂温克族|裕固族|保安族|独龙族|鄂伦春族|各族"
)
_SUFFIX = re.compile(
    rf"(?:(?:{_PEOPLES})*(?:自治区|自治州|自治县|自治旗)|特别行政区|新区|地区|省|市|区|县|盟|旗|林区|特区)$"
)


@lru_cache(maxsize=8192)
def stem(name: str) -> str:
    """The bare name people say: 沈阳市 -> 沈阳, 沈北新区 -> 沈北, 岫岩满族自治县 -> 岫岩.

    A name whose stem would be a single character (义县) is returned whole.
    """
    bare = _SUFFIX.sub("", name)
    return bare if len(bare) >= 2 else name


@lru_cache(maxsize=65_536)
def distance_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in kilometres between two points in degrees.

    Haversine formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (2), 1984, p. 159. The
    sphere is within 0.6 % of the ellipsoid, and a county is a point here, so nothing finer would be honest.
    """
    phi1, phi2 = radians(lat1), radians(lat2)
    half_chord = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord)))


def _rows(name: str) -> Iterator[list[str]]:
    with files("search").joinpath("data", name).open(encoding="utf-8") as lines:
        reader = csv.reader(lines)
        next(reader)
        yield from reader


def read_divisions() -> list[Division]:
    """All divisions, by adcode: 34 provinces, 333 cities, about 2,850 counties."""
    return [
        Division(adcode, name, cast(Level, level), parent, float(lon), float(lat))
        for adcode, level, name, parent, lon, lat in _rows("divisions.csv")
    ]


def read_aliases() -> list[Alias]:
    """Former, colloquial, zone and English names of Liaoning's divisions, and the English names of a few cities."""
    return [Alias(name, adcode, kind) for name, adcode, kind in _rows("place_aliases.csv")]


def read_streets() -> list[tuple[str, str]]:
    """(county adcode, name) of each township-level division of Liaoning."""
    return [(county, name) for county, name in _rows("streets.csv")]


def read_former_adcodes() -> dict[str, str]:
    """Adcodes no longer in the table, or used by a zone's registration office only, to the county of today."""
    return {row[0]: row[1] for row in _rows("former_adcodes.csv")}
