"""Asking a table of moves: every lifecycle is one ``(state, action) -> state`` mapping in its package's policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

from app.core.errors import Conflict
from app.core.state_words import state_word

State = TypeVar("State", bound=str)
Action = TypeVar("Action", bound=str)


def target(moves: Mapping[tuple[State, Action], State], state: str, action: str) -> State | None:
    """Where ``action`` leads from ``state``; None when there is no such move. ``state`` is as a row holds it, a plain word."""
    return cast("Mapping[tuple[str, str], State]", moves).get((state, action))


def moved(moves: Mapping[tuple[State, Action], State], state: str, action: Action, *, code: str) -> State:
    """The state after ``action``. Raises Conflict with ``code`` when there is no such move."""
    after = target(moves, state, action)
    if after is None:
        raise move_refused(code, state)
    return after


def move_refused(code: str, state: str) -> Conflict:
    """The refusal of a move that there is not from ``state``, in the reader's words (app.core.state_words)."""
    return Conflict(
        "当前状态为“{state}”，不能执行此操作；请刷新后查看可以做什么",
        code=code,
        state=state_word(code, state),
    )


def allowed(
    moves: Mapping[tuple[State, Action], State], actions: Sequence[Action], state: str
) -> list[Action]:
    """The moves open from ``state``, in the order of ``actions``."""
    return [action for action in actions if target(moves, state, action) is not None]
