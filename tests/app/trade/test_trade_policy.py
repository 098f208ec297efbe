"""The tables of moves of trade: every state can be reached, and what is over stays over."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.core.errors import Conflict
from app.trade import policy

TABLES: list[tuple[str, Mapping[tuple[str, str], str], tuple[str, ...], tuple[str, ...], set[str]]] = [
    ("invited", policy.INQUIRY_MOVES, policy.INQUIRY_STATES, policy.INQUIRY_ACTIONS, set()),  # type: ignore[list-item]
    ("submitted", policy.QUOTE_MOVES, policy.QUOTE_STATES, policy.QUOTE_ACTIONS, set()),  # type: ignore[list-item]
    (
        "offered", policy.AWARD_MOVES, policy.AWARD_STATES, policy.AWARD_ACTIONS,  # type: ignore[list-item]
        {"declined", "lapsed", "taken_back", "called_off"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("first", "moves", "states", "actions", "ends"), TABLES)
def test_every_state_is_reached_and_only_the_ends_have_no_way_on(
    first: str,
    moves: Mapping[tuple[str, str], str],
    states: tuple[str, ...],
    actions: tuple[str, ...],
    ends: set[str],
) -> None:
    assert {state for state, _action in moves} | set(moves.values()) == set(states)
    assert {action for _state, action in moves} == set(actions)
    reached, before = {first}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {after for (state, _action), after in moves.items() if state in reached}
    assert reached == set(states)
    assert set(states) - {state for state, _action in moves} == ends


def test_a_move_that_is_not_in_the_table_is_refused() -> None:
    for state in policy.QUOTE_STATES:
        for action in policy.QUOTE_ACTIONS:
            if (state, action) in policy.QUOTE_MOVES:
                assert policy.quote_moved(state, action) == policy.QUOTE_MOVES[state, action]
            else:
                with pytest.raises(Conflict):
                    policy.quote_moved(state, action)
