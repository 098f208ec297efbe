"""The other way round: what buyers may call a thing that a firm offers, in an installation's own words.

Standing demands are indexed in the shipped words. An own word leads a demand to further words when it is matched; here the
same steps are taken backwards, so that a change of words needs no index written anew: of every word that own relations
lead to, the words of demands they start from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from matching.knowledge.expansion import LEAST, ONWARD, SECOND_STEP, WEIGHTS
from matching.knowledge.kin import Kin
from matching.knowledge.relations import Knowledge
from matching.lexicon import WordFinder

MOST: Final = 12
"""Words of demands looked for beside one title: the weightiest."""


class AskedAs:
    """Words of demands by the words that own relations (those of ``knowledge.weights``) lead them to."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._starts: dict[str, dict[str, float]] = {}
        for start, goal, weight in _led(knowledge):
            known = self._starts.setdefault(goal, {})
            known[start] = max(weight, known.get(start, 0.0))
        self._finder = WordFinder(self._starts) if self._starts else None

    def words(self, title: str) -> tuple[tuple[str, float], ...]:
        """What a buyer of ``title`` may ask for, with what it counts, weightiest first; nothing without own words."""
        best: dict[str, float] = {}
        for found in self._finder.find(title) if self._finder else ():
            for start, weight in self._starts[found.text.lower()].items():
                best[start] = max(weight, best.get(start, 0.0))
        return tuple(sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST])


def _led(knowledge: Knowledge) -> Iterator[tuple[str, str, float]]:
    """(word of a demand, word it is led to, weight) of every path of one or two steps with an own one among them."""
    for near, far in knowledge.weights:
        step = _step(knowledge, near, far)
        if step is None:
            continue
        kin, weight = step
        yield near, far, weight
        if kin in ONWARD:
            for further in knowledge.kin.get(far, {}):
                yield from _two(knowledge, near, far, further)
        for start in knowledge.kin.get(near, {}):
            yield from _two(knowledge, start, near, far)


def _two(knowledge: Knowledge, start: str, middle: str, goal: str) -> Iterator[tuple[str, str, float]]:
    first, second = _step(knowledge, start, middle), _step(knowledge, middle, goal)
    if first is None or second is None or first[0] not in ONWARD or start == goal:
        return
    weight = first[1] * second[1] * SECOND_STEP
    if weight >= LEAST and (first[0], second[0]) != ("broader", "narrower"):
        yield start, goal, weight


def _step(knowledge: Knowledge, word: str, other: str) -> tuple[Kin, float] | None:
    kin = knowledge.kin.get(word, {}).get(other)
    if kin is None or kin not in WEIGHTS:
        return None
    return kin, knowledge.weights.get((word, other), WEIGHTS[kin])
