"""The capability items of all candidates side by side, and how well each fits: a few array operations, not a loop a firm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.firm_names import manufactures, trade_name, trades
from matching.need import Need
from matching.queries import Queries
from matching.texts import Floats, Ids, TextTable, Weights
from search.analysis import tokens
from search.documents import KINDS, ROLES, SupplierDocument
from search.index import Vectors

Integers = NDArray[np.int64]

TEXT_SHARE = 0.4
"""What coverage by an item's description counts beside coverage by its title."""
SERVICE_KINDS = frozenset({"tech_service", "logistics", "finance", "labour"})

ROLE_NUMBER: Mapping[str, int] = {role: at for at, role in enumerate(ROLES)}
KIND_NUMBER: Mapping[str, int] = {kind: at for at, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A supplier in numbers, kept while its version stays the same."""

    version: int
    called: str
    name: int
    """The name's number in the table; ``trade`` is that of what the name says of the trade."""
    trade: int
    trader: bool
    factory: bool
    titles: Ids
    role: NDArray[np.int8]
    kind: NDArray[np.int8]
    told: tuple[tuple[int, frozenset[str]], ...]
    """Items with a description: position, and the tokens of title and description."""


def prepare(supplier: SupplierDocument, table: TextTable) -> Prepared:
    """Look up everything that does not depend on the need."""
    called, items = supplier.name, supplier.items
    name, trade, *titles = table.ids([called, trade_name(called), *(item.title for item in items)]).tolist()
    return Prepared(
        supplier.version,
        called,
        name,
        trade,
        trades(called),
        manufactures(called),
        np.array(titles, np.int32),
        np.array([ROLE_NUMBER[item.role] for item in items], np.int8),
        np.array([KIND_NUMBER[item.kind] for item in items], np.int8),
        tuple(
            (at, frozenset(tokens(f"{item.title} {item.text}"))) for at, item in enumerate(items) if item.text
        ),
    )


@dataclass(frozen=True, slots=True)
class TextFits:
    """How every text of a table fits a need, looked up for titles and for names; shapes (len(table),)."""

    coverage: Floats
    precision: Floats
    kin: Floats
    """Weight of the best kindred term that the text holds."""


def text_fits(table: TextTable, queries: Queries, weigh: Weights) -> TextFits:
    """By the words of the need and of its kin."""
    coverage, precision = table.fit(queries.head_set, weigh)
    return TextFits(coverage, precision, table.holding([(term.text, term.weight) for term in queries.kin]))


@dataclass(frozen=True, slots=True)
class ItemFits:
    """One row an item, firms one after the other: firm ``f`` owns rows ``starts[f]`` to ``starts[f + 1]``."""

    starts: Integers
    owner: Integers
    role: NDArray[np.int8]
    kind: NDArray[np.int8]
    coverage: Floats
    precision: Floats
    cosine: Floats
    """With the nearer of head and title."""
    both: Floats
    """Mean of the cosines with head and with title."""
    kin: Floats
    kin_cosine: Floats
    """With the kindred terms' meaning."""

    @property
    def counts(self) -> Integers:
        """Items a firm."""
        return np.diff(self.starts)

    def highest(self, values: Floats) -> Floats:
        """The greatest of ``values`` (one an item) for each firm; 0 for a firm without items."""
        found = np.zeros(len(self.starts) - 1, np.float32)
        with_items = self.counts > 0
        if with_items.any():
            found[with_items] = np.maximum.reduceat(values, self.starts[:-1][with_items])
        return found

    def total(self, values: NDArray[Any]) -> Floats:
        """The sum of ``values`` (one an item) for each firm."""
        return np.bincount(self.owner, weights=values, minlength=len(self.starts) - 1).astype(np.float32)

    def best(self, values: Floats, most: int = 1) -> list[Integers]:
        """The rows with each firm's greatest, second, … of ``values`` (one an item; the first of equals first).

        ``most`` arrays of shape (firms,); -1 where a firm has fewer items.
        """
        left, found = np.array(values, np.float32), list[Integers]()
        for _ in range(most):
            rows = np.full(len(self.starts) - 1, -1, np.int64)
            greatest = self.highest(left)
            at = np.flatnonzero((left == greatest[self.owner]) & (left > -np.inf))[::-1]
            # From the last to the first, so that the first of equals stays.
            rows[self.owner[at]] = at
            left[rows[rows >= 0]] = -np.inf
            found.append(rows)
        return found


def item_fits(
    suppliers: Sequence[Prepared],
    texts: TextFits,
    table: TextTable,
    wanted: frozenset[str],
    weigh: Weights,
    meaning: Vectors,
) -> ItemFits:
    """Fits of every item of every supplier; ``meaning`` as ``judge`` takes it."""
    counts = [len(one.titles) for one in suppliers]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    nothing = np.empty(0, np.int32)
    titles = np.concatenate([nothing, *(one.titles for one in suppliers)])
    coverage = texts.coverage[titles]
    total = weigh.of(wanted)
    for start, one in zip(starts.tolist(), suppliers, strict=False):
        for at, told in one.told:
            if coverage[start + at] < TEXT_SHARE and not wanted.isdisjoint(told):
                # What a description mentions in passing (a saw that runs on linear guides) is not what is offered.
                share = TEXT_SHARE * weigh.of(wanted & told) / total
                coverage[start + at] = max(coverage[start + at], share)
    head, title, kin_cosine = table.cosines(meaning, titles).T
    codes = np.empty(0, np.int8)
    return ItemFits(
        starts=starts,
        owner=np.repeat(np.arange(len(suppliers)), counts),
        role=np.concatenate([codes, *(one.role for one in suppliers)]),
        kind=np.concatenate([codes, *(one.kind for one in suppliers)]),
        coverage=coverage,
        precision=texts.precision[titles],
        cosine=np.maximum(np.maximum(head, title), 0.0),
        both=(head + title) / 2,
        kin=texts.kin[titles],
        kin_cosine=kin_cosine,
    )


def makes(need: Need, fits: ItemFits) -> Floats:
    """By item: 1 when made, processed or (for a service need) served; 0 when resold."""
    served = 1.0 if need.kind in SERVICE_KINDS else 0.5
    worth = np.ones(len(ROLES), np.float32)
    worth[ROLE_NUMBER["resell"]] = 0.0
    worth[ROLE_NUMBER["service"]] = served
    return worth[fits.role]
