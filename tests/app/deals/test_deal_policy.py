"""The table of moves of deals, walked whole."""

from __future__ import annotations

import pytest

from app.core.errors import Conflict
from app.deals.policy import ACTIONS, CRITERIA, ENDED, MOVES, SIDES, STATES, Action, State, allowed, moved


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_state_and_action(state: State, action: Action) -> None:
    if (state, action) in MOVES:
        assert moved(state, action) == MOVES[state, action]
        assert action in allowed(state)
    else:
        with pytest.raises(Conflict) as refused:
            moved(state, action)
        assert refused.value.code == "deal_state"
        assert action not in allowed(state)


def test_what_has_ended_stays_so() -> None:
    assert [state for state in STATES if not allowed(state)] == list(ENDED)


def test_every_state_is_reached_and_every_action_has_a_side() -> None:
    assert {*MOVES.values()} == set(STATES)
    assert set(SIDES) == set(ACTIONS)
    assert {action for _state, action in MOVES} == set(ACTIONS)


def test_no_delivery_without_both_confirmations() -> None:
    assert {state for (state, action) in MOVES if action == "deliver"} == {"active"}
    before = {state for (state, action), after in MOVES.items() if after == "active"}
    assert before == {"confirmed_by_buyer", "confirmed_by_supplier", "delivered", "disputed"}


def test_each_side_is_rated_by_what_the_other_sees() -> None:
    assert CRITERIA == {
        "buyer": ("timing", "quality", "packing", "communication"),
        "supplier": ("payment", "clarity", "communication"),
    }
