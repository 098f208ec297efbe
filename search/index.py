"""SearchIndex, the protocol that every backend keeps, with the filters it takes and the hits it gives.

A match asks for several legs at once (words, whole-firm words, meaning); a backend answers them in one round trip.
Legs return firms: a firm scores by its best item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from search.documents import Amount, CapabilityItem, Kind, Role, SupplierDocument

Vectors = NDArray[np.float32]
"""Shape (n, dimensions), rows of unit length."""

Embed = Callable[[Sequence[str]], Vectors]
"""Turns item titles into vectors; given to the index by whoever owns the encoder."""


class SearchUnavailable(Exception):
    """The index cannot answer now; the data behind it is safe. ``retry_after`` is in seconds.

    ``passing`` says whether it may answer by itself after a while, with nobody doing anything about it.
    """

    def __init__(self, message: str, *, retry_after: int = 5, passing: bool = True) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.passing = passing


class ListExpired(Exception):
    """A page was asked for of a list that is not kept any more, or never was: it has to be begun anew."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What filled an index, as it is written in it: vectors of two encoders do not compare."""

    encoder: str
    """Its own name, another one for other weights."""
    dimensions: int
    setting: str = ""
    """How the settings named it, to load it again; empty where an older release made the index."""
    current: bool = True
    """Whether the index is laid out as this release lays it out."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An index that is being filled to take over, as far as it is."""

    filling: Filling
    firms: int


def division_prefix(adcode: str) -> str:
    """The part of an adcode that all its subdivisions share: 210000 -> 21, 210100 -> 2101, 210113 -> 210113."""
    while len(adcode) > 2 and adcode.endswith("00"):
        adcode = adcode[:-2]
    return adcode


@dataclass(frozen=True, slots=True)
class Near:
    """Within ``kilometres`` (great circle) of a point."""

    lon: float
    lat: float
    kilometres: float


@dataclass(frozen=True, slots=True)
class Filters:
    """Hard constraints; an empty field does not constrain. Divisions and industries take whole subtrees.

    What is asked of items (kinds, roles, price, capacity) one and the same item has to meet.
    """

    divisions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    roles: tuple[Role, ...] = ()
    tags: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ("active",)
    verified_only: bool = False
    near: Near | None = None
    keys: tuple[str, ...] = ()
    price: Amount | None = None
    """An item's stated price is at most this, of the same unit."""
    min_price: Amount | None = None
    """An item's stated price is at least this, of the same unit."""
    capacity: Amount | None = None
    """An item's stated capacity is at least this, of the same unit."""

    @property
    def of_items(self) -> bool:
        """Whether anything is asked of items."""
        return bool(self.kinds or self.roles or self.price or self.min_price or self.capacity)

    def fit(self, item: CapabilityItem) -> bool:
        """Whether an item meets all that is asked of items."""
        return (
            (not self.kinds or item.kind in self.kinds)
            and (not self.roles or item.role in self.roles)
            and (not self.price or _reaches(self.price, item.price))
            and (not self.min_price or _reaches(item.price, self.min_price))
            and (not self.capacity or _reaches(item.capacity, self.capacity))
        )


def _reaches(more: Amount | None, less: Amount | None) -> bool:
    return bool(more and less and more.unit == less.unit and more.value >= less.value)


NAME_BOOST = 2.0
"""What a word in a firm's name counts when whole firms are searched: a name says its trade in a word or two."""


LONGEST_TITLE = 40
"""Characters of a title that is worth suggesting to somebody who types."""


@dataclass(frozen=True, slots=True)
class TextLeg:
    """BM25 of tokens over capability items (``item``), over whole firms (``firm``) or over names (``name``)."""

    tokens: tuple[str, ...]
    over: Literal["item", "firm", "name"] = "item"
    limit: int = 200
    weights: tuple[float, ...] = ()
    """What each token's score is multiplied by, one a token; empty means 1 for all."""

    def weighted(self) -> dict[str, float]:
        """Each token once, with its weight; of a token said twice the first weight holds."""
        found: dict[str, float] = {}
        for token, weight in zip(self.tokens, self.weights or (1.0,) * len(self.tokens), strict=True):
            found.setdefault(token, weight)
        return found


@dataclass(frozen=True, slots=True)
class VectorLeg:
    """Cosine of one query vector with every item's vector."""

    vector: Vectors
    limit: int = 200


Leg = TextLeg | VectorLeg


class Hit(NamedTuple):
    """A firm found by a leg, with the score of its best item, or its own where whole firms were searched."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class WordPage:
    """Some of a long list of firms, best first, and where the next page begins (``after``; "" on the last)."""

    hits: list[Hit]
    after: str


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over everything that passes the filters: value -> number of firms."""

    cities: dict[str, int]
    industries: dict[str, int]
    tags: dict[str, int]
    kinds: dict[str, int]
    """Of items that pass: a firm counts once for each kind that it has."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A document or deletion that the backend will never take as it is, and why."""

    key: str
    version: int
    reason: str


class SearchIndex(Protocol):
    """What the indexer writes to and matching reads from."""

    @property
    def stale(self) -> bool:
        """Whether another encoder or version filled the index, so that it has to be rebuilt. May raise SearchUnavailable."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...

    def replaced(self) -> bool:
        """Whether a rebuild has put another index in the place of this one, which is to be opened anew.

        By whom it was filled may have changed. Until then this one goes on answering. May raise SearchUnavailable.
        """
        ...

    def changed_elsewhere(self) -> bool:
        """Whether a refresh would show what another process has written."""
        ...

    def apply(
        self,
        upserts: Sequence[SupplierDocument],
        deletes: Sequence[tuple[str, int]] = (),
        *,
        force: bool = False,
    ) -> tuple[Rejection, ...]:
        """Write documents and delete ``(key, version)`` pairs durably; an older version never replaces a newer one.

        Returns what the backend refused for good; all the rest is written. Raises SearchUnavailable when it could not
        take everything now (no connection, overload): the same batch may be applied again later.

        ``force`` is for repair: the versions given hold whatever the index has, as after a database was restored
        from a backup, and a forced deletion is not remembered, so that the key may begin anew at version 1.
        """
        ...

    def search(self, legs: Sequence[Leg], filters: Filters) -> list[list[Hit]]:
        """Answer every leg, best first. Raises SearchUnavailable."""
        ...

    def page(self, tokens: Sequence[str], filters: Filters, *, limit: int, after: str = "") -> WordPage:
        """Every firm that has any of the words, best first, however many there are: ``limit`` at a time (at least 1).

        All pages are of the moment of the first, whatever is written between them: none is missed and none comes twice.
        Raises ListExpired when that moment is not kept any more, or ``after`` was not made here, and SearchUnavailable.
        """
        ...

    def document_frequencies(self, tokens: Sequence[str]) -> dict[str, int]:
        """In how many capability items each token stands; what is rare tells more."""
        ...

    def titles(self, beginning: str, *, limit: int) -> list[tuple[str, int]]:
        """Titles of active firms' items that begin so, and how many firms have each: those of most firms first.

        Latin letters match in either case. Of equals the first in the order of characters comes first; titles longer
        than LONGEST_TITLE are left out. Raises SearchUnavailable.
        """
        ...

    def item_count(self) -> int:
        """How many capability items are indexed."""
        ...

    def documents(self, keys: Sequence[str]) -> dict[str, SupplierDocument]:
        """The documents of these keys; a key that is not there is left out."""
        ...

    def facets(self, filters: Filters) -> Facets:
        """How many firms pass the filters, by city, industry, tag and kind of item."""
        ...

    def versions(self, keys: Sequence[str] | None = None) -> Iterator[tuple[str, int]]:
        """Every (key, version) the index holds, only of ``keys`` when given, in order of the keys, for reconciliation."""
        ...

    def count(self) -> int:
        """How many firms are indexed."""
        ...

    def refresh(self) -> None:
        """Make everything applied so far visible to the next search."""
        ...
