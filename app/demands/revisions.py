"""Revisions: what a published demand asked for before each edit, kept and compared."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.clock import now
from app.core.tenancy import actor_of
from app.demands.contents import Change, Content, changes, content_of
from app.demands.models import Demand
from app.demands.record_models import DemandRevision
from app.demands.rights import may_see_budget, may_see_buyer, of_the_house

_BUYER = {"buyer", "guests"}
_BUDGET = {"budget_low", "budget_high"}


def state_revision(session: Session, demand: Demand) -> None:
    """Keep what the demand asks for now as its revision: when it is new, and when opening it set its end."""
    _keep(session, demand, content_of(session, demand))


def revise(session: Session, demand: Demand, before: Content) -> bool:
    """Keep what an edit made of ``before``; whether that is another revision.

    Before it is published nobody relies on it: edits of a draft change its first revision.
    """
    after = content_of(session, demand)
    if after == before:
        return False
    if demand.published_at is None:
        _keep(session, demand, after)
        return False
    if session.get(DemandRevision, (demand.id, demand.revision)) is None:
        _keep(session, demand, before)  # Of before revisions were kept.
    demand.revision += 1
    _keep(session, demand, after)
    return True


def _keep(session: Session, demand: Demand, content: Content) -> None:
    kept = session.get(DemandRevision, (demand.id, demand.revision)) or DemandRevision(
        demand_id=demand.id, number=demand.revision, content=content
    )
    kept.content, kept.made_by, kept.made_at = content, actor_of(session).id, now()
    session.add(kept)
    session.flush()


def revisions_of(session: Session, demand: Demand) -> list[tuple[DemandRevision, list[Change]]]:
    """The newest first, each with what it changed that the session's actor may see."""
    query = select(DemandRevision).where(col(DemandRevision.demand_id) == demand.id)
    held = list(session.scalars(query.order_by(col(DemandRevision.number))))
    hidden = _hidden(session, demand)
    told = [
        (newer, [one for one in changes(older.content, newer.content) if one.field not in hidden])
        for older, newer in pairwise(held)
    ]
    return [*reversed(told), *((first, list[Change]()) for first in held[:1])]


def _hidden(session: Session, demand: Demand) -> set[str]:
    actor = actor_of(session)
    hidden = set[str]() if may_see_buyer(actor, demand) else set(_BUYER)
    if not of_the_house(actor, demand):
        hidden |= {"guests"}
    return hidden if may_see_budget(actor, demand) else hidden | _BUDGET
