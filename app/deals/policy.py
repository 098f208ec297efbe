"""The life of a deal: which moves there are, from where to where, and which side makes each. The one table of it.

A deal is begun by an award. Both sides confirm the same terms, the supplier marks it delivered, the buyer accepts it,
or stays silent for so long, though reminded, that it counts as accepted.
Whoever changes the terms takes both confirmations back. A dispute stops everything until whoever raised it, or an
operator, lets it go on, the buyer accepts after all, or an operator annuls it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, get_args

from app.core import lifecycle

State = Literal[
    "begun",
    "confirmed_by_buyer",
    "confirmed_by_supplier",
    "active",
    "delivered",
    "accepted",
    "disputed",
    "cancelled",
]
Action = Literal[
    "revise",
    "confirm_as_buyer",
    "confirm_as_supplier",
    "deliver",
    "retract",
    "accept",
    "accept_by_time",
    "dispute",
    "resume",
    "cancel",
    "annul",
]
Side = Literal["buyer", "supplier", "operator"]
Party = Literal["buyer", "supplier"]
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)
PARTIES: tuple[Party, ...] = get_args(Party)

MOVES: dict[tuple[State, Action], State] = {
    ("begun", "revise"): "begun",
    ("begun", "confirm_as_buyer"): "confirmed_by_buyer",
    ("begun", "confirm_as_supplier"): "confirmed_by_supplier",
    ("begun", "cancel"): "cancelled",
    ("confirmed_by_buyer", "revise"): "begun",
    ("confirmed_by_buyer", "confirm_as_supplier"): "active",
    ("confirmed_by_buyer", "cancel"): "cancelled",
    ("confirmed_by_supplier", "revise"): "begun",
    ("confirmed_by_supplier", "confirm_as_buyer"): "active",
    ("confirmed_by_supplier", "cancel"): "cancelled",
    ("active", "deliver"): "delivered",
    ("active", "dispute"): "disputed",
    ("active", "cancel"): "cancelled",
    ("delivered", "retract"): "active",
    ("delivered", "accept"): "accepted",
    ("delivered", "accept_by_time"): "accepted",
    ("delivered", "dispute"): "disputed",
    ("disputed", "resume"): "active",
    ("disputed", "accept"): "accepted",
    ("disputed", "annul"): "cancelled",
}

SIDES: dict[Action, tuple[Side, ...]] = {
    "revise": ("buyer", "supplier"),
    "confirm_as_buyer": ("buyer",),
    "confirm_as_supplier": ("supplier",),
    "deliver": ("supplier",),
    "retract": ("supplier",),
    "accept": ("buyer",),
    # Nobody's: the program does it (app.deals.silence).
    "accept_by_time": (),
    "dispute": ("buyer", "supplier"),
    # Of the two parties only the one that raised the dispute (app.deals.rights).
    "resume": ("buyer", "supplier", "operator"),
    "cancel": ("buyer", "supplier"),
    "annul": ("operator",),
}

ENDED: tuple[State, ...] = ("accepted", "cancelled")
REVIEWED: tuple[State, ...] = ("delivered", "accepted")
"""When each side may rate the other: after delivery only."""

CRITERIA: dict[Party, tuple[str, ...]] = {
    "buyer": ("timing", "quality", "packing", "communication"),
    "supplier": ("payment", "clarity", "communication"),
}
"""What each party rates the other by, from 1 (very poor) to 5 (very good)."""

BLIND = timedelta(days=14)
"""A review is shown once both sides have rated, or when this long has passed, so that neither answers the other's marks."""

REMINDED_AFTER = timedelta(days=7)
"""How long after delivery a buyer who neither accepted nor disputed it is reminded."""
ACCEPTED_AFTER = timedelta(days=3)
"""How long after that the delivery counts as accepted."""

ORDERS_COUNTED = 10
"""Figures on a profile are of the last so many orders: what a firm is like now."""


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(MOVES, state, action, code="deal_state")


def allowed(state: str) -> list[Action]:
    """The moves open from ``state``, in the order of ``ACTIONS``."""
    return lifecycle.allowed(MOVES, ACTIONS, state)
