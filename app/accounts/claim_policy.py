"""The life of a claim: which moves there are. The one table of it."""

from __future__ import annotations

from typing import Literal, get_args

from app.core import lifecycle

State = Literal["pending", "approved", "rejected", "withdrawn"]
Action = Literal["approve", "reject", "withdraw"]
Method = Literal["domain", "documents", "review"]
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)
METHODS: tuple[Method, ...] = get_args(Method)

MOVES: dict[tuple[State, Action], State] = {
    ("pending", "approve"): "approved",
    ("pending", "reject"): "rejected",
    ("pending", "withdraw"): "withdrawn",
}

PUBLIC_MAIL = frozenset(
    [
        "qq.com",
        "foxmail.com",
        "163.com",
        "126.com",
        "yeah.net",
        "sina.com",
        "sina.cn",
        "sohu.com",
        "aliyun.com",
        "139.com",
        "189.cn",
        "wo.cn",
        "21cn.com",
        "tom.com",
        "gmail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "icloud.com",
        "proton.me",
        "protonmail.com",
        "mail.com",
    ]
)
"""Domains at which anybody gets an address; having one there proves nothing of a firm."""


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(MOVES, state, action, code="claim_state")


def allowed(state: str) -> list[Action]:
    """The moves open from ``state``."""
    return lifecycle.allowed(MOVES, ACTIONS, state)
