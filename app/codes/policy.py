"""The life of an enterprise code: which moves there are, from where to where. The one table of it."""

from __future__ import annotations

from typing import Literal, get_args

from app.core import lifecycle

State = Literal["issued", "active", "suspended", "replaced", "revoked"]
Action = Literal["activate", "suspend", "resume", "replace", "revoke"]
CodeKind = Literal["company", "product", "machine", "branch"]
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)

LIVE: tuple[State, ...] = ("issued", "active", "suspended")
"""States in which a code still stands for its firm; a firm has one such code of kind "company"."""

MOVES: dict[tuple[State, Action], State] = {
    ("issued", "activate"): "active",
    ("issued", "replace"): "replaced",
    ("issued", "revoke"): "revoked",
    ("active", "suspend"): "suspended",
    ("active", "replace"): "replaced",
    ("active", "revoke"): "revoked",
    ("suspended", "resume"): "active",
    ("suspended", "replace"): "replaced",
    ("suspended", "revoke"): "revoked",
    # A plate in the wrong hands must be able to stop forwarding.
    ("replaced", "revoke"): "revoked",
}


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(MOVES, state, action, code="code_state")


def allowed(state: str) -> list[Action]:
    """The moves open from ``state``, in the order of ``ACTIONS``."""
    return lifecycle.allowed(MOVES, ACTIONS, state)
