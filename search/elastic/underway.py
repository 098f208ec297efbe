"""A leg while it is being answered: what it has, and how many more firms it wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search.elastic.cache import Kept
from search.elastic.meaning import by_meaning
from search.elastic.queries import DEEPEST, Query, text_body, vector_body
from search.index import Filters, Hit, Leg, TextLeg, VectorLeg

FILTERED_DEEPER = 3
"""The graph is not filtered by what is asked of items, so with such a filter so many times more firms are asked for at first."""


class Underway:
    """One leg. A leg of words is answered at once; one of meaning may have to be asked for more firms.

    That is so in two cases. The graph gives the nearest items, and where one firm owns them all, it gives that firm alone.
    And it gives firms by their nearest item of any kind: with a filter of items, a firm whose nearest *fitting* item
    is nearer than that of the last firm may not have been seen yet.
    """

    def __init__(self, leg: Leg, filters: Filters) -> None:
        self.leg = leg
        self.hits: list[Hit] = []
        self.wanted = min(leg.limit, DEEPEST)
        """How many firms to ask for next; none when the answer is complete."""
        self._filters = filters
        self._of_items = filters.of_items
        self._known: list[str] = []
        self.own_words: tuple[str, ...] = ()
        """A need's own words, which are not weighted: how rare they are is asked next, so it is asked with them."""
        if isinstance(leg, TextLeg):
            if leg.over == "item" and not leg.weights:
                self.own_words = leg.tokens
            if not leg.tokens:
                self.wanted = 0
        elif self._of_items:
            self.wanted = min(leg.limit * FILTERED_DEEPER, DEEPEST)

    def body(self, filters: Filters) -> Query:
        """What to ask next."""
        if isinstance(self.leg, VectorLeg):
            return vector_body(self.leg, filters, self.wanted, self._known)
        return text_body(self.leg, filters)

    def finish(self, hits: list[Hit]) -> None:
        """This is all."""
        self.hits, self.wanted = hits, 0

    def add_meant(self, keys: Sequence[str], kept: Mapping[str, Kept], passing: int) -> None:
        """Firms not known before, and how many pass the filters in all (counted up to the limit)."""
        assert isinstance(self.leg, VectorLeg)  # noqa: S101
        hits, reached = by_meaning(keys, kept, self.leg.vector, self._filters)
        self._known += keys
        self.hits = sorted([*self.hits, *hits], key=lambda hit: -hit.score)
        limit = min(self.leg.limit, passing)
        short = len(self.hits) < limit
        unsure = self._of_items and not short and limit > 0 and self.hits[limit - 1].score < reached
        exhausted = not keys or len(self._known) >= DEEPEST
        self.wanted = 0 if exhausted or not (short or unsure) else max(self.wanted, limit)
