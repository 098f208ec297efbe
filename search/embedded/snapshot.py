"""An immutable picture of what is indexed, as arrays: which firm an item belongs to, which firms a filter allows.

A search holds one snapshot from start to end, so a write that lands meanwhile never mixes into it. Firms that have
been replaced or deleted are not in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from search.divisions import EARTH_RADIUS_KM
from search.documents import KINDS, Amount
from search.embedded.rows import FACTS, ITEMS, KIND_NUMBER, ROLE_NUMBER
from search.embedded.store import Gains
from search.index import Facets, Filters, Hit, division_prefix

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What passes some filters."""

    firms: Mask
    items: Mask
    texts: Mask | None
    """Titles with at least one item that passes; None when that is all of them."""
    count: int
    """How many firms."""
    share: float
    """The part of all items that passes, 0 to 1."""


@dataclass(frozen=True)
class Snapshot:
    """Firms by position, in order of ordinal; items by position, those of a firm together and in its own order."""

    ords: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    keys: tuple[str, ...] = ()
    facts: NDArray[np.void] = field(default_factory=lambda: np.empty(0, FACTS))
    items: NDArray[np.void] = field(default_factory=lambda: np.empty(0, ITEMS))
    item_firm: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    labels: tuple[str, ...] = ()
    texts: int = 0
    last_ord: int = 0
    gone_seq: int = 0

    @cached_property
    def item_text(self) -> NDArray[np.int32]:
        """Each item's title, as a position among the vectors."""
        return np.ascontiguousarray(self.items["text"])

    @cached_property
    def starts(self) -> Ints:
        """Where each firm's items start, and the end; shape (firms + 1,)."""
        return np.searchsorted(self.item_firm, np.arange(len(self.keys) + 1))

    @cached_property
    def by_text(self) -> tuple[Ints, Ints]:
        """Items sorted by text, and where each text's items start (CSR)."""
        order = np.argsort(self.item_text, kind="stable")
        starts = np.searchsorted(self.item_text[order], np.arange(self.texts + 1))
        return order, starts

    @cached_property
    def position(self) -> dict[str, int]:
        """Key -> firm position."""
        return {key: i for i, key in enumerate(self.keys)}

    def allowed(self, filters: Filters) -> Allowed:
        """What passes: firms by their facts and by having an item that meets what is asked of items, items, and titles."""
        firms = self._firms(filters)
        items = firms[self.item_firm]
        if filters.of_items:
            if filters.kinds:
                items &= _among(self.items["kind"], [KIND_NUMBER[kind] for kind in filters.kinds])
            if filters.roles:
                items &= _among(self.items["role"], [ROLE_NUMBER[role] for role in filters.roles])
            if asked := filters.price:
                items &= self._of_unit("price", asked) & (self.items["price"] <= asked.value)
            if asked := filters.min_price:
                items &= self._of_unit("price", asked) & (self.items["price"] >= asked.value)
            if asked := filters.capacity:
                items &= self._of_unit("capacity", asked) & (self.items["capacity"] >= asked.value)
            firms = np.zeros_like(firms)
            firms[self.item_firm[items]] = True
        texts = np.zeros(self.texts, np.bool_)
        texts[self.item_text[items]] = True
        share = float(items.mean()) if len(items) else 0.0
        return Allowed(firms, items, None if texts.all() else texts, int(firms.sum()), share)

    def _of_unit(self, column: str, asked: Amount) -> Mask:
        """Which items state this amount in the unit asked for, or not at all."""
        number = self.labels.index(asked.unit) if asked.unit in self.labels else -1
        same: Mask = self.items[f"{column}_unit"] == number
        return same

    def _firms(self, filters: Filters) -> Mask:
        mask = np.ones(len(self.keys), np.bool_)
        if filters.keys:
            mask[:] = False
            mask[[self.position[key] for key in filters.keys if key in self.position]] = True
        if filters.divisions:
            divisions = tuple(division_prefix(code) for code in filters.divisions)
            mask &= self._labelled("adcode", lambda code: code.startswith(divisions))
        if filters.industries:
            mask &= self._labelled("industry", lambda code: code.startswith(tuple(filters.industries)))
        if filters.statuses:
            mask &= self._labelled("status", set(filters.statuses).__contains__)
        if filters.tags:
            mask &= self._labelled("tags", lambda tags: not set(filters.tags).isdisjoint(json.loads(tags)))
        if filters.verified_only:
            mask &= self.facts["verified"]
        if near := filters.near:
            away = distances_km(self.facts["lon"], self.facts["lat"], near.lon, near.lat)
            with np.errstate(invalid="ignore"):
                mask &= away <= near.kilometres
        return mask

    def _labelled(self, column: str, fits: Callable[[str], bool]) -> Mask:
        """Which firms' label in this column fits; each distinct label is looked at once."""
        numbers = self.facts[column]
        used = np.flatnonzero(np.bincount(numbers, minlength=len(self.labels)))
        good = np.zeros(len(self.labels), np.bool_)
        good[used] = [fits(self.labels[i]) for i in used.tolist()]
        hits: Mask = good[numbers]
        return hits

    def facets(self, allowed: Allowed) -> Facets:
        """Counts by city, industry, tag and kind of item of the firms allowed, largest first."""
        facts = self.facts[allowed.firms]
        tags: Counter[str] = Counter()
        for label, count in self._counts(facts["tags"]).items():
            for tag in json.loads(label):
                tags[tag] += count
        return Facets(
            cities=_ranked(self._counts(facts["city"])),
            industries=_ranked(self._counts(facts["industry"])),
            tags=_ranked(tags),
            kinds=_ranked(self._kinds(allowed)),
        )

    def _kinds(self, allowed: Allowed) -> dict[str, int]:
        has = np.zeros((len(self.keys), len(KINDS)), np.bool_)
        has[self.item_firm[allowed.items], self.items["kind"][allowed.items]] = True
        return {kind: count for kind, count in zip(KINDS, has.sum(axis=0).tolist(), strict=True) if count}

    def _counts(self, numbers: NDArray[np.int32]) -> dict[str, int]:
        counts = np.bincount(numbers, minlength=len(self.labels))
        return {self.labels[i]: int(counts[i]) for i in np.flatnonzero(counts).tolist() if self.labels[i]}

    def firms_with(self, texts: Ints, allowed: Allowed) -> Ints:
        """How many of the allowed firms have each of these texts; shape (texts,)."""
        at, lengths = self._items_with(texts)
        pairs = np.stack([np.repeat(np.arange(len(texts)), lengths), self.item_firm[at]])
        distinct = np.unique(pairs[:, allowed.items[at]], axis=1)
        return np.bincount(distinct[0], minlength=len(texts))

    def item_hits(
        self, ords: Ints, positions: Ints, scores: NDArray[np.float32], allowed: Allowed, limit: int
    ) -> list[Hit]:
        """Firms by their best item, from (firm ordinal, item position) sorted best first."""
        firm, known = self._at(ords)
        at = self.starts[firm[known]] + positions[known]
        keep = allowed.items[at]
        return self._collapse(at[keep], scores[known][keep], limit)

    def text_hits(self, texts: Ints, scores: NDArray[np.float32], allowed: Allowed, limit: int) -> list[Hit]:
        """Firms by their best item, from text positions sorted best first."""
        at, lengths = self._items_with(texts)
        keep = allowed.items[at]
        return self._collapse(at[keep], np.repeat(scores, lengths)[keep], limit)

    def _items_with(self, texts: Ints) -> tuple[Ints, Ints]:
        """Positions of every item of every text, texts kept in their order, and how many each has."""
        order, starts = self.by_text
        lengths = starts[texts + 1] - starts[texts]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return order[np.repeat(starts[texts], lengths) + within], lengths

    def firm_hits(self, ords: Ints, scores: NDArray[np.float32], allowed: Allowed, limit: int) -> list[Hit]:
        """Hits of whole firms, from firm ordinals sorted best first."""
        firm, known = self._at(ords)
        pairs = zip(firm[known].tolist(), scores[known].tolist(), strict=True)
        return [Hit(self.keys[i], score) for i, score in pairs if allowed.firms[i]][:limit]

    def _at(self, ords: Ints) -> tuple[Ints, Mask]:
        """Positions of firm ordinals, and which of them are in this snapshot."""
        at = np.searchsorted(self.ords, ords)
        known = at < len(self.ords)
        known[known] = self.ords[at[known]] == ords[known]
        return at, known

    def _collapse(self, at: Ints, scores: NDArray[np.float32], limit: int) -> list[Hit]:
        _, first = np.unique(self.item_firm[at], return_index=True)
        first = np.sort(first)[:limit]
        rows = zip(self.item_firm[at[first]].tolist(), scores[first].tolist(), strict=True)
        return [Hit(self.keys[firm], score) for firm, score in rows]

    def extended(self, gains: Gains, texts: int) -> Snapshot:
        """This snapshot with what the store has gained and without what it has lost since."""
        stay = ~np.isin(self.ords, np.array(gains.gone, np.int64))
        items_stay = stay[self.item_firm]
        new_items = np.frombuffer(b"".join([row[3] for row in gains.firms]), ITEMS)
        counts = np.concatenate(
            [
                np.bincount(self.item_firm, minlength=len(self.keys))[stay],
                np.array([len(row[3]) // ITEMS.itemsize for row in gains.firms], np.int64),
            ]
        ).astype(np.int64)
        return Snapshot(
            ords=np.concatenate([self.ords[stay], np.array([row[0] for row in gains.firms], np.int64)]),
            keys=(*compress(self.keys, stay.tolist()), *(row[1] for row in gains.firms)),
            facts=np.concatenate(
                [self.facts[stay], np.frombuffer(b"".join([row[2] for row in gains.firms]), FACTS)]
            ),
            items=np.concatenate([self.items[items_stay], new_items]),
            item_firm=np.repeat(np.arange(len(counts)), counts),
            labels=(*self.labels, *gains.labels),
            texts=texts,
            last_ord=gains.firms[-1][0] if gains.firms else self.last_ord,
            gone_seq=gains.gone_seq,
        )


def _among(numbers: NDArray[np.int8], wanted: Sequence[int]) -> Mask:
    table = np.zeros(128, np.bool_)
    table[list(wanted)] = True
    hits: Mask = table[numbers]
    return hits


def _ranked(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def distances_km(
    lons: NDArray[np.float64], lats: NDArray[np.float64], lon: float, lat: float
) -> NDArray[np.float64]:
    """Great-circle kilometres (haversine) from points in degrees to one point; NaN where unknown."""
    lon1, lat1 = np.radians(lons), np.radians(lats)
    lon2, lat2 = np.radians(lon), np.radians(lat)
    chord = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    away: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return away
