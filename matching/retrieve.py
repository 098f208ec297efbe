"""Candidates: the legs of a need, answered by the index in one round trip, and fused.

Words and meaning find different firms, and both are needed: reciprocal rank fusion (Cormack, Clarke and Büttcher,
SIGIR 2009) takes the ranks of every leg and none of their incomparable scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matching.encoders.base import Encoder
from matching.knowledge import Expander, Term
from matching.need import Need
from matching.queries import Queries, queries_of
from search.index import Filters, Hit, Leg, SearchIndex, TextLeg, VectorLeg, Vectors

RRF_K = 60
"""The constant of the fusion formula 1 / (K + rank); 60 is the authors' choice."""

LEG_LIMIT = 250
"""Firms a leg may name."""

MOST_CANDIDATES = 700
"""Firms kept of the fusion: on the development demands they hold 88 of 100 good ones, and all of them hold 90."""

LEG_WEIGHTS: Mapping[str, float] = {
    "item_words": 1.0,
    "firm_words": 0.7,
    "item_meaning": 1.2,
    "title_meaning": 1.0,
    "kin_words": 1.5,
    "kin_name": 0.7,
    "kin_meaning": 1.0,
}
"""How much each leg counts in the fusion: the words of the trade most, whole firms and names least."""

KIN_MEANT = 6
"""Kindred terms whose meaning is added to the head's own."""


@dataclass(slots=True)
class Candidate:
    """A firm that some leg named: its fused score, and by leg the rank (from 1), score and item."""

    key: str
    fused: float = 0.0
    ranks: dict[str, int] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Candidates, best fused first, with the queries they answer and each leg's best score."""

    queries: Queries
    candidates: tuple[Candidate, ...]
    best: dict[str, float]


def legs_of(queries: Queries, encoder: Encoder, *, limit: int = LEG_LIMIT) -> dict[str, Leg]:
    """The legs by name. The title as a whole and its head phrase are embedded in one call.

    The kin legs search for other words of the trade: over items, over firms' names (with the head's own words), and by
    a meaning half the head's and half theirs.
    """
    texts = [queries.head] if queries.head == queries.title else [queries.head, queries.title]
    vectors = encoder.encode_queries(texts)
    legs: dict[str, Leg] = {
        "item_words": TextLeg(queries.head_tokens, "item", limit),
        "firm_words": TextLeg(queries.all_tokens, "firm", limit),
        "item_meaning": VectorLeg(vectors[0], limit),
    }
    if len(texts) > 1:
        legs["title_meaning"] = VectorLeg(vectors[1], limit)
    if queries.kin:
        legs["kin_words"] = TextLeg(queries.kin_tokens, "item", limit, queries.kin_weights)
        legs["kin_name"] = TextLeg(
            (*queries.head_tokens, *queries.kin_tokens),
            "name",
            limit,
            (*(1.0 for _ in queries.head_tokens), *queries.kin_weights),
        )
        legs["kin_meaning"] = VectorLeg(_between(vectors[0], queries.kin[:KIN_MEANT], encoder), limit)
    return legs


def _between(head: Vectors, kin: Sequence[Term], encoder: Encoder) -> Vectors:
    """The direction between the head's meaning and the weighted mean of its kin's; unit length."""
    weights = np.array([[term.weight] for term in kin], np.float32)
    mean: Vectors = (encoder.encode_items([term.text for term in kin]) * weights).sum(axis=0)
    both: Vectors = head + mean / np.linalg.norm(mean)
    return both / np.linalg.norm(both)


def fuse(
    answers: Mapping[str, Sequence[Hit]], weights: Mapping[str, float] = LEG_WEIGHTS
) -> tuple[Candidate, ...]:
    """Weighted reciprocal rank fusion; ties fall by key, so that a run repeats exactly."""
    found: dict[str, Candidate] = {}
    for leg, hits in answers.items():
        weight = weights.get(leg, 1.0)
        for rank, hit in enumerate(hits, start=1):
            candidate = found.get(hit.key)
            if candidate is None:
                candidate = found[hit.key] = Candidate(hit.key)
            candidate.fused += weight / (RRF_K + rank)
            candidate.ranks[leg], candidate.scores[leg], candidate.items[leg] = rank, hit.score, hit.item
    return tuple(sorted(found.values(), key=lambda candidate: (-candidate.fused, candidate.key)))


def retrieve(
    need: Need,
    *,
    index: SearchIndex,
    encoder: Encoder,
    filters: Filters,
    expander: Expander | None = None,
) -> Retrieved:
    """All candidates of a need under hard filters. Raises SearchUnavailable."""
    queries = queries_of(need, expander)
    legs = legs_of(queries, encoder)
    answers = dict(zip(legs, index.search(list(legs.values()), filters), strict=True))
    best = {leg: hits[0].score if hits else 0.0 for leg, hits in answers.items()}
    return Retrieved(queries, fuse(answers)[:MOST_CANDIDATES], best)
