"""The life of a listing: which moves there are, from where to where. The one table of it."""

from __future__ import annotations

from typing import Literal, get_args

from app.core import lifecycle
from search.documents import Kind, Role

Status = Literal["draft", "published", "dismissed", "withdrawn", "superseded"]
Action = Literal["confirm", "dismiss", "undo", "edit", "withdraw", "republish"]
ACTIONS: tuple[Action, ...] = get_args(Action)
Consequence = Literal["supersede", "restore"]
"""What nobody does to a draft: it follows from what the firm states elsewhere (app.catalogue.superseding)."""

MOVES: dict[tuple[Status, Action | Consequence], Status] = {
    ("draft", "confirm"): "published",
    ("draft", "dismiss"): "dismissed",
    (
        "draft",
        "edit",
    ): "published",  # Who edits a draft has stated it; left a draft, the next import would replace it.
    ("published", "edit"): "published",
    ("published", "undo"): "draft",
    ("published", "withdraw"): "withdrawn",
    ("dismissed", "undo"): "draft",
    ("withdrawn", "republish"): "published",
    ("draft", "supersede"): "superseded",
    ("superseded", "restore"): "draft",
}

DEFAULT_ROLES: dict[Kind, Role] = {
    "product": "make",
    "raw_material": "make",
    "processing": "process",
    "capacity": "process",
}
"""What a firm does with a thing of this kind unless it says otherwise; it serves with all others."""


def moved(status: str, action: Action, *, source: str) -> Status:
    """The status after ``action``. Raises Conflict when there is no such move.

    Only what was read from the business scope (``source`` "scope") can become a draft again.
    """
    target = lifecycle.target(MOVES, status, action)
    if target is None or (target == "draft" and source != "scope"):
        raise lifecycle.move_refused("listing_state", status)
    return target


def allowed(status: str, *, source: str) -> list[Action]:
    """The moves open from ``status``, in the order of ``ACTIONS``."""
    return [
        action
        for action in ACTIONS
        if (to := lifecycle.target(MOVES, status, action)) and (to != "draft" or source == "scope")
    ]
