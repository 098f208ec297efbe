"""Who asks: a person, an API key, the program itself, or nobody known. Plain data, so that every layer may hold it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from search.index import division_prefix

SeatRole = Literal["owner", "manager", "sales", "buyer", "viewer"]
SEAT_ROLES: tuple[SeatRole, ...] = ("owner", "manager", "sales", "buyer", "viewer")
SEAT_NAMES: dict[str, str] = {
    "owner": "负责人",
    "manager": "管理员",
    "sales": "销售员",
    "buyer": "采购员",
    "viewer": "只读",
}
COUNTRY = "100000"
"""The adcode of the whole country (GB/T 2260)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, with everything permission rests on.

    ``seats`` maps company ids to the role held there; ``divisions`` are the adcodes operated, subtrees included.
    ``scopes`` is None for people; an API key may do only what its scopes name, and that only where its seats and
    divisions reach.
    """

    kind: Literal["anonymous", "person", "key", "system"]
    id: UUID | None = None
    name: str = ""
    seats: Mapping[UUID, SeatRole] = dataclasses.field(default_factory=dict)
    divisions: tuple[str, ...] = ()
    scopes: frozenset[str] | None = None
    session_id: UUID | None = None

    @property
    def known(self) -> bool:
        """Whether somebody stands behind the request."""
        return self.kind != "anonymous"

    @property
    def companies(self) -> tuple[UUID, ...]:
        """The companies in which the actor has a seat."""
        return tuple(self.seats)

    def operates(self, adcode: str) -> bool:
        """Whether ``adcode`` lies in a division the actor operates; every operator takes care of what has no place."""
        return any(
            held == COUNTRY or not adcode or adcode.startswith(division_prefix(held))
            for held in self.divisions
        )


ANONYMOUS = Actor("anonymous")
SYSTEM = Actor("system")
"""The command line and background jobs: they run on the machine that holds the data, and are trusted."""
