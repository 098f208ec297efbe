"""Rules of fair play: what is reported, how a report is decided (the one table of moves), and how much is too much."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, get_args

from app.accounts.attempts import Limit
from app.core import lifecycle

Subject = Literal["demand", "quote", "company"]
Reason = Literal["ads", "phishing", "price_fishing", "duplicate", "false_claims", "other"]
State = Literal["pending", "dismissed", "warned", "hidden", "suspended", "appealed", "upheld", "lifted"]
Action = Literal["dismiss", "warn", "hide", "suspend", "appeal", "uphold", "lift"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
REASONS: tuple[Reason, ...] = get_args(Reason)
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)

MOVES: dict[tuple[State, Action], State] = {
    ("pending", "dismiss"): "dismissed",
    ("pending", "warn"): "warned",
    ("pending", "hide"): "hidden",
    ("pending", "suspend"): "suspended",
    ("warned", "appeal"): "appealed",
    ("hidden", "appeal"): "appealed",
    ("suspended", "appeal"): "appealed",
    ("appealed", "uphold"): "upheld",
    ("appealed", "lift"): "lifted",
}

SUSPENDED_FOR = timedelta(days=30)
"""How long a suspended firm posts and quotes nothing."""

DEMANDS_OF_FIRM = Limit("demands-firm", 100, timedelta(days=1))
DEMANDS_OF_PERSON = Limit("demands-person", 20, timedelta(days=1))
"""Demands a day: of a firm, and of somebody who buys for none."""
DRAFTS_OF_FIRM = Limit("drafts-firm", 300, timedelta(days=1))
DRAFTS_OF_PERSON = Limit("drafts-person", 60, timedelta(days=1))
"""Drafts begun a day. They count as demands on the day they are published."""
REPORTS_OF_PERSON = Limit("reports-person", 30, timedelta(days=1))
CONTACTS_OF_PERSON = Limit("contacts-person", 200, timedelta(days=1))
"""Telephone numbers shown to one person a day: enough for work, too few to copy the register."""

REPEATED_WITHIN = timedelta(days=30)
SAME_WORDS = 0.85
"""Share of character bigrams two demands have in common (Jaccard) from which they say the same."""


def moved(state: str, action: Action) -> State:
    """The state after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(MOVES, state, action, code="report_state")


def allowed(state: str) -> list[Action]:
    """The moves open from ``state``."""
    return lifecycle.allowed(MOVES, ACTIONS, state)
