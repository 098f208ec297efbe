"""Who acts for which side of a deal: its buyer, its supplier, the operators; and what each side may do now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from app.accounts.policy import may, require, require_scope
from app.core.actor import Actor
from app.core.errors import Forbidden
from app.core.tenancy import actor_of
from app.deals.models import Deal
from app.deals.policy import PARTIES, SIDES, Action, Side, allowed


def sides_of(actor: Actor, deal: Deal) -> list[Side]:
    """The sides the actor may act for: both, where somebody has seats in both firms."""
    maker = deal.buyer_person_id if deal.buyer_company_id is None else None
    found: list[Side] = []
    if may(actor, "deal.buy", company_id=deal.buyer_company_id, maker=maker):
        found.append("buyer")
    if may(actor, "deal.supply", company_id=deal.supplier_company_id):
        found.append("supplier")
    if may(actor, "deal.settle", division=deal.division):
        found.append("operator")
    return found


def actions_of(actor: Actor, deal: Deal) -> list[Action]:
    """What the actor may do with a deal now."""
    sides = sides_of(actor, deal)
    return [action for action in allowed(deal.state) if side_for(deal, action, sides)]


def require_party(session: Session, deal: Deal, sides: Sequence[Side] = PARTIES) -> Side:
    """The side among ``sides`` that the session's actor acts for. Raises Unauthenticated, Forbidden."""
    for side in sides_of(actor_of(session), deal):
        if side in sides:
            return side
    require_scope(session, "deal.buy")  # The same for every side.
    if sides == ("operator",):
        require(session, "deal.settle", division=deal.division)
    elif sides == ("buyer",) and deal.buyer_company_id:
        require(session, "deal.buy", company_id=deal.buyer_company_id)
    elif sides == ("supplier",):
        require(session, "deal.supply", company_id=deal.supplier_company_id)
    raise Forbidden("此操作由成交的另一方办理", code="wrong_side")


def side_for(deal: Deal, action: Action, sides: Sequence[Side]) -> Side | None:
    """Which of the actor's sides makes the move; None when none of them may."""
    allowed_sides: Sequence[Side] = SIDES[action]
    if action == "resume":
        allowed_sides = [one for one in allowed_sides if one in (deal.disputed_by, "operator")]
    return next((one for one in sides if one in allowed_sides), None)
