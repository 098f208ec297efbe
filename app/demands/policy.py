"""The life of a demand: which moves there are, from where to where, and who makes them. The one table of it.

A draft is posted with ``open``; where the platform looks first it goes by way of ``submit``, and an operator answers with
``approve`` or ``reject``. Quotes, awards and deals move it on (app.trade, app.deals); time lets it expire.
"""

from __future__ import annotations

from typing import Literal, get_args

from app.accounts.policy import Action as Permission
from app.core import lifecycle

State = Literal[
    "draft", "in_review", "open", "quoting", "awarded", "fulfilled", "closed", "expired", "withdrawn"
]
Action = Literal[
    "open", "submit", "approve", "reject", "edit", "quote", "award", "fall_back", "fulfil", "close", "reopen",
    "expire", "withdraw",
]  # fmt: skip
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)

HIDDEN: tuple[State, ...] = ("draft", "in_review", "withdrawn")
"""What only the buyer's side sees: not published yet, or taken back."""
ANSWERABLE: tuple[State, ...] = ("open", "quoting")
"""What suppliers may ask about and quote for."""

OVER: tuple[State, ...] = ("fulfilled", "closed", "expired", "withdrawn")
"""What has ended, until it is reopened."""

MOVES: dict[tuple[State, Action], State] = {
    ("draft", "open"): "open",
    ("draft", "submit"): "in_review",
    ("draft", "edit"): "draft",
    ("draft", "withdraw"): "withdrawn",
    ("in_review", "approve"): "open",
    ("in_review", "reject"): "draft",
    ("in_review", "edit"): "in_review",
    ("in_review", "withdraw"): "withdrawn",
    ("open", "submit"): "in_review",
    ("open", "edit"): "open",
    ("open", "quote"): "quoting",
    ("open", "close"): "closed",
    ("open", "expire"): "expired",
    ("open", "withdraw"): "withdrawn",
    ("quoting", "edit"): "quoting",
    ("quoting", "quote"): "quoting",
    ("quoting", "award"): "awarded",
    ("quoting", "close"): "closed",
    ("quoting", "expire"): "expired",
    ("quoting", "withdraw"): "withdrawn",
    ("awarded", "fall_back"): "quoting",
    ("awarded", "fulfil"): "fulfilled",
    ("awarded", "close"): "closed",
    ("closed", "reopen"): "open",
    ("expired", "reopen"): "open",
    # What was awarded before it expired has been delivered: fulfilled in part.
    ("expired", "fulfil"): "fulfilled",
    ("withdrawn", "reopen"): "draft",
}

MOVERS: dict[Action, Permission | None] = {
    "open": "demand.edit",
    "submit": "demand.edit",
    "approve": "demand.review",
    "reject": "demand.review",
    "edit": "demand.edit",
    "quote": None,
    "award": "demand.edit",
    "fall_back": None,
    "fulfil": None,
    "close": "demand.edit",
    "reopen": "demand.edit",
    "expire": None,
    "withdraw": "demand.edit",
}
"""What somebody must be permitted to make a move; None: the program makes it when something else has happened, and
whoever calls has asked for the right to that."""

BY_HAND: tuple[Action, ...] = ("open", "approve", "reject", "edit", "close", "reopen", "withdraw")
"""What people press. The other moves follow from something else they do."""


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(MOVES, state, action, code="demand_state")


def allowed(state: str) -> list[Action]:
    """The moves open from ``state``, in the order of ``ACTIONS``."""
    return lifecycle.allowed(MOVES, ACTIONS, state)
