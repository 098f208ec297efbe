"""The scoring model: features in, scores out. A documented linear default; a trained one stands behind the same protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.features import FEATURES
from matching.texts import Floats

Matrix = NDArray[np.float32]
"""Shape (candidates, len(FEATURES))."""


class RankingModel(Protocol):
    """Orders candidates; ``name`` goes into every answer."""

    @property
    def name(self) -> str:
        """Which model, and which version of it."""
        ...

    def points(self, matrix: Matrix) -> Floats:
        """What candidates are ordered by, shape (n,)."""
        ...

    def scores(self, points: Floats) -> Floats:
        """0 to 100, shape (n,), in the order of ``points``: of a hundred firms with a score of 30, about thirty say they do what was asked."""
        ...


def as_scores(points: Floats, slope: float, offset: float) -> Floats:
    """The logistic of calibration, in per cent."""
    return np.asarray(100.0 / (1.0 + np.exp(offset - slope * points)), np.float32)


@dataclass(frozen=True)
class LinearModel:
    """A weighted sum. Distance has no weight: place is a filter the buyer sets, never a hidden score."""

    name: str
    weights: Mapping[str, float]
    slope: float
    offset: float

    def points(self, matrix: Matrix) -> Floats:
        """The weighted sum of a row."""
        return np.asarray(matrix @ np.array([self.weights.get(name, 0.0) for name in FEATURES], np.float32))

    def scores(self, points: Floats) -> Floats:
        """The calibrated sum."""
        return as_scores(points, self.slope, self.offset)


class TreeModel:
    """A LightGBM ranker (LambdaMART), trained by ``lianqiao learn ranker``."""

    def __init__(self, name: str, booster: Any, slope: float, offset: float) -> None:
        self.name = name
        self.booster = booster
        self.slope, self.offset = slope, offset

    def points(self, matrix: Matrix) -> Floats:
        """The sum of the trees."""
        if not len(matrix):
            return np.zeros(0, np.float32)
        return np.asarray(self.booster.predict(matrix, num_threads=1), np.float32)

    def scores(self, points: Floats) -> Floats:
        """The calibrated sum."""
        return as_scores(points, self.slope, self.offset)


LINEAR = LinearModel(
    "linear-2",
    {
        "fused": 4.0,
        "made_kin": 1.5,
        "kin_words_rank": 0.7,
        "kin_cosine": 1.0,
        "made_cosine": 2.0,
        "third_cosine": 0.7,
        "name_cosine": 0.7,
        "coverage": 0.7,
        "industry": 0.5,
        "makes": 0.3,
        "items": -0.05,
        "kind": 0.1,
        "spec_met": 0.4,
        "spec_missed": -0.8,
        "confirmed": 0.2,
        "verified": 0.1,
        "standing": 0.2,
    },
    slope=0.54,
    offset=4.15,
)
"""Round weights; where they stand between values that do about as well on the development demands, the rounder was taken.
``standing`` was not fitted: it weighs as much as a listing the firm confirmed, so that the best known firm gains on one
that nobody knows (0) what a sixth of the meaning of its best item is worth, and never outweighs what it makes."""
