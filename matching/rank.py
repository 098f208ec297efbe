"""The scoring model: a documented linear default. A trained model replaces it behind the same function."""

from __future__ import annotations

import math
from collections.abc import Mapping

from matching.features import Features

MODEL = "linear-1"

WEIGHTS: Mapping[str, float] = {
    "fused": 1.6,
    "item_words": 0.6,
    "firm_words": 0.2,
    "item_meaning": 1.6,
    "title_meaning": 1.0,
    "coverage": 1.2,
    "precision": 0.5,
    "name": 0.8,
    "makes": 0.9,
    "kind": 0.1,
    "focus": 0.4,
    "depth": 0.5,
    "spec_met": 0.4,
    "spec_missed": -0.8,
    "confirmed": 0.2,
    "verified": 0.1,
    "fresh": 0.0,
}
"""Points a feature at 1 is worth. Distance has no weight: place is a filter the buyer sets, never a hidden score."""

SLOPE, OFFSET = 0.67, 3.4
"""Logistic fit of grade >= 2 on the weighted sum over 1,894 judged pairs of the development demands: a score of 30 means
that about three in ten firms with that score say they do what was asked, or that their stated class includes it."""


def score(features: Features, weights: Mapping[str, float] = WEIGHTS) -> float:
    """0 to 100, a logistic of the weighted sum, so that scores of different demands can be read on one scale."""
    points = sum([weight * getattr(features, name) for name, weight in weights.items()])
    return 100.0 / (1.0 + math.exp(OFFSET - SLOPE * points))
