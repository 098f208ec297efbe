"""What is known of a (need, supplier) pair, as numbers between 0 and 1; 0 means "nothing in favour"."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache

from matching.need import Need
from matching.quantities import fits
from matching.retrieve import Candidate, Retrieved
from search.analysis import tokens
from search.documents import CapabilityItem, SupplierDocument

Weights = Callable[[str], float]
"""Token -> how telling it is (inverse document frequency)."""

FRESH_DAYS = 365.0
SERVICE_KINDS = frozenset({"tech_service", "logistics", "finance", "labour"})
FLOOR = {"item_meaning": 0.25, "title_meaning": 0.25}
"""Cosine below which meaning says nothing; unrelated Chinese titles lie there."""


@dataclass(frozen=True, slots=True)
class Features:
    """One row of the ranker's input."""

    fused: float
    item_words: float
    firm_words: float
    item_meaning: float
    title_meaning: float
    coverage: float
    """Weighted share of the head's tokens that the best item contains."""
    precision: float
    """Weighted share of the best item's tokens that the head contains: a broad class dilutes."""
    name: float
    """Weighted share of the head's tokens that the firm's name contains."""
    makes: float
    """1 when the fitting item is made, processed or (for a service need) served; 0 when resold."""
    kind: float
    focus: float
    """A firm with three items that fit is more of a specialist than one with ninety."""
    depth: float
    """Share of the firm's items that have to do with the need."""
    spec_met: float
    spec_missed: float
    confirmed: float
    verified: float
    fresh: float


FEATURES = tuple(f.name for f in fields(Features))


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with its best item, its features, and which specs the item meets, misses or does not state."""

    candidate: Candidate
    supplier: SupplierDocument
    item: CapabilityItem | None
    features: Features
    met: tuple[int, ...]
    missed: tuple[int, ...]
    unknown: tuple[int, ...]


def judge(
    need: Need,
    retrieved: Retrieved,
    candidate: Candidate,
    supplier: SupplierDocument,
    weigh: Weights,
    now: float,
) -> Judged:
    """All features of one pair; ``now`` in seconds since the epoch."""
    head = frozenset(retrieved.queries.head_tokens)
    scores = [(_overlap(head, item, weigh), item, at) for at, item in enumerate(supplier.items)]
    item, coverage, precision = _best_item(need, candidate, scores)
    related = sum(1 for (covered, _), _, _ in scores if covered >= 0.5)
    met, missed, unknown = _specs(need, item)
    wanted = max(len(need.specs), 1)
    return Judged(
        candidate,
        supplier,
        item,
        Features(
            fused=candidate.fused * 20,
            item_words=_relative(candidate, retrieved, "item_words"),
            firm_words=_relative(candidate, retrieved, "firm_words"),
            item_meaning=_cosine(candidate, "item_meaning"),
            title_meaning=_cosine(candidate, "title_meaning"),
            coverage=coverage,
            precision=precision,
            name=_covered(head, _token_set(supplier.name), weigh),
            makes=_makes(need, item),
            kind=1.0 if item and need.kind and item.kind == need.kind else 0.0,
            focus=1.0 / math.log2(2 + len(supplier.items)),
            depth=related / max(len(supplier.items), 1),
            spec_met=len(met) / wanted,
            spec_missed=len(missed) / wanted,
            confirmed=1.0 if item and item.source == "listing" else 0.0,
            verified=1.0 if supplier.verified else 0.0,
            fresh=math.exp(-max(now - supplier.updated_at, 0.0) / 86_400 / FRESH_DAYS),
        ),
        met,
        missed,
        unknown,
    )


def _best_item(
    need: Need, candidate: Candidate, scores: list[tuple[tuple[float, float], CapabilityItem, int]]
) -> tuple[CapabilityItem | None, float, float]:
    """The item that fits best: named by a leg or sharing the most words; between equals, one that is made."""
    if not scores:
        return None, 0.0, 0.0
    named: dict[int, float] = {}
    for leg, at in candidate.items.items():
        if leg.endswith("meaning"):
            named[at] = named.get(at, 0.0) + _cosine(candidate, leg)

    def worth(entry: tuple[tuple[float, float], CapabilityItem, int]) -> float:
        (covered, precise), item, at = entry
        return covered + 0.3 * precise + named.get(at, 0.0) + 0.15 * _makes(need, item)

    (coverage, precision), item, _ = max(scores, key=worth)
    return item, coverage, precision


def _overlap(head: frozenset[str], item: CapabilityItem, weigh: Weights) -> tuple[float, float]:
    have = _token_set(item.title)
    covered = _covered(head, have if not item.text else have | _token_set(item.text), weigh)
    return covered, _covered(have, head, weigh)


@lru_cache(maxsize=200_000)
def _token_set(text: str) -> frozenset[str]:
    """Titles repeat across firms and demands, so their sets are kept."""
    return frozenset(tokens(text))


def _covered(wanted: frozenset[str], have: frozenset[str], weigh: Weights) -> float:
    if wanted.isdisjoint(have):
        return 0.0
    common = wanted & have
    return sum([weigh(token) for token in common]) / sum([weigh(token) for token in wanted])


def _relative(candidate: Candidate, retrieved: Retrieved, leg: str) -> float:
    best = retrieved.best.get(leg, 0.0)
    return candidate.scores.get(leg, 0.0) / best if best > 0 else 0.0


def _cosine(candidate: Candidate, leg: str) -> float:
    floor = FLOOR[leg]
    return max(candidate.scores.get(leg, 0.0) - floor, 0.0) / (1 - floor)


def _makes(need: Need, item: CapabilityItem | None) -> float:
    if item is None or item.role == "resell":
        return 0.0
    if item.role == "service" and need.kind not in SERVICE_KINDS:
        return 0.5
    return 1.0


def _specs(
    need: Need, item: CapabilityItem | None
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    met, missed, unknown = [], [], []
    for at, wanted in enumerate(need.specs):
        answers = [fits(wanted, stated) for stated in item.specs] if item else []
        if any(answer is True for answer in answers):
            met.append(at)
        elif any(answer is False for answer in answers):
            missed.append(at)
        else:
            unknown.append(at)
    return tuple(met), tuple(missed), tuple(unknown)
