"""How far two backends rank alike: the firms that both name first, and what the rest does to quality."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from pathlib import Path

from app.core.runtime import Runtime
from benchmarks.matching import usccs_of
from matching.evaluate import ndcg, read_qrels

TOP = 10


def parity(
    ranked: Mapping[str, Mapping[str, list[str]]], runtime: Runtime, qrels: Path | None
) -> dict[str, float]:
    """How far the two backends name the same firms, and what that does to quality."""
    here, there = ranked["elasticsearch"], ranked["embedded"]
    shared = [len(set(here[demand][:TOP]) & set(there[demand][:TOP])) / TOP for demand in here]
    found = {
        "overlap_at_10": round(statistics.fmean(shared), 3),
        "same_first": round(statistics.fmean(here[d][:1] == there[d][:1] for d in here), 3),
    }
    if qrels:
        judged = read_qrels(qrels)
        usccs = usccs_of(runtime)
        for name, answers in ranked.items():
            each = [
                ndcg([usccs[key] for key in keys], judged.get(demand, {})) for demand, keys in answers.items()
            ]
            found[f"ndcg_{name}"] = round(statistics.fmean(each), 4)
        found["ndcg_difference"] = round(found["ndcg_elasticsearch"] - found["ndcg_embedded"], 4)
    return found
