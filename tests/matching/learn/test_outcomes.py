"""What came of lists as lessons: the bias of places found again in a world where it is known, and corrected."""

from __future__ import annotations

import numpy as np
import pytest

from matching.features import COLUMN, FEATURES
from matching.learn.outcomes import LEAST_THETA, Shown, examples_of_outcomes, propensities
from matching.texts import Floats

PLACES = 12
THETA = 1 / np.arange(1, PLACES + 1) ** 0.8


def simulated(lists: int, seed: int = 3) -> list[Shown]:
    """Buyers who look at place k with chance THETA[k] and ask a firm that fits; what fits is half in the features."""
    dice = np.random.default_rng(seed)
    found = []
    for number in range(lists):
        matrix = np.zeros((PLACES, len(FEATURES)), np.float32)
        matrix[:, COLUMN["cosine"]] = dice.normal(size=PLACES)
        matrix[:, COLUMN["coverage"]] = dice.normal(size=PLACES)
        # The model that ordered the list knew one of the two.
        order = np.argsort(-matrix[:, COLUMN["cosine"]] - dice.normal(size=PLACES))
        matrix = matrix[order]
        fits = 1 / (1 + np.exp(1 - matrix[:, COLUMN["cosine"]] - 1.5 * matrix[:, COLUMN["coverage"]]))
        asked = dice.random(PLACES) < THETA * fits
        keys = tuple(f"{number}-{at}" for at in range(PLACES))
        outcomes = {
            key: "quoted" if dice.random() < 0.7 else "ignored"
            for key, was in zip(keys, asked, strict=True)
            if was
        }
        found.append(Shown(str(number), keys, matrix, outcomes))
    return found


@pytest.fixture(scope="module")
def shown() -> list[Shown]:
    return simulated(1_500)


@pytest.fixture(scope="module")
def theta(shown: list[Shown]) -> Floats:
    return propensities(shown)


def test_the_bias_of_places_is_found_again(shown: list[Shown], theta: Floats) -> None:
    naive = np.mean([one.asked for one in shown], axis=0)
    naive = naive / naive[0]
    assert theta[0] == 1.0
    assert (np.diff(theta) <= 0).all()
    assert np.abs(theta - THETA).mean() < 0.08
    # Counting alone mistakes the order of the list for the place in it.
    assert np.abs(theta - THETA).mean() < np.abs(naive - THETA).mean()


def test_a_firm_asked_far_down_counts_for_those_nobody_looked_at(shown: list[Shown], theta: Floats) -> None:
    examples = examples_of_outcomes(shown, theta)
    assert [one.query for one in examples[:2]] == ["0", "1"]
    for list_, example in zip(shown, examples, strict=True):
        for at, key in enumerate(list_.keys):
            said = list_.outcomes.get(key)
            assert example.grades[at] == {"quoted": 2, "ignored": 0, None: 0}[said]
            assert example.weights[at] == pytest.approx(1 / theta[at] if said else 1.0)
    assert max(float(one.weights.max()) for one in examples) <= 1 / LEAST_THETA + 1e-6


def test_corrected_weights_undo_the_bias(shown: list[Shown], theta: Floats) -> None:
    """The weighted count of firms asked at a place is what it would be if every place were looked at."""
    fits = np.mean(
        [
            1 / (1 + np.exp(1 - one.matrix[:, COLUMN["cosine"]] - 1.5 * one.matrix[:, COLUMN["coverage"]]))
            for one in shown
        ],
        axis=0,
    )
    asked = np.mean([one.asked for one in shown], axis=0)
    assert np.abs(asked / theta - fits * THETA[0]).mean() < np.abs(asked - fits * THETA[0]).mean() / 2


def test_lists_of_different_length_and_nothing_asked() -> None:
    dice = np.random.default_rng(1)
    lists = [
        Shown(
            str(n),
            tuple(str(at) for at in range(size)),
            dice.random((size, len(FEATURES))).astype(np.float32),
            {},
        )
        for n, size in enumerate((3, 7, 5))
    ]
    theta = propensities(lists)
    assert theta.shape == (7,)
    assert np.isfinite(theta).all()
