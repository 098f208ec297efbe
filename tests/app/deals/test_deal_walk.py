"""Deals moved at random by several at once: no state is reached that the table forbids, and no change is lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from app.core.actor import SYSTEM, Actor
from app.core.errors import Conflict, Forbidden, LianqiaoError, NotFound
from app.core.runtime import Runtime
from app.deals import service
from app.deals.models import Deal
from app.deals.policy import ACTIONS, MOVES, SIDES, Action, Side
from app.deals.schemas import DealTerms
from tests.app.deal_helpers import Trade

Step = tuple[int, Action, Side, str]
"""Version reached, what was done, by whom, and the state then."""

VERBS: dict[Action, Callable[..., Deal]] = {
    "revise": lambda session, key: service.revise(session, key, said=DealTerms(terms="分两批"), if_match="*"),
    "confirm_as_buyer": lambda session, key: service.confirm(session, key, side="buyer"),
    "confirm_as_supplier": lambda session, key: service.confirm(session, key, side="supplier"),
    "deliver": service.deliver,
    "retract": service.retract,
    "accept": service.accept,
    "dispute": lambda session, key: service.dispute(session, key, note="有争议"),
    "resume": lambda session, key: service.resume(session, key, decision="继续"),
    "cancel": lambda session, key: service.cancel(session, key, note="不做了"),
    "annul": lambda session, key: service.annul(session, key, decision="解除"),
}
"""Of the table's moves those that somebody makes; time makes the others."""


def actors(trade: Trade) -> dict[Side, Actor]:
    return {
        "buyer": Actor("person", uuid4(), seats={trade.buyer_id: "owner"}),
        "supplier": Actor("person", uuid4(), seats={trade.supplier_id: "owner"}),
        "operator": Actor("person", uuid4(), divisions=("210000",)),
    }


def walk(runtime: Runtime, key: UUID, who: dict[Side, Actor], seed: int, steps: int) -> list[Step]:
    """What one of several walkers got done. Calling off is rare, or every walk would be short."""
    chance = random.Random(seed)
    weights = [0.05 if action in ("cancel", "annul") else 1 for action in VERBS]
    done = []
    for _ in range(steps):
        (action,), side = chance.choices(list(VERBS), weights), chance.choice(list(who))
        try:
            with runtime.session(actor=who[side]) as session:
                deal = VERBS[action](session, key)
                step = (deal.version, action, side, deal.state)
        except (Forbidden, NotFound, Conflict):
            continue
        done.append(step)
    return done


@pytest.mark.parametrize("seed", range(4))
def test_a_random_walk_keeps_to_the_table(trade: Callable[..., Trade], api: FastAPI, seed: int) -> None:
    deal = trade()
    who, runtime = actors(deal), api.state.runtime
    with ThreadPoolExecutor(4) as pool:
        parts = pool.map(lambda part: walk(runtime, deal.deal_id, who, seed * 100 + part, 25), range(4))
        steps = sorted(step for part in parts for step in part)
    assert [version for version, *_ in steps] == list(range(2, len(steps) + 2)), "each change is one version"
    state = "begun"
    for _version, action, side, after in steps:
        assert MOVES[state, action] == after, (state, action)  # type: ignore[index]
        assert side in SIDES[action]
        state = after
    with runtime.session(writing=False, actor=SYSTEM) as session:
        held = session.get_one(Deal, deal.deal_id)
        assert (held.state, held.version) == (state, len(steps) + 1)
        assert (held.accepted_at is not None) == (state == "accepted")
        assert (held.cancelled_at is not None) == (state == "cancelled")
        assert held.delivered_at is not None or state not in ("delivered", "accepted")


def test_every_move_somebody_may_make_is_walked() -> None:
    assert set(VERBS) == {action for action in ACTIONS if SIDES[action]}


def test_of_accepting_and_disputing_at_once_one_wins(trade: Callable[..., Trade], api: FastAPI) -> None:
    deal = trade()
    for side, action in (("buyer", "confirm"), ("supplier", "confirm"), ("supplier", "deliver")):
        deal.do(side, action, **({"side": side} if action == "confirm" else {}))
    who, runtime = actors(deal), api.state.runtime

    def attempt(action: Action) -> int:
        try:
            with runtime.session(actor=who["buyer"]) as session:
                VERBS[action](session, deal.deal_id)
        except LianqiaoError as refused:
            return refused.status
        return 200

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, ["accept"] * 4))
    assert sorted(answers) == [200, 409, 409, 409]
