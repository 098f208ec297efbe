"""The life of a demand walked at random: no state is reached that the table forbids, under concurrency too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.actor import SYSTEM
from app.core.errors import Conflict
from app.demands import service
from app.demands.policy import ACTIONS, MOVES, Action
from app.demands.schemas import DemandCreate, DemandUpdate

MOST = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def act(api: FastAPI, key: UUID, action: Action, number: int) -> str:
    with api.state.runtime.session(actor=SYSTEM) as session:
        if action == "edit":
            change = DemandUpdate(title=f"水泵{number}台")
            return service.update_demand(session, key, change=change, if_match="*").state
        return service.move_demand(session, key, action=action, note="原因").state


def begin(api: FastAPI, state: str = "draft") -> UUID:
    with api.state.runtime.session(actor=SYSTEM) as session:
        demand = service.post_demand(session, said=DemandCreate(title="水泵", state="draft"))
        demand.state = state
        return demand.id


@MOST
@given(actions=st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=12))
def test_a_walk_keeps_to_the_table(api: FastAPI, actions: list[Action]) -> None:
    key, state = begin(api), "draft"
    for number, action in enumerate(actions):
        expected = {known: after for (before, known), after in MOVES.items() if before == state}.get(action)
        if expected is None:
            with pytest.raises(Conflict):
                act(api, key, action, number)
        elif (state, action) == ("in_review", "edit"):
            expected = "open"  # nothing is found in it, so it waits no longer
            assert act(api, key, action, number) == expected
        else:
            assert act(api, key, action, number) == expected
        state = expected or state
        with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
            demand = service.get_demand(session, key)
            assert demand.state == state
            assert (demand.closed_at is not None) == (
                state in ("closed", "expired", "withdrawn", "fulfilled")
            )
            assert demand.published_at is not None or state in ("draft", "in_review", "withdrawn")
            assert len(service.lines_of(session, key)) == 1


@pytest.mark.parametrize(
    ("state", "action"), [("quoting", "award"), ("awarded", "fall_back"), ("open", "close")]
)
def test_of_the_same_move_at_once_one_wins(api: FastAPI, state: str, action: Action) -> None:
    key = begin(api, state)

    def attempt(number: int) -> str:
        try:
            return act(api, key, action, number)
        except Conflict as conflict:
            return conflict.code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(attempt, range(4)))
    assert found.count("demand_state") == 3
