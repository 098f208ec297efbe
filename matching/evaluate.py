"""Ranking quality: nDCG, MRR and recall against graded judgments, with bootstrap intervals; TREC runs and qrels.

Gain is 2^grade - 1 with a log2 discount (Järvelin and Kekäläinen, TOIS 2002; Burges et al., ICML 2005). A firm counts
as relevant for MRR and recall from grade 2.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RELEVANT = 2
Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over demands. ``condensed`` is nDCG@10 with unjudged firms taken out of the ranking first."""

    ndcg: float
    condensed: float
    mrr: float
    recall: float
    unjudged: float
    interval: tuple[float, float]
    """95 % bootstrap interval of nDCG@10 over demands."""


def read_demands(path: Path) -> list[dict[str, Any]]:
    """JSON lines, an object a demand: ``id, title, description, city, district, kind, lang, quantity``."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """TREC qrels: ``demand 0 uscc grade`` a line."""
    found: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            demand, _, uscc, grade = line.split()
            found.setdefault(demand, {})[uscc] = int(grade)
    return found


def write_run(path: Path, run: Mapping[str, Sequence[tuple[str, float]]], system: str) -> None:
    """TREC run: ``demand Q0 uscc rank score system`` a line."""
    lines = (
        f"{demand} Q0 {uscc} {rank} {score:.6f} {system}\n"
        for demand, ranked in run.items()
        for rank, (uscc, score) in enumerate(ranked, start=1)
    )
    path.write_text("".join(lines), encoding="utf-8")


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain; an unjudged firm gains nothing."""
    gained = sum(_gain(grades.get(key, 0), rank) for rank, key in enumerate(ranked[:depth], start=1))
    ideal = sum(
        _gain(grade, rank)
        for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:depth], start=1)
    )
    return gained / ideal if ideal else 0.0


def _gain(grade: int, rank: int) -> float:
    return float(2**grade - 1) / math.log2(rank + 1)


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """1 / rank of the first relevant firm, or 0."""
    return next(
        (1 / rank for rank, key in enumerate(ranked[:depth], start=1) if grades.get(key, 0) >= RELEVANT), 0.0
    )


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 100) -> float:
    """Share of the relevant firms among the first ``depth``; 0 where nobody is relevant."""
    relevant = {key for key, grade in grades.items() if grade >= RELEVANT}
    return len(relevant.intersection(ranked[:depth])) / len(relevant) if relevant else 0.0


def bootstrap(values: Sequence[float], *, rounds: int = 2000, seed: int = 7) -> tuple[float, float]:
    """95 % percentile interval of the mean (Efron and Tibshirani 1993), seeded so that it repeats."""
    dice = random.Random(seed)  # noqa: S311 - statistics, not secrets
    n = len(values)
    means = sorted(sum(dice.choices(values, k=n)) / n for _ in range(rounds))
    return means[int(rounds * 0.025)], means[int(rounds * 0.975) - 1]


def evaluate(run: Run, qrels: Qrels) -> Quality:
    """All figures of a run over the demands of the qrels; a demand the run lacks counts as an empty list."""
    per_demand = [(run.get(demand, ()), grades) for demand, grades in sorted(qrels.items())]
    scores = [ndcg(ranked, grades) for ranked, grades in per_demand]
    return Quality(
        ndcg=_mean(scores),
        condensed=_mean(
            ndcg([key for key in ranked if key in grades], grades) for ranked, grades in per_demand
        ),
        mrr=_mean(reciprocal_rank(ranked, grades) for ranked, grades in per_demand),
        recall=_mean(recall(ranked, grades) for ranked, grades in per_demand),
        unjudged=_mean(sum(key not in grades for key in ranked[:10]) / 10 for ranked, grades in per_demand),
        interval=bootstrap(scores),
    )


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return sum(held) / len(held) if held else 0.0


def paired(
    first: Sequence[float], second: Sequence[float], *, rounds: int = 2000, seed: int = 7
) -> tuple[float, float]:
    """95 % bootstrap interval of the mean difference first - second over the same demands; clear of zero, it is no chance."""
    return bootstrap([a - b for a, b in zip(first, second, strict=True)], rounds=rounds, seed=seed)
