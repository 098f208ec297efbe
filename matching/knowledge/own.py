"""Words that an installation adds to the shipped tables, and shipped relations that it refuses.

Precedence: what the installation says of two words replaces whatever the shipped tables say of these two, in both
directions; a refusal leaves nothing between them. Everything else that is shipped stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from matching.knowledge.kin import INVERSE, Kin, Relation
from matching.knowledge.relations import Knowledge

_SAME_INDUSTRY: Final = frozenset({"same", "narrower", "broader"})


@dataclass(frozen=True, slots=True)
class OwnRelation:
    """``relation`` as the installation has it: it counts ``weight``, or is refused. Words are in lower case."""

    relation: Relation
    weight: float
    refused: bool = False


def overlay(base: Knowledge, own: Iterable[OwnRelation]) -> Knowledge:
    """``base`` with the installation's words laid over it; ``base`` itself stays as it is.

    A new word that is another name or a kind of a known one, or its class, is of the same industries.
    """
    kin = dict(base.kin)
    weights = dict(base.weights)
    industries = dict(base.industries)

    def say(left: str, right: str, kind: Kin | None, weight: float) -> None:
        related = dict(kin.get(left, {}))
        related.pop(right, None)
        weights.pop((left, right), None)
        if kind:
            related[right] = kind
            weights[left, right] = weight
        if related or left in base.kin:
            kin[left] = related

    for one in own:
        left, right = one.relation.left, one.relation.right
        say(left, right, None if one.refused else one.relation.kin, one.weight)
        say(right, left, None if one.refused else INVERSE.get(one.relation.kin), one.weight)
        if not one.refused and one.relation.kin in _SAME_INDUSTRY:
            for new, known in ((left, right), (right, left)):
                if new not in industries and known in base.industries:
                    industries[new] = base.industries[known]
    return replace(base, kin=kin, weights=weights, industries=industries)
