"""Legs answered over one moment of the index: words and vectors found, and put together by firm."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial

import tantivy

from search.embedded.snapshot import Allowed, Snapshot
from search.embedded.vectors import VectorIndex
from search.embedded.words import WordIndex, find
from search.index import Filters, Hit, Leg, TextLeg, VectorLeg

BESIDE = 4
"""Searches of words that may go on at a time beside their scans of vectors."""
TEXTS_A_FIRM = 2
"""Titles to look at for each firm asked for: several titles of one firm are near the same need."""
ITEMS_A_FIRM = 2
"""Several items of one firm answer the same words; fetch so many more than firms are asked for. Of 250 firms over 49,346
registrations the last came within 420 items for every development demand."""
DEEPER = 8
"""When the hits fetched stand for fewer firms than asked for, fetch so many times more."""
KEYS_PRUNE = 2_000
"""Up to so many firms are named to the word index one by one; above, its hits are only sifted."""
SIFTED = 0.5
"""Where at least this part of all items passes a filter, hits are only sifted: words alone let tantivy skip whole blocks
of postings that cannot reach the best (block-max WAND), and are found in a third of the time."""
FILTERS_KEPT = 16


@dataclass(frozen=True, slots=True)
class Picture:
    """What one moment of the index looks like, taken by ``refresh`` and swapped in whole."""

    snapshot: Snapshot
    searcher: tantivy.Searcher
    allowed: Callable[[Filters], Allowed]


def picture_of(snapshot: Snapshot, searcher: tantivy.Searcher) -> Picture:
    """A picture that remembers which firms the filters used last let pass."""
    return Picture(snapshot, searcher, lru_cache(maxsize=FILTERS_KEPT)(snapshot.allowed))


class Finder:
    """Searches for the legs of an index. Safe to share between threads."""

    def __init__(self, words: WordIndex, vectors: VectorIndex) -> None:
        self._words = words
        self._vectors = vectors
        self._beside = ThreadPoolExecutor(BESIDE, "index-words")

    def close(self) -> None:
        """Wait for searches under way."""
        self._beside.shutdown()

    def search(self, picture: Picture, legs: Sequence[Leg], filters: Filters) -> list[list[Hit]]:
        """Answer every leg."""
        allowed = picture.allowed(filters)
        if not allowed.count:
            return [[] for _ in legs]
        vectors = [leg for leg in legs if isinstance(leg, VectorLeg)]
        said = {
            at: partial(self.word_hits, picture, leg, filters, allowed)
            for at, leg in enumerate(legs)
            if isinstance(leg, TextLeg)
        }
        # Scans hold no lock of the interpreter. Another thread begins with the words, this one with the vectors; then it
        # takes over, from the end, what the other has not come to.
        beside = {at: self._beside.submit(ask) for at, ask in said.items()} if vectors else {}
        meant = iter(self._meaning_hits(picture, vectors, allowed))
        found: dict[int, list[Hit]] = {}
        for at in reversed(said):
            here = at not in beside or beside[at].cancel()
            found[at] = said[at]() if here else beside[at].result()
        return [found[at] if at in found else next(meant) for at in range(len(legs))]

    def _meaning_hits(self, picture: Picture, legs: Sequence[VectorLeg], allowed: Allowed) -> list[list[Hit]]:
        """All vector legs in one scan of the vectors, and a deeper one where few firms own the nearest titles."""
        answers: list[list[Hit]] = [[] for _ in legs]
        snapshot = picture.snapshot
        depth = max((leg.limit for leg in legs), default=0) * TEXTS_A_FIRM
        waiting = list(range(len(legs)))
        while waiting:
            found, scores = self._vectors.search([legs[i].vector for i in waiting], depth, allowed.texts)
            for i, row, cosines in zip(waiting, found, scores, strict=True):
                known = (row >= 0) & (row < snapshot.texts)
                answers[i] = snapshot.text_hits(row[known], cosines[known], allowed, legs[i].limit)
            if depth >= len(self._vectors):
                break
            waiting = [i for i in waiting if len(answers[i]) < min(legs[i].limit, allowed.count)]
            depth *= DEEPER
        return answers

    def word_hits(self, picture: Picture, leg: TextLeg, filters: Filters, allowed: Allowed) -> list[Hit]:
        """Firms by the words of a leg, best first."""
        if not leg.tokens or leg.limit < 1:
            return []
        snapshot = picture.snapshot
        most = allowed.share >= SIFTED
        # What no term of the word index says.
        unsaid = filters.near or filters.keys or filters.price or filters.min_price or filters.capacity
        few = not most and unsaid and allowed.count <= KEYS_PRUNE
        keys = [snapshot.keys[i] for i in allowed.firms.nonzero()[0].tolist()] if few else None
        query = self._words.query(leg, None if most else filters, keys)
        depth = leg.limit * (ITEMS_A_FIRM if leg.over == "item" else 1)
        if most:
            depth = math.ceil(depth / allowed.share)
        while True:
            ords, positions, scores = find(picture.searcher, query, depth)
            if leg.over == "item":
                hits = snapshot.item_hits(ords, positions, scores, allowed, leg.limit)
            else:
                hits = snapshot.firm_hits(ords, scores, allowed, leg.limit)
            if len(hits) >= min(leg.limit, allowed.count) or len(ords) < depth:
                return hits
            depth *= DEEPER
