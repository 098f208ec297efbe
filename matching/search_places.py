"""Where the firms of a search must lie, of the places its words name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from matching.place_choice import Gazetteer, MentionLike
from search.index import division_prefix


def common(adcodes: list[str]) -> str:
    """The division meant by those named: the narrowest of 沈阳市, 沈北新区; the city of two of its districts; "" for 盘锦或者锦州."""
    if not adcodes:
        return ""
    narrowest = max(adcodes, key=lambda adcode: len(division_prefix(adcode)))
    if all(narrowest.startswith(division_prefix(adcode)) for adcode in adcodes):
        return narrowest
    city = narrowest[:4]
    return f"{city}00" if all(adcode.startswith(city) for adcode in adcodes) else ""


_JOINED: Final = re.compile(r"\s*(?:和|与|及|或者?|还是|以及|跟|、|,|，|/|\band\b|\bor\b)\s*", re.IGNORECASE)
_MOST_CITIES: Final = 8


def side_by_side(text: str, mentions: Sequence[MentionLike]) -> tuple[str, ...]:
    """The divisions of 沈阳、大连和鞍山; empty where places stand otherwise (从沈阳到大连)."""
    ordered = sorted(mentions, key=lambda mention: mention.start)
    joined = all(_JOINED.fullmatch(text[one.end : other.start]) for one, other in pairwise(ordered))
    return tuple(dict.fromkeys(one.division.adcode for one in ordered))[:_MOST_CITIES] if joined else ()


def several(text: str, places: Gazetteer) -> tuple[str, ...]:
    """The places of one name (铁西区) when the text does not say which."""
    for ending in re.finditer("[区县]", text):
        for length in (4, 3):
            name = text[max(0, ending.end() - length) : ending.end()]
            found = places.by_name(name) if len(name) == length else ()
            if len(found) > 1:
                return tuple(division.adcode for division in found)
    return ()
