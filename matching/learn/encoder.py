"""Training the house encoder: it first repeats a teacher's vectors, then pairs that belong together are drawn close
and the other pairs of a batch pushed away, with lessons between, so that what the teacher knows is not forgotten.

The second loss is the symmetric in-batch softmax (van den Oord et al., 2018; MultipleNegativesRankingLoss in
sentence-transformers), with pairs of one family masked. Only rows that a batch touches are updated (Adam, Kingma and Ba,
2015, lazily). Same seed, inputs and thread count: same weights.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.encoders.house import known_features
from matching.encoders.ngrams import Keys, features, kinds_of
from matching.learn.families import Family
from matching.learn.pairs import Pair, Rates, draw, dressed_alike, names_of, sometimes_dressed
from matching.learn.teacher import Lessons
from search.index import Vectors

try:
    import torch
except ImportError as error:  # pragma: no cover - the extra is there where this is tested
    raise ImportError('training needs torch: pip install "lianqiao[learn]"') from error

Sources = Mapping[str, tuple[Sequence[Family], Rates]]
Report = Callable[[str], None]
HEADROOM = 0.9999
"""The largest one in ten thousand components are clipped, so that the rest keep finer steps."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be turned; the defaults made the bundled weights."""

    dimensions: int = 256
    vocabulary: int = 56_000
    rounds: int = 3
    batch: int = 1024
    rate: float = 1e-3
    sharpness: float = 16.0
    spread: float = 0.002
    lesson_rounds: int = 5
    lesson_batch: int = 512
    lesson_rate: float = 3e-3
    dropped: float = 0.15
    dressed: int = 30_000
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Weights:
    """Sorted feature keys and their eight-bit vectors, shape (vocabulary, dimensions)."""

    keys: Keys
    table: NDArray[np.int8]

    def save(self, path: Path) -> None:
        """Write what HouseEncoder reads."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, keys=self.keys, table=self.table)


def train(sources: Sources, lessons: Lessons | None, plan: Plan = Plan(), report: Report = print) -> Weights:
    """Weights learnt from the families and, when there is one, a teacher; reports a line a round."""
    torch.set_num_threads(plan.threads)
    chance, dice = random.Random(plan.seed), np.random.default_rng(plan.seed)  # noqa: S311
    names = names_of([family for families, _ in sources.values() for family in families])
    said = [text for families, _ in sources.values() for family in families for text in family.texts()]
    keys = vocabulary([*said, *(lessons.texts if lessons else ())], plan.vocabulary)
    table = _Table(len(keys), plan)
    book = _Book(lessons, keys, plan, dice) if lessons else None
    for number in range(plan.lesson_rounds if book else 0):
        rate = plan.lesson_rate * (1 - 0.7 * number / plan.lesson_rounds)
        losses = [table.step(None, lesson, rate, 0) for lesson in book.all()] if book else []
        report(f"lessons {number + 1}/{plan.lesson_rounds}: loss {np.mean(losses):.3f}")
    table.forget_moments()
    for number in range(plan.rounds):
        pairs = list(_round(sources, names, plan, chance))
        chance.shuffle(pairs)
        total = plan.rounds * (len(pairs) // plan.batch)
        losses = []
        for batch in _batches(pairs, keys, plan, dice):
            rate = plan.rate * max(0.1, 1 - 0.9 * table.steps / total)
            losses.append(table.step(batch, book.some() if book else None, rate, plan.sharpness))
        report(f"pairs {number + 1}/{plan.rounds}: {len(pairs)}, loss {np.mean(losses):.3f}")
    return Weights(keys, quantised(table.rows.numpy()))


def _round(sources: Sources, names: Sequence[str], plan: Plan, chance: random.Random) -> Iterator[Pair]:
    for families, rates in sources.values():
        for pair in draw(families, rates, chance):
            if pair.left != pair.right:
                left, right = sometimes_dressed(pair.left, chance), sometimes_dressed(pair.right, chance)
                yield Pair(left, right, pair.family)
    yield from dressed_alike(names, plan.dressed, chance)


def vocabulary(texts: Sequence[str], limit: int) -> Keys:
    """Keys of all characters and of the features seen at least twice, the commonest first to stay, sorted."""
    found, counts = np.unique(features(list(dict.fromkeys(texts)))[0], return_counts=True)
    character = kinds_of(found) == 0
    kept = character | (counts > 1)
    found, weight = found[kept], np.where(character, np.inf, counts)[kept]
    return np.sort(found[np.argsort(-weight, kind="stable")[:limit]])


@dataclass(frozen=True, slots=True)
class _Bags:
    """Texts as features: ``rows`` of the table used, ``positions`` in them, text by text from ``offsets``."""

    rows: NDArray[np.int64]
    positions: NDArray[np.int64]
    offsets: NDArray[np.int64]


def _bags(at: NDArray[np.int64], counts: NDArray[np.int64], plan: Plan, dice: np.random.Generator) -> _Bags:
    """A share of the features is dropped, so that a text is known by less than all of it."""
    kept = dice.random(len(at)) >= plan.dropped
    counts = np.bincount(np.repeat(np.arange(len(counts)), counts)[kept], minlength=len(counts))
    rows, positions = np.unique(at[kept], return_inverse=True)
    return _Bags(rows, positions, np.cumsum(counts) - counts)


def _batches(
    pairs: Sequence[Pair], keys: Keys, plan: Plan, dice: np.random.Generator
) -> Iterator[tuple[_Bags, NDArray[np.int64]]]:
    """Whole batches: lefts then rights, and the pairs' families as numbers."""
    numbers: dict[str, int] = {}
    families = np.array([numbers.setdefault(pair.family, len(numbers)) for pair in pairs])
    for start in range(0, len(pairs) - plan.batch + 1, plan.batch):
        part = pairs[start : start + plan.batch]
        at, counts = known_features([*(pair.left for pair in part), *(pair.right for pair in part)], keys)
        yield _bags(at, counts, plan, dice), families[start : start + plan.batch]


Lesson = tuple[_Bags, Vectors]


class _Book:
    """The teacher's lessons as batches."""

    def __init__(self, lessons: Lessons, keys: Keys, plan: Plan, dice: np.random.Generator) -> None:
        self._targets, self._plan, self._dice = lessons.targets, plan, dice
        self._at, self._counts = known_features(lessons.texts, keys)
        self._starts = np.cumsum(self._counts) - self._counts

    def _lesson(self, chosen: NDArray[np.int64]) -> Lesson:
        counts = self._counts[chosen]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        at = self._at[np.repeat(self._starts[chosen], counts) + within]
        return _bags(at, counts, self._plan, self._dice), self._targets[chosen]

    def all(self) -> Iterator[Lesson]:
        """Every lesson once, in a new order."""
        order = self._dice.permutation(len(self._counts))
        for start in range(0, len(order), self._plan.lesson_batch):
            yield self._lesson(order[start : start + self._plan.lesson_batch])

    def some(self) -> Lesson:
        """A batch at random."""
        return self._lesson(self._dice.integers(0, len(self._counts), self._plan.lesson_batch))


class _Table:
    """The vectors while they are learnt, with Adam's moments."""

    BETA1, BETA2 = 0.9, 0.99

    def __init__(self, size: int, plan: Plan) -> None:
        generator = torch.Generator().manual_seed(plan.seed)
        self.rows = torch.randn(size, plan.dimensions, generator=generator) * plan.spread
        self.forget_moments()

    def forget_moments(self) -> None:
        """Start a new schedule."""
        self._first, self._second = torch.zeros_like(self.rows), torch.zeros_like(self.rows)
        self.steps = 0

    def step(
        self,
        pairs: tuple[_Bags, NDArray[np.int64]] | None,
        lesson: Lesson | None,
        rate: float,
        sharpness: float,
    ) -> float:
        """Learn from a batch of pairs, of lessons or both; returns the loss."""
        bags = [part[0] for part in (pairs, lesson) if part]
        used, merged = np.unique(np.concatenate([bag.rows for bag in bags]), return_inverse=True)
        leaf = self.rows[torch.from_numpy(used)].requires_grad_()
        places = np.split(merged, np.cumsum([len(bag.rows) for bag in bags])[:-1])
        units = [_units(leaf, place, bag) for place, bag in zip(places, bags, strict=True)]
        loss: Any = torch.zeros(())
        if pairs:
            loss = loss + _softmax_loss(units[0], torch.from_numpy(pairs[1]), sharpness)
        if lesson:
            loss = loss + (1 - (units[-1] * torch.from_numpy(lesson[1])).sum(1)).mean()
        loss.backward()
        self._adam(torch.from_numpy(used), leaf, rate)
        return float(loss.detach())

    def _adam(self, used: Any, leaf: Any, rate: float) -> None:
        self.steps += 1
        slope = leaf.grad
        first = self._first[used].mul_(self.BETA1).add_(slope, alpha=1 - self.BETA1)
        second = self._second[used].mul_(self.BETA2).addcmul_(slope, slope, value=1 - self.BETA2)
        self._first[used], self._second[used] = first, second
        move = (first / (1 - self.BETA1**self.steps)) / (
            (second / (1 - self.BETA2**self.steps)).sqrt() + 1e-8
        )
        self.rows[used] = leaf.detach() - rate * move


def _units(leaf: Any, place: NDArray[np.int64], bag: _Bags) -> Any:
    positions, offsets = torch.from_numpy(place[bag.positions]), torch.from_numpy(bag.offsets)
    sums = torch.nn.functional.embedding_bag(positions, leaf, offsets, mode="sum")
    return torch.nn.functional.normalize(sums, dim=1)


def _softmax_loss(units: Any, families: Any, sharpness: float) -> Any:
    left, right = units.chunk(2)
    same = (families[:, None] == families[None]).fill_diagonal_(False)
    cosines = (left @ right.T * sharpness).masked_fill(same, -1e4)
    target = torch.arange(len(left))
    loss = torch.nn.functional.cross_entropy
    return (loss(cosines, target) + loss(cosines.T, target)) / 2


def quantised(table: NDArray[np.float32]) -> NDArray[np.int8]:
    """One scale for the whole table: rows keep their weight against each other, and sums need no second look."""
    step = np.quantile(np.abs(table), HEADROOM) / 127
    eight: NDArray[np.int8] = np.clip(np.rint(table / step), -127, 127).astype(np.int8)
    return eight
