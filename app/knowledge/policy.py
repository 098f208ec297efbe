"""The life of a pair of words: which moves there are, from where to where. The one table of it; and who sees the pairs."""

from __future__ import annotations

from typing import Literal, get_args

from sqlalchemy import ColumnElement, false, true

from app.core import lifecycle
from app.core.actor import Actor
from matching.knowledge import WEIGHTS, Kin

State = Literal["suggested", "approved", "refused"]
Action = Literal["approve", "refuse", "reconsider"]
Source = Literal["operator", "cooccurrence"]
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)

MOVES: dict[tuple[State, Action], State] = {
    ("suggested", "approve"): "approved",
    ("suggested", "refuse"): "refused",
    ("approved", "refuse"): "refused",
    ("approved", "reconsider"): "suggested",
    ("refused", "approve"): "approved",
    ("refused", "reconsider"): "suggested",
}
"""``approved`` pairs take part in matching, ``refused`` ones hide what is shipped of the same words, ``suggested`` do neither."""

OwnKin = Literal["same", "narrower", "broader", "made_by", "made_of", "part_of", "does", "related"]
"""The relations of matching.knowledge that are stated; the rest follow from them."""
KINS: tuple[OwnKin, ...] = get_args(OwnKin)


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(MOVES, state, action, code="word_state")


def allowed(state: str) -> list[Action]:
    """The moves open from ``state``, in the order of ``ACTIONS``."""
    return lifecycle.allowed(MOVES, ACTIONS, state)


def usual_weight(kin: OwnKin) -> float:
    """What a relation counts where nobody says; what a thing does counts for those who look for it by that."""
    counted: Kin = "done_by" if kin == "does" else kin
    return WEIGHTS[counted]


def sees_words(actor: Actor) -> ColumnElement[bool]:
    """Every operator: words have no place, and matching is one for all."""
    return true() if actor.divisions else false()
