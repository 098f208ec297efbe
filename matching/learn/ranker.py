"""Training of the ranker: LambdaMART (Burges, MSR-TR-2010-82) over the features of judged pairs, by LightGBM.

Sense is not left to data: a feature that speaks for a firm never lowers its score (monotone constraints). A firm that
nobody judged is taken as a poor answer; without such firms a ranker never
sees an unrelated one and falls apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.evaluate import RELEVANT, ndcg
from matching.features import FEATURES
from matching.rank import Matrix, RankingModel, TreeModel
from matching.texts import Floats

AGAINST: Final = frozenset({"resold_share", "trader_name", "spec_missed"})
"""Features that speak against a firm; the rest speak for it."""
FREE: Final = frozenset({"items"})
"""Neither: a specialist has few items, a large maker many."""
FOLDS: Final = 8
UNJUDGED_MOST: Final = 300
"""Unjudged firms a query, drawn at random."""
ROUNDS: Final = 120
PARAMETERS: Final[Mapping[str, Any]] = {
    "objective": "lambdarank",
    "metric": "none",
    "label_gain": [0, 1, 3, 7],
    "lambdarank_truncation_level": 20,
    "num_leaves": 7,
    "min_data_in_leaf": 40,
    "learning_rate": 0.05,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
GUARD_TOLERANCE: Final = 0.002
"""nDCG@10 that a new model may be below the present one on the guard set before it is refused: rounding, no more."""


class NotBetter(ValueError):
    """The new model is worse than the present one on the guard set; ``new`` and ``present`` are their nDCG@10."""

    def __init__(self, new: float, present: float) -> None:
        super().__init__(f"nDCG@10 {new:.3f} on the guard set, against {present:.3f} of the model in use")
        self.new, self.present = new, present


@dataclass(frozen=True)
class Example:
    """One query: its candidates' features (a row each), their grades (-1 unjudged), and what each row counts."""

    query: str
    keys: tuple[str, ...]
    matrix: Matrix
    grades: NDArray[np.int64]
    weights: Floats


def constraints() -> list[int]:
    """By feature: 1 never lowers, -1 never raises, 0 free."""
    return [0 if name in FREE else -1 if name in AGAINST else 1 for name in FEATURES]


def train(examples: Sequence[Example], *, seed: int = 7) -> Any:
    """A LightGBM booster. Raises ValueError where no query has a firm with a grade above 0."""
    import lightgbm

    dice = np.random.default_rng(seed)
    parts = [_rows(example, dice) for example in examples if (example.grades > 0).any()]
    if not parts:
        raise ValueError("no judged firm with a grade above 0")
    data = lightgbm.Dataset(
        np.concatenate([one[0] for one in parts]),
        np.concatenate([one[1] for one in parts]),
        weight=np.concatenate([one[2] for one in parts]),
        group=[len(one[1]) for one in parts],
        feature_name=list(FEATURES),
        params={"verbosity": -1},
    )
    parameters = {**PARAMETERS, "monotone_constraints": constraints(), "seed": seed}
    return lightgbm.train(parameters, data, ROUNDS)


def _rows(example: Example, dice: np.random.Generator) -> tuple[Matrix, NDArray[np.int64], Floats]:
    judged, unjudged = np.nonzero(example.grades >= 0)[0], np.nonzero(example.grades < 0)[0]
    if len(unjudged) > UNJUDGED_MOST:
        unjudged = dice.choice(unjudged, UNJUDGED_MOST, replace=False)
    chosen = np.concatenate([judged, unjudged])
    return example.matrix[chosen], np.maximum(example.grades[chosen], 0), example.weights[chosen]


def folds(examples: Sequence[Example], count: int) -> Iterator[tuple[list[Example], list[Example]]]:
    """(train, test) by query: every query is tested once, by a model that never saw it."""
    for fold in range(min(count, len(examples))):
        yield (
            [one for at, one in enumerate(examples) if at % count != fold],
            [one for at, one in enumerate(examples) if at % count == fold],
        )


def out_of_fold(examples: Sequence[Example], *, count: int = FOLDS, seed: int = 7) -> dict[str, Floats]:
    """Points of every query's candidates from models trained without that query."""
    found: dict[str, Floats] = {}
    for training, testing in folds(examples, count):
        booster = train(training, seed=seed)
        found.update({one.query: np.asarray(booster.predict(one.matrix), np.float32) for one in testing})
    return found


def calibrate(points: Floats, relevant: NDArray[np.bool_]) -> tuple[float, float]:
    """(slope, offset) of the logistic that gives the chance of a grade of at least 2 (Platt 1999), by Newton's method."""
    middle, spread = float(points.mean()), max(float(points.std()), 1e-9)
    x = np.stack([(points - middle) / spread, np.ones_like(points)], axis=1).astype(float)
    share = min(max(float(relevant.mean()), 1e-3), 1 - 1e-3)
    theta = np.array([0.0, np.log(share / (1 - share))])
    ridge = np.diag([1e-3, 0.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(x @ theta)))
        slope = x.T @ (relevant - chance) - ridge @ theta
        step = np.linalg.solve((x * (chance * (1 - chance))[:, None]).T @ x + ridge, slope)
        theta = theta + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-6:
            break
    rise = max(float(theta[0]), 1e-3) / spread
    return rise, rise * middle - float(theta[1])


def learn(
    examples: Sequence[Example], *, name: str, held: Mapping[str, Floats] | None = None, seed: int = 7
) -> TreeModel:
    """A model of all examples, calibrated on points of models that had not seen the query: ``held``, as ``out_of_fold``
    gives them (worked out here when None).
    """
    held = held or out_of_fold(examples, seed=seed)
    points = np.concatenate([held[one.query][one.grades >= 0] for one in examples])
    relevant = np.concatenate([one.grades[one.grades >= 0] >= RELEVANT for one in examples])
    return TreeModel(name, train(examples, seed=seed), *calibrate(points, relevant))


def guarded(
    ranked: Mapping[str, Sequence[tuple[str, float]]], present: RankingModel, guard: Sequence[Example]
) -> tuple[float, float]:
    """nDCG@10 on the guard set of rankings by the new model (made without having seen the demand) and by the present one.

    Raises NotBetter.
    """
    new = float(np.mean([ndcg([key for key, _ in ranked[one.query]], _grades(one)) for one in guard]))
    old = float(np.mean([ndcg(_order(present, one), _grades(one)) for one in guard]))
    if new < old - GUARD_TOLERANCE:
        raise NotBetter(new, old)
    return new, old


def _order(model: RankingModel, example: Example) -> list[str]:
    return [example.keys[at] for at in np.argsort(-model.points(example.matrix), kind="stable")]


def _grades(example: Example) -> dict[str, int]:
    pairs = zip(example.keys, example.grades.tolist(), strict=True)
    return {key: grade for key, grade in pairs if grade >= 0}
