"""The life of a demand: which moves there are, from where to where. The one table of it."""

from __future__ import annotations

from typing import Literal, get_args

from app.core import lifecycle

State = Literal["draft", "open", "closed"]
Action = Literal["open", "close", "reopen", "edit"]
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)

MOVES: dict[tuple[State, Action], State] = {
    ("draft", "open"): "open",
    ("draft", "close"): "closed",
    ("draft", "edit"): "draft",
    ("open", "close"): "closed",
    ("open", "edit"): "open",
    ("closed", "reopen"): "open",
}


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(MOVES, state, action, code="demand_state")


def allowed(state: str) -> list[Action]:
    """The moves open from ``state``, in the order of ``ACTIONS``."""
    return lifecycle.allowed(MOVES, ACTIONS, state)
