"""Candidates: the legs of a need, answered by the index in one round trip, and fused.

Words and meaning find different firms, and both are needed: reciprocal rank fusion (Cormack, Clarke and Büttcher,
SIGIR 2009) takes the ranks of every leg and none of their incomparable scores. Hits of equal score share the mean of
their ranks, as rank statistics treat ties (Kendall, Biometrika 1945): a register repeats itself, and the order in which
it was written says nothing about its firms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matching.encoders.base import Encoder
from matching.knowledge import Expander
from matching.need import Need
from matching.queries import Queries, queries_of
from search.index import Filters, Hit, Leg, SearchIndex, TextLeg, VectorLeg, Vectors

RRF_K = 60
"""The constant of the fusion formula 1 / (K + rank); 60 is the authors' choice."""

EQUAL_DIGITS = 4
"""Scores that agree to so many decimals are equal: beyond them an index sums in another order, nothing more."""

LEG_LIMITS: Mapping[str, int] = {
    "item_words": 250,
    "firm_words": 100,
    "meaning": 250,
    "kin_words": 250,
    "kin_name": 100,
}
"""Firms a leg may name. What whole firms and names find further down ranks as well without (recall on the judged demands
and on known items within .003), and every hit costs its way from the index."""

MOST_CANDIDATES = 200
"""Firms kept of the fusion; the ranking of 400 was no better on the development demands, and took twice as long."""

LEG_WEIGHTS: Mapping[str, float] = {
    "item_words": 1.0,
    "firm_words": 0.7,
    "meaning": 1.5,
    "kin_words": 1.5,
    "kin_name": 0.7,
}
"""How much each leg counts in the fusion: the words of the trade most, whole firms and names least."""


@dataclass(slots=True)
class Candidate:
    """A firm that some leg named: its fused score, and by leg the rank (from 1, shared by equals) and score."""

    key: str
    fused: float = 0.0
    ranks: dict[str, float] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Candidates, best fused first, with the queries they answer, each leg's best score, and the filters they passed."""

    queries: Queries
    candidates: tuple[Candidate, ...]
    best: dict[str, float]
    filters: Filters


def legs_of(queries: Queries, encoder: Encoder) -> dict[str, Leg]:
    """The legs by name.

    ``meaning`` looks in the direction between the head phrase and the whole title: the one is purer, the other knows more.
    The kin legs search for other words of the trade, over items and, with the head's own words, over firms' names.
    """
    most = LEG_LIMITS
    meaning = _between(encoder.encode_queries([queries.head, queries.title]))
    legs: dict[str, Leg] = {
        "item_words": TextLeg(queries.head_tokens, "item", most["item_words"]),
        "firm_words": TextLeg(queries.all_tokens, "firm", most["firm_words"]),
        "meaning": VectorLeg(meaning, most["meaning"]),
    }
    if queries.kin:
        legs["kin_words"] = TextLeg(queries.kin_tokens, "item", most["kin_words"], queries.kin_weights)
        legs["kin_name"] = TextLeg(
            (*queries.head_tokens, *queries.kin_tokens),
            "name",
            most["kin_name"],
            (*(1.0 for _ in queries.head_tokens), *queries.kin_weights),
        )
    return legs


def _between(vectors: Vectors) -> Vectors:
    """The direction of the mean; unit length."""
    mean: Vectors = vectors.mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-9)


def shared_ranks(hits: Sequence[Hit]) -> Vectors:
    """The rank of each hit, from 1, shape (n,); hits of equal score share the mean of their ranks. They come best first."""
    scores = np.round([hit.score for hit in hits], EQUAL_DIGITS)
    ends = np.append(np.flatnonzero(np.diff(scores)) + 1, len(hits))
    counts = np.diff(ends, prepend=0)
    return np.repeat(ends - (counts - 1) / 2, counts)


def fuse(
    answers: Mapping[str, Sequence[Hit]],
    weights: Mapping[str, float] = LEG_WEIGHTS,
    most: int = MOST_CANDIDATES,
) -> tuple[Candidate, ...]:
    """The ``most`` best by weighted reciprocal rank fusion; ties fall by key, so that a run repeats exactly."""
    fused: dict[str, float] = {}
    ranks = {leg: shared_ranks(hits) for leg, hits in answers.items() if hits}
    for leg, shared in ranks.items():
        points = (weights.get(leg, 1.0) / (RRF_K + shared)).tolist()
        for hit, gain in zip(answers[leg], points, strict=True):
            fused[hit.key] = fused.get(hit.key, 0.0) + gain
    least = sorted(fused.values(), reverse=True)[most - 1] if len(fused) > most else 0.0
    best = sorted([(-points, key) for key, points in fused.items() if points >= least])[:most]
    found = {key: Candidate(key, -points) for points, key in best}
    for leg, shared in ranks.items():
        for hit, rank in zip(answers[leg], shared.tolist(), strict=True):
            if candidate := found.get(hit.key):
                candidate.ranks[leg], candidate.scores[leg] = rank, hit.score
    return tuple(found.values())


def retrieve(
    need: Need,
    *,
    index: SearchIndex,
    encoder: Encoder,
    filters: Filters,
    expander: Expander | None = None,
) -> Retrieved:
    """All candidates of a need under hard filters. Raises SearchUnavailable."""
    return retrieve_all([(need, filters)], index=index, encoder=encoder, expander=expander)[0]


def retrieve_all(
    wanted: Sequence[tuple[Need, Filters]],
    *,
    index: SearchIndex,
    encoder: Encoder,
    expander: Expander | None = None,
) -> list[Retrieved]:
    """As ``retrieve``, for several needs: those under the same filters go to the index together. Raises SearchUnavailable."""
    asked = [queries_of(need, expander) for need, _ in wanted]
    named = [legs_of(queries, encoder) for queries in asked]
    found: dict[int, Retrieved] = {}
    for filters in dict.fromkeys(filters for _, filters in wanted):
        rows = [at for at, (_, own) in enumerate(wanted) if own == filters]
        hits = iter(index.search([leg for at in rows for leg in named[at].values()], filters))
        for at in rows:
            answers = {leg: next(hits) for leg in named[at]}
            best = {leg: own[0].score if own else 0.0 for leg, own in answers.items()}
            found[at] = Retrieved(asked[at], fuse(answers), best, filters)
    return [found[at] for at in range(len(wanted))]
