"""An immutable picture of what is indexed, as arrays: which firm an item belongs to, which firms a filter allows.

A search holds one snapshot from start to end, so a write that lands meanwhile never mixes into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.documents import KINDS, ROLES
from search.embedded.store import Store
from search.index import Filters, Hit, division_prefix

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
EARTH_RADIUS_KM = 6371.0088
_FACTS = "ord, key, adcode, city, industry, status, verified, lon, lat, tags"


@dataclass(frozen=True)
class Snapshot:
    """Firms by position, items by position; ``item_firm`` and ``item_text`` point from an item to each."""

    firm_ord: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    keys: tuple[str, ...] = ()
    alive: Mask = field(default_factory=lambda: np.empty(0, np.bool_))
    adcode: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, "U6"))
    industry: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, "U4"))
    status: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, "U16"))
    verified: Mask = field(default_factory=lambda: np.empty(0, np.bool_))
    lonlat: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 2), np.float32))
    tags: tuple[tuple[str, ...], ...] = ()
    cities: tuple[str, ...] = ()
    item_id: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    item_firm: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    item_text: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    item_kind: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    item_role: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    item_pos: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    texts: int = 0
    gone_seq: int = 0

    @cached_property
    def firms(self) -> int:
        """How many firms are indexed and not replaced or deleted."""
        return int(self.alive.sum())

    @cached_property
    def _by_text(self) -> tuple[Ints, Ints]:
        """Items sorted by text, and where each text's items start (CSR)."""
        order = np.argsort(self.item_text, kind="stable")
        starts = np.searchsorted(self.item_text[order], np.arange(self.texts + 1))
        return order, starts

    @cached_property
    def position(self) -> dict[str, int]:
        """Key -> firm position, for live firms."""
        return {key: int(i) for i, key in enumerate(self.keys) if self.alive[i]}

    def firms_allowed(self, filters: Filters) -> Mask:
        """Which firms pass the firm-level filters; shape (firms,)."""
        mask = self.alive.copy()
        if filters.keys:
            chosen = np.zeros_like(mask)
            chosen[[self.position[key] for key in filters.keys if key in self.position]] = True
            mask &= chosen
        if filters.divisions:
            mask &= _subtree(self.adcode, [division_prefix(code) for code in filters.divisions])
        if filters.industries:
            mask &= _subtree(self.industry, filters.industries)
        if filters.statuses:
            mask &= np.isin(self.status, filters.statuses)
        if filters.verified_only:
            mask &= self.verified
        if filters.tags:
            wanted = set(filters.tags)
            mask &= np.fromiter((not wanted.isdisjoint(tags) for tags in self.tags), np.bool_, len(self.tags))
        if filters.near:
            near = filters.near
            with np.errstate(invalid="ignore"):
                mask &= distances_km(self.lonlat, near.lon, near.lat) <= near.kilometres
        return mask

    def items_allowed(self, filters: Filters, firms: Mask) -> Mask:
        """Which items pass, given the firms that do; shape (items,)."""
        mask = firms[self.item_firm]
        if filters.kinds:
            mask &= np.isin(self.item_kind, [KINDS.index(kind) for kind in filters.kinds])
        if filters.roles:
            mask &= np.isin(self.item_role, [ROLES.index(role) for role in filters.roles])
        return mask

    def item_hits(self, item_ids: Ints, scores: NDArray[np.float32], allowed: Mask, limit: int) -> list[Hit]:
        """Best item a firm, from item ids sorted best first."""
        at = np.searchsorted(self.item_id, item_ids)
        known = at < len(self.item_id)
        known[known] = self.item_id[at[known]] == item_ids[known]
        at, scores = at[known], scores[known]
        keep = allowed[self.item_firm[at]] if len(at) else np.empty(0, np.bool_)
        return self._collapse(at[keep], scores[keep], limit)

    def text_hits(self, texts: Ints, scores: NDArray[np.float32], items: Mask, limit: int) -> list[Hit]:
        """Best item a firm, from text positions sorted best first; only ``items`` allowed count."""
        order, starts = self._by_text
        lengths = starts[texts + 1] - starts[texts]
        # Positions in ``order`` of every item of every text, texts kept in their order.
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        at = order[np.repeat(starts[texts], lengths) + within]
        keep = items[at]
        return self._collapse(at[keep], np.repeat(scores, lengths)[keep], limit)

    def _collapse(self, at: Ints, scores: NDArray[np.float32], limit: int) -> list[Hit]:
        _, first = np.unique(self.item_firm[at], return_index=True)
        first.sort()
        return [
            Hit(self.keys[self.item_firm[i]], float(score), int(self.item_pos[i]))
            for i, score in zip(at[first[:limit]], scores[first[:limit]], strict=True)
        ]

    def firm_hits(self, ordinals: Ints, scores: NDArray[np.float32], allowed: Mask, limit: int) -> list[Hit]:
        """Hits of whole firms, from firm ordinals sorted best first."""
        at = np.searchsorted(self.firm_ord, ordinals)
        known = at < len(self.firm_ord)
        known[known] = self.firm_ord[at[known]] == ordinals[known]
        pairs = zip(at[known].tolist(), scores[known].tolist(), strict=True)
        return [Hit(self.keys[i], score) for i, score in pairs if allowed[i]][:limit]

    def extended(self, store: Store) -> Snapshot:
        """This snapshot with everything the store has gained since."""
        last_firm = int(self.firm_ord[-1]) if len(self.firm_ord) else 0
        last_item = int(self.item_id[-1]) if len(self.item_id) else 0
        firms = store.read(f"SELECT {_FACTS} FROM firm WHERE ord > ? ORDER BY ord", (last_firm,))  # noqa: S608
        items = store.read(
            "SELECT id, firm, text, kind, role, pos FROM item WHERE id > ? ORDER BY id", (last_item,)
        )
        gone = store.read("SELECT seq, ord FROM gone WHERE seq > ? ORDER BY seq", (self.gone_seq,))
        ords, keys, adcodes, cities, industries, statuses, verified, lons, lats, tags = (
            zip(*firms, strict=True) if firms else ((),) * 10
        )
        firm_ord = np.concatenate([self.firm_ord, np.array(ords, np.int64)])
        alive = np.concatenate([self.alive, np.ones(len(firms), np.bool_)])
        if gone:
            dead = np.searchsorted(firm_ord, np.array([row[1] for row in gone], np.int64))
            dead = dead[dead < len(firm_ord)]
            dead = dead[np.isin(firm_ord[dead], [row[1] for row in gone])]
            alive[dead] = False
        table = np.array(items, np.int64).reshape(-1, 6)
        table = table[np.isin(table[:, 1], firm_ord)]
        return replace(
            self,
            firm_ord=firm_ord,
            keys=self.keys + tuple(keys),
            alive=alive,
            adcode=_grown(self.adcode, adcodes),
            industry=_grown(self.industry, industries),
            status=_grown(self.status, statuses),
            verified=np.concatenate([self.verified, np.array(verified, np.bool_)]),
            lonlat=np.concatenate([self.lonlat, _lonlat(lons, lats)]),
            tags=self.tags + tuple(tuple(line.split("\t")) if line else () for line in tags),
            cities=self.cities + tuple(cities),
            item_id=np.concatenate([self.item_id, table[:, 0]]),
            item_firm=np.concatenate([self.item_firm, np.searchsorted(firm_ord, table[:, 1])]),
            item_text=np.concatenate([self.item_text, table[:, 2] - 1]),
            item_kind=np.concatenate([self.item_kind, table[:, 3].astype(np.int8)]),
            item_role=np.concatenate([self.item_role, table[:, 4].astype(np.int8)]),
            item_pos=np.concatenate([self.item_pos, table[:, 5].astype(np.int32)]),
            texts=int(store.read("SELECT COALESCE(MAX(id), 0) FROM text")[0][0]),
            gone_seq=gone[-1][0] if gone else self.gone_seq,
        )


def _subtree(codes: NDArray[np.str_], prefixes: list[str] | tuple[str, ...]) -> Mask:
    """Which codes start with any of the prefixes; each distinct code is looked at once."""
    distinct, inverse = np.unique(codes, return_inverse=True)
    hit = np.fromiter(
        (code.startswith(tuple(prefixes)) for code in distinct.tolist()), np.bool_, len(distinct)
    )
    return hit[inverse] if len(distinct) else np.zeros(len(codes), np.bool_)


def _grown(old: NDArray[np.str_], new: Sequence[str]) -> NDArray[np.str_]:
    return np.concatenate([old, np.array(new, old.dtype)])


def _lonlat(lons: Sequence[float | None], lats: Sequence[float | None]) -> NDArray[np.float32]:
    """Shape (n, 2); None becomes NaN."""
    return np.stack([np.array(lons, np.float32), np.array(lats, np.float32)], axis=1)


def distances_km(lonlat: NDArray[np.float32], lon: float, lat: float) -> NDArray[np.float32]:
    """Great-circle kilometres (haversine) from each row (lon, lat in degrees) to a point; NaN where unknown."""
    lon1, lat1 = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    lon2, lat2 = np.radians(lon), np.radians(lat)
    chord = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return (2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))).astype(np.float32)
