"""Where the thing is wanted: one division out of all the places a demand names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal, Protocol, cast

from matching.need import Place


class DivisionLike(Protocol):
    """An administrative division: six-digit ``adcode``, ``name``, ``level``."""

    @property
    def adcode(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def level(self) -> str: ...


class MentionLike(Protocol):
    """A place named in a text, at ``start`` to ``end``."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def division(self) -> DivisionLike: ...


class Gazetteer(Protocol):
    """Finds divisions in running text (`search.places`)."""

    def find_in_text(self, text: str, /) -> Sequence[MentionLike]:
        """Places named in ``text`` in reading order."""
        ...

    def by_name(self, name: str, /) -> Sequence[DivisionLike]:
        """Divisions written so, highest level first."""
        ...


_NOT_HERE: Final = re.compile(
    r"(?:来自|产自|产地|原产|之前在?|以前在?|原先在?|除|不是|非|替代|依赖|靠|进口自|总部(?:设)?在|客户在|出口到?|运往|发往|imported from|made in|since)\s?(?:[\u4e00-\u9fff]{1,4}、)?$",
    re.IGNORECASE,
)
_NOT_HERE_AFTER: Final = re.compile(
    r"^(?:的?太远|那边太远|等?地?(?:、[\u4e00-\u9fff]{2,3})?(?:买|进口|产的|采购的?|订的?|拿货|调货|进货|进的|供的|那边买|发货的|的货|的厂家供|客户|产))"
)
_DELIVERY: Final = re.compile(
    r"(?:送到?|送货到?|送至|交货地点?|交到|交付到?|到货地点?|运到|运至|发到|发至|到|至|地点|地址|收货地|项目地|在|位于|安装于|落地|供|深入|前往|来|delivered? to|delivery to|to our (?:plant|site) in|in|near|at|around|ship to)[:为是在\s]*$",
    re.IGNORECASE,
)
_DELIVERY_AFTER: Final = re.compile(
    r"^(?:市|县|区|镇|[\u4e00-\u9fff]{0,5})?(?:交货|送货|自提|收货|这边|厂区|安装|本地|当地|到货|周边|附近|的?厂家)"
)
_LEVELS: Final = {"province": 1, "city": 2, "county": 3}


def choose_place(text: str, mentions: Sequence[MentionLike]) -> tuple[Place | None, list[tuple[int, int]]]:
    """The division where the buyer wants delivery, and the spans of every place named.

    Places of origin and of the past (之前从唐山买的) are left out; of a city and its district the district is
    taken; the place with a word of delivery beside it wins over one in the story.
    """
    scored: list[tuple[float, MentionLike]] = []
    spans = [(m.start, m.end) for m in mentions]
    for mention in mentions:
        before, after = text[max(0, mention.start - 14) : mention.start], text[mention.end : mention.end + 12]
        if mention.division.level not in _LEVELS or _NOT_HERE.search(before) or _NOT_HERE_AFTER.match(after):
            continue
        score = 1.0
        if _DELIVERY.search(before):
            score += 2.0
        if _DELIVERY_AFTER.match(after):
            score += 1.0
        scored.append((score + 0.1 * _LEVELS[mention.division.level], mention))
    if not scored:
        return None, spans
    best = max(scored, key=lambda item: item[0])[1]
    inside = [m for _, m in scored if _within(m.division, best.division)]
    deepest = max(inside, key=lambda m: _LEVELS[m.division.level], default=best)
    division = deepest.division
    level = cast(Literal["province", "city", "county"], division.level)
    return Place(adcode=division.adcode, name=division.name, level=level), spans


def _within(inner: DivisionLike, outer: DivisionLike) -> bool:
    """Whether ``inner`` lies in ``outer``: adcodes share the digits of the outer level."""
    digits = {"province": 2, "city": 4, "county": 6}[outer.level]
    return inner.adcode[:digits] == outer.adcode[:digits]
