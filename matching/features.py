"""What is known of a (need, supplier) pair, as numbers between 0 and 1; 0 means "nothing in favour"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

from matching.need import Need
from matching.quantities import fits
from matching.retrieve import Candidate, Retrieved
from search.analysis import tokens
from search.documents import CapabilityItem, SupplierDocument


class Weights(dict[str, float]):
    """Token -> how telling it is (inverse document frequency); ``common`` for tokens not looked up."""

    def __init__(self, known: Mapping[str, float], common: float) -> None:
        super().__init__(known)
        self.common = common

    def __missing__(self, token: str) -> float:
        return self.common

    def of(self, tokens: Iterable[str]) -> float:
        """Sum over tokens."""
        return sum(map(self.__getitem__, tokens))


FRESH_DAYS = 365.0
SERVICE_KINDS = frozenset({"tech_service", "logistics", "finance", "labour"})
TEXT_SHARE = 0.4
"""What coverage by an item's description counts beside coverage by its title."""
RELATED = 0.5
"""Coverage from which an item counts as having to do with the need."""
FLOOR = {"item_meaning": 0.25, "title_meaning": 0.25, "kin_meaning": 0.25}
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
    head = retrieved.queries.head_set
    item, coverage, precision, related = _best_item(need, head, candidate, supplier.items, weigh)
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
    need: Need, head: frozenset[str], candidate: Candidate, items: Sequence[CapabilityItem], weigh: Weights
) -> tuple[CapabilityItem | None, float, float, int]:
    """The item that fits best with its coverage and precision, and how many items have to do with the need.

    Only items that share a token or that a leg of meaning named can fit; between equals, one that is made wins.
    """
    named: dict[int, float] = {}
    for leg, at in candidate.items.items():
        if leg.endswith("meaning"):
            named[at] = named.get(at, 0.0) + _cosine(candidate, leg)
    best, best_worth, coverage, precision, related = None, -1.0, 0.0, 0.0, 0
    for at, item in enumerate(items):
        title = _token_set(item.title)
        covered = _covered(head, title, weigh)
        if item.text and covered < TEXT_SHARE:
            # What a description mentions in passing (a saw that runs on linear guides) is not what is offered.
            covered = max(covered, TEXT_SHARE * _covered(head, title | _token_set(item.text), weigh))
        if not covered and at not in named:
            continue
        precise = _covered(title, head, weigh)
        related += covered >= RELATED
        worth = covered + 0.3 * precise + named.get(at, 0.0) + 0.15 * _makes(need, item)
        if worth > best_worth:
            best, best_worth, coverage, precision = item, worth, covered, precise
    return best or (items[0] if items else None), coverage, precision, related


@lru_cache(maxsize=200_000)
def _token_set(text: str) -> frozenset[str]:
    """Titles repeat across firms and demands, so their sets are kept."""
    return frozenset(tokens(text))


def _covered(wanted: frozenset[str], have: frozenset[str], weigh: Weights) -> float:
    if wanted.isdisjoint(have):
        return 0.0
    return weigh.of(wanted & have) / weigh.of(wanted)


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
