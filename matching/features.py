"""What is known of a (need, supplier) pair, as numbers: one row a candidate, one column a feature, 0 for "nothing in favour"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.answers import verdict
from matching.items import KIND_NUMBER, ROLE_NUMBER, ItemFits, Prepared, item_fits, makes, text_fits
from matching.nearness import nearness
from matching.need import Need
from matching.retrieve import LEG_WEIGHTS, Candidate, Retrieved
from matching.texts import Floats, TextTable, Weights
from matching.wishes import Wish, wishes_of
from search.documents import CapabilityItem, Spec, SupplierDocument
from search.index import Filters, Vectors

FRESH_DAYS = 365.0
RELATED = 0.5
"""Coverage from which an item counts as having to do with the need."""
PASSES = 100.0
"""What passing the reader's filters is worth when a firm's best item is chosen: more than everything else together."""
REFUSED = 1.0
"""What a title that names something the buyer refuses costs an item: a firm's other things are shown before it."""
NEAR = 0.5
"""Cosine from which an item counts as near in meaning."""

INDUSTRY_LEVEL = (0.0, 0.0, 0.4, 0.7, 1.0)
"""What two industries have in common when their first 0 to 4 digits agree: division, group, class."""

LEGS = tuple(LEG_WEIGHTS)
FEATURES: tuple[str, ...] = (
    "fused",
    *(f"{leg}_score" for leg in LEGS),
    *(f"{leg}_rank" for leg in LEGS),
    "coverage",
    "precision",
    "cosine",
    "both_cosine",
    "second_cosine",
    "third_cosine",
    "near",
    "near_share",
    "related",
    "related_share",
    "made_coverage",
    "made_cosine",
    "made_both",
    "kin",
    "made_kin",
    "kin_cosine",
    "name_kin",
    "items",
    "makes",
    "resold_share",
    "name",
    "name_cosine",
    "trader_name",
    "factory_name",
    "industry",
    "kind",
    "spec_met",
    "spec_missed",
    "confirmed",
    "verified",
    "fresh",
    "nearness",
    "standing",
)
"""The columns. ``*_score`` is a leg's score over its best; ``*_rank`` is 1 / (1 + rank / 10); the cosines are of the firm's
best, second and third item with the need; ``near`` and ``related`` count items (log2), ``made_*`` leave out what is resold;
``nearness`` has no weight by default, and no model may find it bad; ``standing`` is -1 to 1, 0 for a firm that nobody rated."""
COLUMN = {name: at for at, name in enumerate(FEATURES)}


class Judged(NamedTuple):
    """A candidate with its best item (of those that pass the filters), its features, and how far what is stated of the item suits the need."""

    candidate: Candidate
    supplier: SupplierDocument
    item: CapabilityItem | None
    features: Floats
    """Shape (len(FEATURES),)."""
    cosine: float
    """Of the item with the need's head or title."""
    met: float
    """Share of the need's wishes that the item's stated properties meet."""
    missed: float
    """Share that they contradict; 1 where its title names something refused."""


def judge(
    need: Need,
    found: Retrieved,
    pairs: Sequence[tuple[Candidate, SupplierDocument]],
    prepared: Sequence[Prepared],
    table: TextTable,
    meaning: Vectors,
    weigh: Weights,
    now: float,
) -> tuple[NDArray[np.float32], list[Judged]]:
    """The feature matrix, shape (len(pairs), len(FEATURES)), and the same pairs judged.

    ``meaning`` has the vectors of head, title and kindred terms, shape (3, d), of the table's encoder; ``now`` is in seconds since the epoch.
    """
    matrix = np.zeros((len(pairs), len(FEATURES)), np.float32)
    if not pairs:
        return matrix, []
    whole, trades = np.array([one.name for one in prepared]), np.array([one.trade for one in prepared])
    texts = text_fits(table, found.queries, weigh)
    fit = item_fits(prepared, texts, table, found.queries.head_set, weigh, meaning)
    made = makes(need, fit)
    _leg_columns(matrix, found, [candidate for candidate, _ in pairs])
    for name, values in (
        ("name", texts.coverage[whole]),
        ("name_kin", texts.kin[whole]),
        ("name_cosine", table.cosines(meaning[:2], trades).max(axis=1)),
        ("trader_name", [one.trader for one in prepared]),
        ("factory_name", [one.factory for one in prepared]),
    ):
        matrix[:, COLUMN[name]] = values
    worth = fit.coverage + 0.3 * fit.precision + 2 * fit.cosine + 0.5 * fit.kin + 0.15 * made
    refused = found.queries.refused
    worth += PASSES * _passing(found.filters, pairs) - REFUSED * _refused(refused, pairs)
    (best,) = fit.best(worth)
    _item_columns(matrix, need, fit, made, best)
    offset = (best - fit.starts[:-1]).tolist()
    near = np.where(best >= 0, fit.cosine[best], 0.0).tolist() if len(fit.cosine) else [0.0] * len(pairs)
    wishes = wishes_of(need, date.fromtimestamp(now))
    judged = []
    for row, (candidate, supplier) in enumerate(pairs):
        item = supplier.items[offset[row]] if offset[row] >= 0 else None
        shares = _shares(wishes, item.specs) if item and item.specs and wishes else (0.0, 0.0)
        if refused and item and names_any(item.title, refused):
            shares = shares[0], 1.0
        judged.append(Judged(candidate, supplier, item, matrix[row], near[row], *shares))
    if need.place:
        matrix[:, COLUMN["nearness"]] = [nearness(need, supplier) for _, supplier in pairs]
    _fact_columns(matrix, found.queries.industries, judged, now)
    return matrix, judged


def _passing(
    filters: Filters, pairs: Sequence[tuple[Candidate, SupplierDocument]]
) -> NDArray[np.float32] | float:
    """Which of the firms' items, in a row as in ItemFits, meet all that is asked of items."""
    if not filters.of_items:
        return 0.0
    return np.array([filters.fit(item) for _, supplier in pairs for item in supplier.items], np.float32)


def _refused(
    words: Sequence[str], pairs: Sequence[tuple[Candidate, SupplierDocument]]
) -> NDArray[np.float32] | float:
    """Which of the firms' items, in a row as in ItemFits, name something refused."""
    if not words:
        return 0.0
    return np.array([names_any(item.title, words) for _, firm in pairs for item in firm.items], np.float32)


def names_any(title: str, words: Sequence[str]) -> bool:
    """Whether a title holds one of the words, which are in lower case."""
    lowered = title.lower() if words else ""
    return any(word in lowered for word in words)


def _fact_columns(
    matrix: NDArray[np.float32],
    industries: Sequence[tuple[str, float]],
    judged: Sequence[Judged],
    now: float,
) -> None:
    for name, values in (
        ("spec_met", [one.met for one in judged]),
        ("spec_missed", [one.missed for one in judged]),
        ("industry", _industry_fits([one.supplier.industry for one in judged], industries)),
        ("confirmed", [one.item is not None and one.item.source == "listing" for one in judged]),
        ("verified", [one.supplier.verified for one in judged]),
        ("standing", [one.supplier.standing for one in judged]),
        ("fresh", _freshness(now - np.array([one.supplier.updated_at for one in judged]))),
    ):
        matrix[:, COLUMN[name]] = values


def _leg_columns(matrix: NDArray[np.float32], found: Retrieved, candidates: Sequence[Candidate]) -> None:
    matrix[:, COLUMN["fused"]] = [candidate.fused * 20 for candidate in candidates]
    for leg in LEGS:
        best = found.best.get(leg, 0.0)
        if best > 0:
            matrix[:, COLUMN[f"{leg}_score"]] = [one.scores.get(leg, 0.0) / best for one in candidates]
            matrix[:, COLUMN[f"{leg}_rank"]] = [
                1 / (1 + one.ranks[leg] / 10) if leg in one.ranks else 0.0 for one in candidates
            ]


def _item_columns(
    matrix: NDArray[np.float32], need: Need, fit: ItemFits, made: Floats, best: NDArray[np.int64]
) -> None:
    """Columns over a firm's items: those of its best item, and those of all."""
    has = best >= 0
    counts = np.maximum(fit.counts, 1)

    def put(name: str, values: NDArray[Any]) -> None:
        matrix[:, COLUMN[name]] = values

    for name, values in (("coverage", fit.coverage), ("precision", fit.precision), ("makes", made)):
        matrix[has, COLUMN[name]] = values[best[has]]
    near, related = fit.total(fit.cosine >= NEAR), fit.total(fit.coverage >= RELATED)
    nearest = fit.best(fit.cosine, 3)
    for name, row in zip(("cosine", "second_cosine", "third_cosine"), nearest, strict=True):
        matrix[row >= 0, COLUMN[name]] = fit.cosine[row[row >= 0]]
    put("both_cosine", fit.highest(fit.both))
    put("near", np.log2(1 + near))
    put("near_share", near / counts)
    put("related", np.log2(1 + related))
    put("related_share", related / counts)
    put("made_coverage", fit.highest(fit.coverage * made))
    put("made_cosine", fit.highest(fit.cosine * made))
    put("made_both", fit.highest(fit.both * made))
    put("kin", fit.highest(fit.kin))
    put("made_kin", fit.highest(fit.kin * made))
    put("kin_cosine", fit.highest(fit.kin_cosine * made))
    put("items", np.log2(1 + fit.counts).astype(np.float32))
    put("resold_share", fit.total(fit.role == ROLE_NUMBER["resell"]) / counts)
    if need.kind:
        matrix[has, COLUMN["kind"]] = fit.kind[best[has]] == KIND_NUMBER[need.kind]


def _industry_fits(codes: Sequence[str], wanted: Sequence[tuple[str, float]]) -> list[float]:
    """For each code: the best share of an industry of the need times how much of its code the firm's shares."""
    worth: dict[str, float] = {}
    for own, share in wanted:
        for digits in range(1, min(len(own), 4) + 1):
            stem = own[:digits]
            worth[stem] = max(worth.get(stem, 0.0), share * INDUSTRY_LEVEL[digits])
    fits = {code: max(worth.get(code[:digits], 0.0) for digits in (1, 2, 3, 4)) for code in set(codes)}
    return [fits[code] for code in codes]


def _freshness(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 today, 1/e a year ago; in steps of a hundredth, or the order of one import would tell firms apart."""
    return np.exp(-np.maximum(seconds, 0.0) / 86_400 / FRESH_DAYS).round(2)


def _shares(wishes: Sequence[Wish], stated: Sequence[Spec]) -> tuple[float, float]:
    """How many of the wishes are met and contradicted, as shares of all."""
    told = [verdict(wish, stated) for wish in wishes]
    return told.count("met") / len(told), told.count("missed") / len(told)
