"""What one word of the trade is to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kin = Literal["same", "narrower", "broader", "made_by", "made_of", "part_of", "does", "done_by"]
"""What a word on the right is to the concept on the left."""


@dataclass(frozen=True, slots=True)
class Relation:
    """``right`` is ``kin`` to ``left``: (铸件, made_by, 铸造)."""

    left: str
    kin: Kin
    right: str
