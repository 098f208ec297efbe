"""What one word of the trade is to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kin = Literal["same", "narrower", "broader", "made_by", "made_of", "part_of", "does", "done_by", "related"]
"""What a word on the right is to the concept on the left; ``related``: the same firms make or do both."""

INVERSE: Final[Mapping[Kin, Kin]] = {
    "same": "same",
    "narrower": "broader",
    "broader": "narrower",
    "does": "done_by",
    "done_by": "does",
    "related": "related",
}
"""What the left word is to the right one, where that follows."""


@dataclass(frozen=True, slots=True)
class Relation:
    """``right`` is ``kin`` to ``left``: (铸件, made_by, 铸造)."""

    left: str
    kin: Kin
    right: str
