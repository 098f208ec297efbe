"""The first pages spread a little wider than the scores alone would have them: houses do not fill them, newcomers are seen.

A page of one group's five firms gives a buyer one choice. And a firm that joined yesterday has no confirmed history to
speak for it; unless it is shown sometimes it never will have (exploration, as in Agarwal et al., "Explore-exploit in
ranked lists", WWW 2009, at its simplest: one place). Scores stay as they are; only places change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from search.documents import SupplierDocument

PAGE = 10
MOST_OF_A_HOUSE = 2
"""Firms of one house on a page."""
NEW_SECONDS = 60 * 86_400.0
"""So long a firm counts as new on the platform."""
WITHIN_REACH = 0.9
"""Share of the score of the firm whose place it takes that a newcomer must have."""
LOOKED_AT = 30
"""How deep a newcomer is looked for."""
MOST_NEW = 0.25
"""Where more of those are new than this, as after a first import, none is shown before its turn."""

T = TypeVar("T")


def house_of(firm: SupplierDocument) -> str:
    """The place and brand (字号) of a name, the same for firms of one house; its own key where the brand is not known."""
    brand = min(firm.aliases, key=len, default="")
    return f"{firm.city}/{brand}" if len(brand) > 1 else firm.key


def spread(
    ranked: Sequence[T],
    *,
    firm: Callable[[T], SupplierDocument],
    score: Callable[[T], float],
    now: float,
    shown: int | None = None,
) -> list[T]:
    """The same firms in the order they are shown; ``now`` is in seconds since the epoch.

    Where only the first ``shown`` are looked at, those after them may stay in the order of their scores.
    """
    places = len(ranked) if shown is None else max(shown, LOOKED_AT)
    mixed = _mixed(ranked, lambda one: house_of(firm(one)), places)

    def new(one: T) -> bool:
        return 0 < now - firm(one).joined_at < NEW_SECONDS

    deep = mixed[:LOOKED_AT]
    newcomers = [at for at, one in enumerate(deep) if new(one)]
    if not newcomers or newcomers[0] < PAGE or len(newcomers) > MOST_NEW * len(deep):
        return mixed
    first = mixed[newcomers[0]]
    if score(first) < WITHIN_REACH * score(mixed[PAGE - 1]):
        return mixed
    del mixed[newcomers[0]]
    mixed.insert(PAGE - 1, first)
    return mixed


def _mixed(ranked: Sequence[T], house: Callable[[T], str], places: int) -> list[T]:
    """Page by page the best that are left, with at most ``MOST_OF_A_HOUSE`` of a house; where nobody else is left, more."""
    left, found = list(ranked), list[T]()
    while len(found) < places:
        seen: Counter[str] = Counter()
        page, later = list[T](), list[T]()
        for at, one in enumerate(left):
            if len(page) == PAGE:
                later += left[at:]
                break
            seen[house(one)] += 1
            (page if seen[house(one)] <= MOST_OF_A_HOUSE else later).append(one)
        if len(page) < PAGE:
            return [*found, *page, *later]
        found += page
        left = later
    return found + left
