"""How well an encoder groups goods it has never been told to group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.encoders.base import Encoder
from matching.learn.families import Family

DEPTH = 10
_CHINESE = range(0x4E00, 0xA000)


@dataclass(frozen=True, slots=True)
class Kept:
    """``groups``: mean nDCG@10 of a good among all goods, those of its similar group being relevant; ``english``: mean
    reciprocal rank of a good's Chinese name for its English one; over ``goods`` queries."""

    groups: float
    english: float
    goods: int


def measure(encoder: Encoder, held_out: Sequence[Family], others: Sequence[Family] = ()) -> Kept:
    """Queries are the goods of ``held_out``, searched among them and ``others``."""
    names, english, groups = [], [], []
    for family in (*held_out, *others):
        for member in family.members:
            names.append(member[0])
            english.append(next((name for name in member if not _is_chinese(name)), ""))
            groups.append(family.key)
    queried = sum(len(family.members) for family in held_out)
    vectors = encoder.encode_items(names)
    cosines = encoder.encode_queries(names[:queried]) @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    group = np.array(groups)
    relevant = group[:queried, None] == group[None]
    gains = np.take_along_axis(relevant, np.argsort(-cosines, axis=1, kind="stable")[:, :DEPTH], axis=1)
    discount = 1 / np.log2(np.arange(2, DEPTH + 2))
    ideal = np.cumsum(discount)[np.minimum(relevant.sum(axis=1) - 1, DEPTH) - 1]
    shared = relevant.sum(axis=1) > 1
    translated = [i for i in range(queried) if english[i]]
    crossed = encoder.encode_queries([english[i] for i in translated]) @ vectors.T
    ranks = (crossed > crossed[np.arange(len(translated)), translated][:, None]).sum(axis=1) + 1
    return Kept(
        groups=float(((gains * discount).sum(axis=1) / ideal)[shared].mean()),
        english=float((1 / ranks).mean()),
        goods=queried,
    )


def _is_chinese(name: str) -> bool:
    return any(ord(character) in _CHINESE for character in name)
