"""Judged demands as examples for the ranker: retrieved as a match does, with the features a match ranks by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from app.core.runtime import Runtime
from benchmarks.matching import Ranked, filters_of
from matching.evaluate import Qrels
from matching.features import FEATURES
from matching.learn.ranker import Example, out_of_fold
from matching.need import Need
from matching.retrieve import retrieve
from matching.texts import Floats


def examples_of(
    needs: Mapping[str, Need], judged: Qrels, runtime: Runtime, usccs: Mapping[str, str]
) -> list[Example]:
    """One a demand, in the order of the demands."""
    found = []
    for demand, need in needs.items():
        candidates = retrieve(need, index=runtime.index, encoder=runtime.encoder, filters=filters_of(need))
        matrix, pairs = runtime.ranker.judge(need, candidates, runtime.index)
        keys = tuple(usccs[pair.candidate.key] for pair in pairs)
        grades = np.array([judged.get(demand, {}).get(key, -1) for key in keys], np.int64)
        found.append(Example(demand, keys, matrix, grades, np.ones(len(keys), np.float32)))
    return found


def held_out(examples: Sequence[Example], *, without: str = "") -> dict[str, Ranked]:
    """Rankings by models that never saw the demand (8-fold); ``without`` blanks a feature, or all of a family (``kin*``)."""
    columns = [at for at, name in enumerate(FEATURES) if without and _named(name, without)]
    blanked = [_blank(one, columns) for one in examples] if columns else examples
    return ranked_by(out_of_fold(blanked), blanked)


def ranked_by(points: Mapping[str, Floats], examples: Sequence[Example]) -> dict[str, Ranked]:
    """Firms of every demand, by their points."""
    ranked: dict[str, Ranked] = {}
    for one in examples:
        order = np.argsort(-points[one.query], kind="stable")
        ranked[one.query] = [(one.keys[at], float(points[one.query][at])) for at in order]
    return ranked


def _named(name: str, said: str) -> bool:
    return name.startswith(said[:-1]) if said.endswith("*") else name == said


def _blank(example: Example, columns: list[int]) -> Example:
    matrix = example.matrix.copy()
    matrix[:, columns] = 0.0
    return Example(example.query, example.keys, matrix, example.grades, example.weights)
