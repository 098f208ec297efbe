"""Who stands on which side of a demand, and how each side is told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.accounts.policy import may, require
from app.core.actor import Actor
from app.core.errors import Conflict, Forbidden, InvalidInput, Problem
from app.core.tenancy import actor_of
from app.demands.models import Demand
from app.demands.policy import ANSWERABLE, HIDDEN
from app.demands.service import get_demand
from app.fair_play.service import blocked_with, require_not_suspended, suspended_among
from app.notify.service import tell
from app.trade.models import BuyerSide


def buyer_side(demand: Demand) -> dict[str, Any]:
    """The columns of BuyerSide for a row of this demand."""
    return {"buyer_company_id": demand.buyer_company_id, "buyer_person_id": demand.posted_by}


def require_buyer(session: Session, row: BuyerSide) -> Actor:
    """The session's actor, who may buy what the row is about. Raises Unauthenticated, Forbidden."""
    return require(session, "trade.buy", company_id=row.buyer_company_id, maker=_maker(row))


def require_buyer_of(session: Session, demand: Demand) -> Actor:
    """The same of a demand. Raises Unauthenticated, Forbidden."""
    return require_buyer(session, BuyerSide(**buyer_side(demand)))


def may_buy(actor: Actor, row: BuyerSide) -> bool:
    """Whether the actor acts for the buyer."""
    return may(actor, "trade.buy", company_id=row.buyer_company_id, maker=_maker(row))


def _maker(row: BuyerSide) -> UUID | None:
    return row.buyer_person_id if row.buyer_company_id is None else None


def supplier_firms(actor: Actor) -> list[UUID]:
    """The firms the actor may answer for."""
    return [firm for firm in actor.companies if may(actor, "trade.supply", company_id=firm)]


def supplier_firm(session: Session, demand: Demand, asked: UUID | None) -> UUID:
    """The firm that answers: the one asked for, else the actor's only one. Raises Unauthenticated, Forbidden, InvalidInput, Conflict."""
    firms = supplier_firms(actor_of(session))
    if asked is None and len(firms) > 1:
        raise InvalidInput(
            problems=[
                Problem("company_id", "ambiguous_company", "您在几家企业有席位，请选择以哪一家的名义答复")
            ]
        )
    firm = asked or next(iter(firms), None)
    require(session, "trade.supply", company_id=firm)
    if firm is None or firm == demand.buyer_company_id:
        raise Conflict("这是贵企业自己的需求，不能自行报价", code="own_demand")
    return firm


def lock_demand(session: Session, key: UUID) -> Demand:
    """The demand as it is now, which nobody else changes until the transaction ends. Everybody locks it first. Raises NotFound."""
    demand = session.get(Demand, key, with_for_update=True, populate_existing=True)
    return demand or get_demand(session, key)


def require_answerable(demand: Demand) -> None:
    """Raise Conflict unless the demand takes questions and quotes."""
    if demand.state not in ANSWERABLE:
        raise Conflict("该需求目前不接受提问和报价", code="demand_state", state=demand.state)


def require_may_quote(session: Session, demand: Demand, firm: UUID) -> None:
    """Raise Forbidden for a firm that is suspended, or that the buyer blocks, or that blocks the buyer."""
    require_not_suspended(session, firm)
    if firm in blocked_with(session, demand.buyer_company_id):
        raise Forbidden("该需求不接受贵企业报价，可查看其他适合的需求", code="quote_not_accepted")


def kept_apart(session: Session, demand: Demand, firms: Collection[UUID]) -> frozenset[UUID]:
    """Those of these firms that are not to be invited or awarded: suspended, or blocked either way."""
    return (blocked_with(session, demand.buyer_company_id) & frozenset(firms)) | frozenset(
        suspended_among(session, firms)
    )


def tell_buyer(
    session: Session, row: BuyerSide, demand: Demand, kind: str, key: str, **said: str | int
) -> None:
    """Tell the buyer's firm, or whoever posted the demand without one."""
    person = _maker(row)
    tell(
        session,
        people=[person] if person else [],
        companies=[row.buyer_company_id] if row.buyer_company_id else [],
        kind=kind,
        about=f"/demands/{demand.id}/quotes",
        data={"title": demand.title, **said},
        key=key,
    )


def tell_firm(session: Session, firm: UUID, demand: Demand, kind: str, key: str, **said: str | int) -> int:
    """Tell a firm of a demand; gives how many people were told."""
    return tell_firms(session, [firm], demand, kind, key, **said)


def tell_firms(
    session: Session, firms: Collection[UUID], demand: Demand, kind: str, key: str, **said: str | int
) -> int:
    """Tell firms of a demand; gives how many people were told."""
    return tell(
        session,
        companies=firms,
        kind=kind,
        # Nobody but its buyer sees what was taken back.
        about="/inquiries" if demand.state in HIDDEN else f"/demands/{demand.id}/answer",
        data={"title": demand.title, **said},
        key=key,
    )
