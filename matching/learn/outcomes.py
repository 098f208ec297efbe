"""Training examples from what came of lists that were shown, with what the place in the list did taken out.

Whoever reads a list looks at its top more than at its end, so being asked says as much of the place as of the firm. The
position-based model has it that a firm is asked when it is looked at and fits: P(asked | place k) = theta_k gamma. Both
are estimated by regression EM (Wang, Golbandi, Bendersky, Metzler and Najork, "Position bias estimation for unbiased
learning to rank in personal search", WSDM 2018, section 4): gamma is a function of the features, here a logistic one, so
that theta shows where firms with like features were asked unlike often. Each firm that was asked then counts 1 / theta_k
(inverse propensity: Joachims, Swaminathan and Schnabel, "Unbiased learning-to-rank with biased feedback", WSDM 2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.learn.ranker import Example
from matching.rank import Matrix
from matching.texts import Floats

GRADES: Final[Mapping[str, int]] = {"won": 3, "quoted": 2, "declined": 1, "refused": 0, "ignored": 0}
"""What an outcome says of a pair, on the scale of the judgments: chosen; could do it and said so; could, but not this time;
does not do such things; never answered, which is no better than a firm that nobody asked."""
LEAST_THETA: Final = 0.05
"""No firm counts more than twenty: a rare find far down a list would outweigh all the rest."""
ROUNDS: Final = 60
RIDGE: Final = 1.0


@dataclass(frozen=True)
class Shown:
    """One list as shown for a demand: firms best first, their features, and what came of those that were asked."""

    demand: str
    keys: tuple[str, ...]
    matrix: Matrix
    outcomes: Mapping[str, str]
    """Key -> the best outcome, one of ``GRADES``."""

    @property
    def asked(self) -> NDArray[np.bool_]:
        """By place, whether the firm was asked."""
        return np.array([key in self.outcomes for key in self.keys], np.bool_)


def propensities(shown: Sequence[Shown]) -> Floats:
    """theta by place from the first on, 1 for the first; never rising, at least ``LEAST_THETA``. Shape (longest list,)."""
    places = np.concatenate([np.arange(len(one.keys)) for one in shown])
    asked = np.concatenate([one.asked for one in shown]).astype(float)
    rows = _standard(np.concatenate([one.matrix for one in shown]).astype(float))
    counts = np.bincount(places).astype(float)
    theta = 1 / np.sqrt(1 + np.arange(len(counts)))
    weights = np.zeros(rows.shape[1])
    gamma = np.full(len(asked), max(asked.mean(), 1e-3))
    for _ in range(ROUNDS):
        at = theta[places]
        unasked = np.maximum(1 - at * gamma, 1e-9)
        looked = np.where(asked > 0, 1.0, at * (1 - gamma) / unasked)
        fitting = np.where(asked > 0, 1.0, gamma * (1 - at) / unasked)
        theta = np.bincount(places, looked) / counts
        weights = _logistic(rows, fitting, weights)
        gamma = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
    theta = np.minimum.accumulate(theta)
    return np.asarray(np.maximum(theta / theta[0], LEAST_THETA), np.float32)


def _standard(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = rows.std(axis=0)
    kept = spread > 1e-9
    return np.column_stack([(rows[:, kept] - rows[:, kept].mean(axis=0)) / spread[kept], np.ones(len(rows))])


def _logistic(
    rows: NDArray[np.float64], chance: NDArray[np.float64], weights: NDArray[np.float64], steps: int = 2
) -> NDArray[np.float64]:
    """A few Newton steps of ridge logistic regression on soft labels, from where the last round stood."""
    ridge = RIDGE * np.eye(rows.shape[1])
    ridge[-1, -1] = 0.0
    for _ in range(steps):
        now = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (chance - now) - ridge @ weights
        curve = (rows * (now * (1 - now))[:, None]).T @ rows + ridge + 1e-6 * np.eye(rows.shape[1])
        weights = weights + np.clip(np.linalg.solve(curve, slope), -2.0, 2.0)
    return weights


def examples_of_outcomes(shown: Sequence[Shown], theta: Floats) -> list[Example]:
    """One a list: firms asked with the grade of their outcome, weighing 1 / theta of their place; the others grade 0, weight 1."""
    found = []
    for one in shown:
        asked = one.asked
        grades = [GRADES[one.outcomes[key]] if key in one.outcomes else 0 for key in one.keys]
        weights = np.where(asked, 1 / theta[: len(one.keys)], 1.0).astype(np.float32)
        found.append(Example(one.demand, one.keys, one.matrix, np.array(grades, np.int64), weights))
    return found
