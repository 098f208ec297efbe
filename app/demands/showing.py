"""Demands as the API shows them, each reader what is theirs to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.actor import Actor
from app.core.clock import CHINA, today
from app.core.tenancy import actor_of
from app.demands.forms import FormName
from app.demands.line_schemas import LinePublic
from app.demands.lines import lines_by_demand
from app.demands.models import Demand, DemandLine
from app.demands.policy import BY_HAND, HIDDEN, STATES, State, allowed
from app.demands.rights import may_see_budget, may_see_buyer, of_the_house
from app.demands.schemas import DemandPublic, FindingPublic
from app.demands.understanding import need_of
from search.documents import Kind

_READ_APART = {"kind", "form", "state", "need", "posted_by", "visibility", "findings", "warned_at"}


def public(session: Session, demand: Demand) -> DemandPublic:
    """As the API shows it to the session's actor."""
    return published(session, [demand])[0]


def published(session: Session, demands: Sequence[Demand]) -> list[DemandPublic]:
    """Several as the API shows them to the session's actor, their lines read at once."""
    actor = actor_of(session)
    lines = lines_by_demand(session, [demand.id for demand in demands])
    return [_shown(actor, demand, lines[demand.id]) for demand in demands]


def states_seen(session: Session) -> list[State]:
    """The states in which the session's actor may find demands: those published, and hidden ones in which one is theirs to see."""
    hidden = HIDDEN if actor_of(session).known else ()
    found = {
        state
        for state in hidden
        if session.scalars(select(col(Demand.id)).where(col(Demand.state) == state).limit(1)).first()
    }
    return [state for state in STATES if state not in HIDDEN or state in found]


def _shown(actor: Actor, demand: Demand, lines: Sequence[DemandLine]) -> DemandPublic:
    shown = DemandPublic(
        **demand.model_dump(exclude=_READ_APART),
        kind=cast(Kind, demand.kind) if demand.kind else None,
        form=cast(FormName, demand.form) if demand.form else None,
        state=cast(State, demand.state),
        visibility=demand.visibility,
        need=need_of(demand),
        findings=[FindingPublic(**found) for found in demand.findings],
        lines=[LinePublic.model_validate(line) for line in lines],
        days_left=days_left(demand),
        actions=[action for action in allowed(demand.state) if action in BY_HAND],
    )
    if not may_see_buyer(actor, demand):
        shown.buyer, shown.buyer_company_id = "", None
    if not may_see_budget(actor, demand):
        shown.budget_low = shown.budget_high = None
    if not of_the_house(actor, demand):
        shown.findings, shown.review_note = [], ""
    return shown


def days_left(demand: Demand) -> int | None:
    """Days until the demand expires, 0 on the last; None when it does not, or is over."""
    if demand.valid_until is None or demand.closed_at:
        return None
    return max((demand.valid_until.astimezone(CHINA).date() - today()).days, 0)
