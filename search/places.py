"""Places in text: which division a word means, which lies in which, and how far apart two of them are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from search.addresses import AddressIndex, AddressResolution
from search.divisions import (
    Alias,
    Division,
    Level,
    distance_km,
    read_aliases,
    read_divisions,
    read_former_adcodes,
    read_streets,
    stem,
)

__all__ = [
    "AddressResolution",
    "Division",
    "Gazetteer",
    "Level",
    "PlaceMention",
    "distance_km",
    "load_gazetteer",
]

LIAONING = "210000"

# Bare names that are first of all words, roads or rivers: they count only right after their own city or province.
_WORDS = re.compile(
    "白银|日照|来宾|阿里|大理|中山|东方|平安|和平|大东|千山|立山|平山|明山|元宝|振兴|古塔|凌河|细河|太子河|太和|太平|清河|"
    "海州|西市|站前|白塔|宏伟|灯塔|双塔|龙城|龙港|连山|盘山"
)
# A place's characters inside another word: 大连杆 a large rod, 十四平方米 an area, 包头鞋 a toe cap, 北海道.
_INSIDE_A_WORD = re.compile(
    r"大连(?=[杆接铸通轴])|四平(?=[方米均])|包头(?=[鞋靴])|(?<=[钢铁鞋塑料砸])包头|北海(?=道)"
)
_ROAD_AFTER = re.compile(
    r"[东南西北中]{0,2}[一二三四五六七八九十]*(?:大街|大道|路(?![灯面基桥缘由政牙况])|街(?![道区])|胡同|巷|大厦)"
)
_ENGLISH_ROAD_AFTER = re.compile(
    r"\s+(?:(?:[NSEW]\.?|North|South|East|West)\s+)?(?:Road|Rd|Street|St|Avenue|Ave)\b", re.I
)
_ENGLISH_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]+")
_SEPARATORS = " ,，、·的"
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """``text[start:end]`` names ``division``; ``text`` is those very characters."""

    start: int
    end: int
    text: str
    division: Division


@dataclass(frozen=True, slots=True)
class _Reading:
    """One division a written name may mean; ``needs_parent`` when it counts only right after its parent."""

    division: Division
    needs_parent: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    readings: tuple[_Reading, ...]


class Gazetteer:
    """The divisions of China, told apart by the province that is ``home``.

    Bare county names (海城) are read on their own only in the home province; elsewhere they need their city in
    front (苏州吴江), because half of China's bare county names are everyday words (公安, 合作, 大方).
    """

    def __init__(
        self,
        divisions: Iterable[Division],
        aliases: Iterable[Alias] = (),
        streets: Iterable[tuple[str, str]] = (),
        former_adcodes: Mapping[str, str] | None = None,
        home: str = LIAONING,
    ) -> None:
        self._divisions = {division.adcode: division for division in divisions}
        self._home = home
        names: defaultdict[str, list[_Reading]] = defaultdict(list)
        english: dict[str, list[_Reading]] = defaultdict(list)
        for division in self._divisions.values():
            for name, needs_parent in self._written(division):
                names[name].append(_Reading(division, needs_parent))
        aliases = list(aliases)
        for alias in aliases:
            division = self._divisions[alias.adcode]
            if alias.kind == "english":
                english[alias.name.lower()].append(_Reading(division, False))
            elif alias.kind == "zone_of_city":
                city = self._divisions[division.parent]
                for prefix in (city.name, stem(city.name)):
                    names[prefix + alias.name].append(_Reading(division, False))
            else:
                names[alias.name].append(_Reading(division, False))
        self._names = {name: tuple(readings) for name, readings in names.items()}
        self._english = {name: tuple(readings) for name, readings in english.items()}
        self._pairs = frozenset(name[:2] for name in self._names)
        firsts = "".join(sorted({name[0] for name in self._names}))
        self._beginnings = re.compile(f"[{re.escape(firsts)}]" if firsts else "(?!)")
        self._english_first = frozenset(
            word[0].lower() for name in self._english if (word := _ENGLISH_WORD.match(name))
        )
        words = sorted(map(re.escape, self._english), key=len, reverse=True)
        self._english_pattern = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(words) or '(?!)'})(?![A-Za-z])", re.I)
        self._addresses = AddressIndex(self._divisions, aliases, streets, former_adcodes or {}, home)

    def get(self, adcode: str) -> Division | None:
        """The division with this adcode, or None."""
        return self._divisions.get(adcode)

    def ancestors(self, adcode: str) -> tuple[Division, ...]:
        """From the province down to the division itself; empty when the adcode is unknown."""
        path: list[Division] = []
        division = self._divisions.get(adcode)
        while division is not None:
            path.append(division)
            division = self._divisions.get(division.parent)
        return tuple(reversed(path))

    def contains(self, outer: str, inner: str) -> bool:
        """Whether the division ``inner`` is ``outer`` or lies in it; both adcodes must be known."""
        return outer in self._divisions and any(d.adcode == outer for d in self.ancestors(inner))

    def by_name(self, name: str, within: str = "") -> tuple[Division, ...]:
        """Divisions written so (full, bare, former or English name), highest level first, inside ``within``."""
        written = name.strip()
        readings = self._names.get(written) or self._english.get(written.lower())
        if readings is None:
            return ()
        found = {r.division.adcode: r.division for r in readings}
        inside = [d for d in found.values() if not within or self.contains(within, d.adcode)]
        return tuple(sorted(inside, key=lambda d: (_RANK[d.level], d.adcode)))

    def find_in_text(self, text: str, *, within: str = "") -> list[PlaceMention]:
        """Places named in running text, left to right, the longest name first.

        A name of several places (铁西区) is given the one lying in another place of the text, or in ``within``
        (the reader's own city), or else in the home province; when that leaves more than one, it is left out.
        A road named after a city (上海路) is not a mention.
        """
        hits = sorted([*self._chinese_hits(text), *self._english_hits(text)], key=lambda hit: hit.start)
        decided: dict[int, Division] = {}
        previous: _Hit | None = None
        for hit in hits:
            before = None
            if previous is not None and not text[previous.end : hit.start].strip(_SEPARATORS):
                before = decided.get(previous.start)
            tight = previous is not None and previous.end == hit.start
            division = self._decide(hit.readings, before, tight, ())
            if division is not None:
                decided[hit.start] = division
            previous = hit
        named = [*decided.values(), *([self._divisions[within]] if within in self._divisions else [])]
        for number, hit in enumerate(hits, start=1):
            if hit.start not in decided:
                after = None  # English order: Tiexi District, Anshan
                following = hits[number] if number < len(hits) else None
                if following is not None and not text[hit.end : following.start].strip(_SEPARATORS):
                    after = decided.get(following.start)
                division = self._decide(hit.readings, after, False, named)
                if division is not None:
                    decided[hit.start] = division
        return [
            PlaceMention(hit.start, hit.end, text[hit.start : hit.end], decided[hit.start])
            for hit in hits
            if hit.start in decided
        ]

    def resolve_address(
        self, address: str, *, city: str = "", registered_adcode: str = ""
    ) -> AddressResolution | None:
        """The county (or, failing that, the city) an address lies in; None when not even the city is known.

        ``city`` is what a register's own column says (大连 or 大连市). ``registered_adcode`` is the division of
        the registration office (characters 3 to 8 of a credit code): asked last, because firms move.
        """
        return self._addresses.resolve(address, city, registered_adcode)

    def distance_km(self, one: str, other: str) -> float | None:
        """Kilometres between the seats of two divisions; None when either is unknown."""
        a, b = self._divisions.get(one), self._divisions.get(other)
        return None if a is None or b is None else distance_km(a.lon, a.lat, b.lon, b.lat)

    def _written(self, division: Division) -> Iterable[tuple[str, bool]]:
        yield division.name, False
        bare = stem(division.name)
        if bare == division.name:
            return
        at_home = division.adcode.startswith(self._home[:2])
        if division.level != "county":
            yield bare, _WORDS.fullmatch(bare) is not None
        elif bare != stem(self._divisions[division.parent].name):
            yield bare, not at_home or _WORDS.fullmatch(bare) is not None
        if "自治" in division.name and division.level == "county":
            yield bare + division.name[-1], False

    def _chinese_hits(self, text: str) -> Iterable[_Hit]:
        blocked = {i for match in _INSIDE_A_WORD.finditer(text) for i in range(*match.span())}
        reached = 0
        for begin in self._beginnings.finditer(text):
            position = begin.start()
            if position < reached or position in blocked or text[position : position + 2] not in self._pairs:
                continue
            for end in range(min(len(text), position + _LONGEST), position + 1, -1):
                readings = self._names.get(text[position:end])
                if readings is not None:
                    break
            else:
                continue
            road = _ROAD_AFTER.match(text, end)
            district = (
                end - position > 2 and text[end - 1] in "省市区县"
            )  # 和平区三好街: the district, its road
            if road is None or district:
                yield _Hit(position, end, readings)
            reached = road.end() if road else end

    def _english_hits(self, text: str) -> Iterable[_Hit]:
        reached = 0
        for word in _ENGLISH_WORD.finditer(text):
            if word.start() < reached or word[0].lower() not in self._english_first:
                continue
            match = self._english_pattern.match(text, word.start())
            if match is None:
                continue
            reached = match.end()
            if not _ENGLISH_ROAD_AFTER.match(text, match.end()):
                yield _Hit(match.start(), match.end(), self._english[match.group().lower()])

    def _decide(
        self, readings: tuple[_Reading, ...], before: Division | None, tight: bool, named: Iterable[Division]
    ) -> Division | None:
        """The one division meant, or None. ``before`` is the place beside it, ``tight`` when nothing stands between."""
        if before is not None:
            children = {
                r.division.adcode: r.division
                for r in readings
                if r.division.adcode != before.adcode
                and self.contains(before.adcode, r.division.adcode)
                and (tight or not r.needs_parent)
            }
            if len(children) == 1:
                return next(iter(children.values()))
        free = {r.division.adcode: r.division for r in readings if not r.needs_parent}
        outer = {place.adcode for place in named}
        inside = [d for a, d in free.items() if any(o.adcode in outer for o in self.ancestors(a)[:-1])]
        if len(inside) == 1:
            return inside[0]
        if not free:
            return None
        top = min(_RANK[d.level] for d in free.values())
        highest = [d for d in free.values() if _RANK[d.level] == top]
        at_home = [d for d in highest if d.adcode.startswith(self._home[:2])]
        for choice in (highest, at_home):
            if len(choice) == 1:
                return choice[0]
        return None


_RANK: dict[Level, int] = {"province": 0, "city": 1, "county": 2}


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The gazetteer of the bundled tables; read once a process."""
    return Gazetteer(read_divisions(), read_aliases(), read_streets(), read_former_adcodes())
