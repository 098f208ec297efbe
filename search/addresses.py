"""Where an address is: from a line as a firm wrote it to the county, with how it was found and how sure that is.

Addresses come without province, without city, with a county that was renamed twenty years ago, or with the name
of a development zone where the county should stand. Each of those is a step below, the surest first.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from search.divisions import Alias, Division, stem

CONFIDENCE: dict[str, float] = {
    "county_in_address": 0.97,
    "short_name": 0.97,
    "street": 0.97,
    "former_name": 0.95,
    "uscc": 0.9,
    "zone": 0.85,
    "city_only": 0.6,
    "province_only": 0.3,
}
"""How often the division named by a method is the firm's, rounded down.

The first four are read off 31,000 Liaoning registrations whose credit code names a county, by comparing it with
the one found in the address; a firm that moved after registering counts against the method, so they are low
rather than high. The rest are set lower by judgment: a zone may lie over two counties, a firm may have moved
away from where it registered, and a city or a province tells less than a county.
"""

_FAR = 0.9
"""A county named in the middle of an address may be part of a road's or a market's name."""

_LONGEST = 16
_TOWNSHIP = re.compile(r"街道|镇|(?:[\u4e00-\u9fff]{1,4}族)?乡|办事处")
_FILLER = re.compile(r"[\s,，.。、·\-—()]*")
_ROAD = re.compile(r"[东南西北中]{0,2}[一二三四五六七八九十]*(?:大街|大道|路|街(?!道)|胡同|巷|广场|里\d)")


@dataclass(frozen=True, slots=True)
class AddressResolution:
    """The smallest division an address can be put in; ``method`` is a key of ``CONFIDENCE``."""

    division: Division
    confidence: float
    method: str
    matched: str
    """The words that decided; empty when the city or the credit code did."""


Names = dict[str, tuple[str, str]]
"""Written name -> (adcode, method)."""


class AddressIndex:
    """Names by the city or province they are read in, so that 开发区 means each city's own."""

    def __init__(
        self,
        divisions: Mapping[str, Division],
        aliases: Iterable[Alias],
        streets: Iterable[tuple[str, str]],
        former_adcodes: Mapping[str, str],
        home: str,
    ) -> None:
        self._divisions = divisions
        self._former_adcodes = former_adcodes
        self._home = home
        self._provinces: dict[str, str] = {}
        self._cities: dict[str, dict[str, str]] = defaultdict(dict)
        self._strong: dict[str, Names] = defaultdict(dict)
        self._short: dict[str, Names] = defaultdict(dict)
        self._townships: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for division in divisions.values():
            self._add_division(division)
        for alias in aliases:
            self._add_alias(alias)
        for county, name in streets:
            self._add_township(county, name)

    def resolve(self, address: str, city: str, registered_adcode: str) -> AddressResolution | None:
        """See ``Gazetteer.resolve_address``."""
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", address))
        area = self._area_of(city)
        province = area[:2] + "0000" if area else self._home
        start, province_named = 0, False
        for _ in range(4):  # province, city, and either of them written twice
            start = _match_end(_FILLER, text, start)
            county = self._county_at(text, start, area, province)
            city_name, city_adcode = _longest(self._cities[province], text, start)
            if county and len(county[0]) > len(city_name):
                moved = None
                if (
                    county[2] == "former_name"
                ):  # 普兰店市瓦窝镇 went to Wafangdian when Pulandian became a district
                    moved = self._township(text, start + len(county[0]), area or province, registered_adcode)
                return moved or self._found(*county)
            if city_adcode:
                area, start = city_adcode, start + len(city_name)
                continue
            province_name, province_adcode = _longest(self._provinces, text, start)
            if not province_adcode:
                break
            if province_adcode != province:
                area, province = "", province_adcode
            start, province_named = start + len(province_name), True
        found = (
            self._short_at(text, start, area or province)
            or self._county_after(text, start, area)
            or self._township(text, start, area or province, registered_adcode)
            or self._registered(registered_adcode, area)
        )
        if found:
            return found
        if area:
            return self._found("", area, "city_only")
        if province_named:
            return self._found("", province, "province_only")
        return None

    def _found(self, matched: str, adcode: str, method: str, factor: float = 1.0) -> AddressResolution:
        return AddressResolution(
            self._divisions[adcode], round(CONFIDENCE[method] * factor, 2), method, matched
        )

    def _area_of(self, city: str) -> str:
        """The adcode of the city a register's column names (大连, 大连市, 沈抚新区); empty when unknown."""
        name = city.strip()
        adcode = self._cities[self._home].get(name)
        if adcode is None and name in self._strong[self._home]:
            adcode = self._divisions[self._strong[self._home][name][0]].parent
        if adcode is None:
            elsewhere = {cities[name] for cities in self._cities.values() if name in cities}
            adcode = elsewhere.pop() if len(elsewhere) == 1 else ""
        return adcode

    def _county_at(self, text: str, start: int, area: str, province: str) -> tuple[str, str, str] | None:
        for names in (self._strong.get(area), self._strong.get(province)):
            if names:
                name, found = _longest_entry(names, text, start)
                if found:
                    return name, *found
        return None

    def _county_after(self, text: str, start: int, area: str) -> AddressResolution | None:
        names = self._strong.get(area, {})
        for position in range(start + 1, len(text) - 1):
            name, found = _longest_entry(names, text, position)
            if found and len(name) > 2:
                return self._found(name, *found, factor=_FAR)
        return None

    def _short_at(self, text: str, start: int, area: str) -> AddressResolution | None:
        name, found = _longest_entry(self._short.get(area, {}), text, start)
        if not found or _ROAD.match(text, start + len(name)):
            return None
        return self._found(name, *found)

    def _township(self, text: str, start: int, area: str, registered_adcode: str) -> AddressResolution | None:
        stems = self._townships.get(area, {})
        registered = self._former_adcodes.get(registered_adcode, registered_adcode)
        for suffix in _TOWNSHIP.finditer(text, start):
            for begin in range(max(start, suffix.start() - 8), suffix.start()):
                counties = stems.get(text[begin : suffix.start()])
                if counties is None:
                    continue
                if registered in counties:
                    return self._found(text[begin : suffix.end()], registered, "street")
                if len(counties) == 1:
                    return self._found(text[begin : suffix.end()], next(iter(counties)), "street")
                break
        return None

    def _registered(self, adcode: str, area: str) -> AddressResolution | None:
        division = self._divisions.get(self._former_adcodes.get(adcode, adcode))
        if division is None or division.level != "county" or (area and division.parent != area):
            return None
        return self._found("", division.adcode, "uscc")

    def _add_division(self, division: Division) -> None:
        names = {division.name, stem(division.name)}
        if division.level == "province":
            self._provinces.update(dict.fromkeys(names, division.adcode))
            return
        province = division.adcode[:2] + "0000"
        if division.level == "city":
            self._cities[province].update(dict.fromkeys(names, division.adcode))
            return
        written = {division.name}
        if "自治" in division.name:  # 岫岩县, as everyone writes it
            written.add(stem(division.name) + division.name[-1])
        for name in written:
            self._add_strong(name, division.adcode, "county_in_address")
        if stem(division.name) != stem(self._divisions[division.parent].name):
            for area in {division.parent, province}:
                _put(self._short[area], stem(division.name), division.adcode, "short_name")

    def _add_alias(self, alias: Alias) -> None:
        division = self._divisions[alias.adcode]
        if division.level == "city":
            self._cities[alias.adcode[:2] + "0000"][alias.name] = alias.adcode
        elif division.level == "county" and alias.kind == "zone_of_city":
            self._strong[division.parent][alias.name] = (alias.adcode, "zone")
        elif alias.kind in {"former", "zone"} and alias.name[-1] in "区县市":
            self._add_strong(alias.name, alias.adcode, "former_name" if alias.kind == "former" else "zone")
        elif alias.kind in {"former", "short", "zone"}:
            for area in (division.parent, self._home):
                method = "zone" if alias.kind == "zone" else "short_name"
                _put(self._short[area], alias.name, alias.adcode, method)

    def _add_strong(self, name: str, adcode: str, method: str) -> None:
        for area in {self._divisions[adcode].parent, adcode[:2] + "0000"}:
            _put(self._strong[area], name, adcode, method)

    def _add_township(self, county: str, name: str) -> None:
        city = self._divisions[county].parent
        suffix = re.search(r"(?:街道|镇|(?:满族|蒙古族|回族|朝鲜族|锡伯族)*(?:镇|乡))$", name)
        if suffix is None:  # a state farm, a zone
            _put(self._strong[city], name, county, "street")
            return
        bare = name[: suffix.start()]
        for area in (city, self._home):
            self._townships[area][bare].add(county)


def _put(names: Names, name: str, adcode: str, method: str) -> None:
    """Record a name, or, when it already means another place here, that it decides nothing."""
    known = names.get(name)
    names[name] = (adcode, method) if known is None or known[0] == adcode else ("", method)


def _longest(names: Mapping[str, str], text: str, start: int) -> tuple[str, str]:
    for end in range(min(len(text), start + _LONGEST), start + 1, -1):
        adcode = names.get(text[start:end])
        if adcode:
            return text[start:end], adcode
    return "", ""


def _longest_entry(names: Names, text: str, start: int) -> tuple[str, tuple[str, str] | None]:
    for end in range(min(len(text), start + _LONGEST), start + 1, -1):
        found = names.get(text[start:end])
        if found is not None and found[0]:
            return text[start:end], found
    return "", None


def _match_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start
