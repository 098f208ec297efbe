"""The life of a lead: which moves there are, from where to where. The one table of it; and whose eyes leads are for."""

from __future__ import annotations

from typing import Literal, get_args
from uuid import UUID

from app.core import lifecycle
from app.core.actor import Actor, SeatRole

State = Literal["todo", "doing", "done", "lost"]
Action = Literal["start", "postpone", "finish", "lose", "reopen"]
Source = Literal["scan", "demand", "manual"]
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)
SOURCES: tuple[Source, ...] = get_args(Source)

UNDER_WAY: tuple[State, ...] = ("todo", "doing")
"""States in which somebody still works on the lead, so that a next step may fall due."""

MOVES: dict[tuple[State, Action], State] = {
    ("todo", "start"): "doing",
    ("todo", "finish"): "done",
    ("todo", "lose"): "lost",
    ("doing", "postpone"): "todo",
    ("doing", "finish"): "done",
    ("doing", "lose"): "lost",
    ("done", "reopen"): "doing",
    ("lost", "reopen"): "doing",
}

SEES: tuple[SeatRole, ...] = ("owner", "manager", "sales", "viewer")
"""Seats that see the pipeline of their firm; buyers do not."""


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(MOVES, state, action, code="lead_state")


def allowed(state: str) -> list[Action]:
    """The moves open from ``state``, in the order of ``ACTIONS``."""
    return lifecycle.allowed(MOVES, ACTIONS, state)


def teams_of(actor: Actor) -> list[UUID]:
    """The firms whose leads the actor sees."""
    return [company for company, role in actor.seats.items() if role in SEES]
