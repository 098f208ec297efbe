"""The table of moves of a pair of words, walked whole and at random."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Conflict
from app.knowledge.policy import ACTIONS, KINS, MOVES, STATES, Action, State, allowed, moved, usual_weight

pytestmark = pytest.mark.one_database

EXPECTED = """
suggested: approve approved, refuse refused
approved: refuse refused, reconsider suggested
refused: approve approved, reconsider suggested
"""


def test_the_table_is_the_one_expected() -> None:
    told = {}
    for line in EXPECTED.strip().splitlines():
        state, _, moves = line.partition(": ")
        for move in moves.split(", "):
            action, after = move.split()
            told[state, action] = after
    assert told == MOVES


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_pair(state: State, action: Action) -> None:
    if (state, action) in MOVES:
        assert moved(state, action) == MOVES[state, action]
        assert action in allowed(state)
    else:
        with pytest.raises(Conflict) as refused:
            moved(state, action)
        assert refused.value.code == "word_state"
        assert action not in allowed(state)


@given(st.lists(st.sampled_from(ACTIONS), max_size=30))
def test_no_walk_gets_stuck(walk: list[Action]) -> None:
    state: State = "suggested"
    for action in walk:
        if action in allowed(state):
            state = moved(state, action)
    assert allowed(state)


def test_every_relation_has_its_usual_weight() -> None:
    assert all(0 < usual_weight(kin) <= 1 for kin in KINS)
