"""What somebody may do with a demand, and what of it they are shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.accounts.policy import Action as Permission
from app.accounts.policy import may, require
from app.core.actor import Actor
from app.core.errors import InvalidInput, Problem
from app.demands.models import Demand


def may_edit(actor: Actor, demand: Demand) -> bool:
    """Whether the actor may edit, open and close a demand."""
    return may(actor, "demand.edit", **_concerned(demand))


def may_review(actor: Actor, demand: Demand) -> bool:
    """Whether the actor decides on its publication."""
    return may(actor, "demand.review", **_concerned(demand))


def require_right(session: Session, permission: Permission, demand: Demand) -> Actor:
    """The session's actor, who may do this with the demand. Raises Unauthenticated, Forbidden."""
    return require(session, permission, **_concerned(demand))


def require_editor(session: Session, demand: Demand) -> None:
    """Raise Unauthenticated or Forbidden unless the session's actor may edit the demand."""
    require_right(session, "demand.edit", demand)


def of_the_house(actor: Actor, demand: Demand) -> bool:
    """Whether the actor is of the buyer's side, in whatever seat, or looks after the place."""
    return demand.buyer_company_id in actor.seats or may_edit(actor, demand)


def may_see_buyer(actor: Actor, demand: Demand) -> bool:
    """Whether the buyer's name is shown: an anonymous one's only to their own side."""
    return demand.visibility != "anonymous" or of_the_house(actor, demand)


def may_see_budget(actor: Actor, demand: Demand) -> bool:
    """Whether the budget is shown: a sealed one only to the buyer's own side."""
    return not demand.budget_sealed or of_the_house(actor, demand)


def buyer_firms(actor: Actor) -> list[UUID]:
    """The firms the actor may buy for."""
    return [firm for firm in actor.companies if may(actor, "demand.edit", company_id=firm)]


def buyer_firm(actor: Actor, asked: UUID | None) -> UUID | None:
    """The firm a demand will belong to: the one asked for, else the actor's only one. Raises InvalidInput."""
    firms = buyer_firms(actor)
    if asked is not None and asked not in firms:
        raise _wrong_firm("seat_required", "您在该企业没有可以发布需求的席位")
    if asked is None and len(firms) > 1:
        raise _wrong_firm("ambiguous_company", "您在几家企业有席位，请选择以哪一家的名义发布")
    return asked or next(iter(firms), None)


def _wrong_firm(code: str, message: str) -> InvalidInput:
    return InvalidInput(problems=[Problem("buyer_company_id", code, message)])


def _concerned(demand: Demand) -> dict[str, Any]:
    """Whom the policy looks at: the firm; the writer, where there is no firm; the operators of the place."""
    maker = demand.posted_by if demand.buyer_company_id is None else None
    return {"company_id": demand.buyer_company_id, "maker": maker, "division": demand.adcode}
