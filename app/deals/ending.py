"""What follows from a change of a deal, whoever made it; above all from its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from app.deals.models import Deal
from app.deals.policy import ACCEPTED_AFTER, REMINDED_AFTER
from app.registry.service import touch_company

Listener = Callable[[Session, Deal], None]
_listeners: list[Listener] = []


def when_ended(listener: Listener) -> None:
    """Say who acts in the transaction in which a deal ends (app.trade does; it stands above this package)."""
    if listener not in _listeners:
        _listeners.append(listener)


def conclude(session: Session, deal: Deal) -> None:
    """The deal was accepted, or called off: its demand is told, and its firm indexed with its new figures."""
    for listener in _listeners:
        listener(session, deal)
    if deal.state == "accepted":
        touch_company(session, deal.supplier_company_id)


def accepts_at(deal: Deal) -> datetime | None:
    """When a delivery nobody speaks of counts as accepted; None for a deal that waits for no acceptance."""
    if deal.state != "delivered" or deal.delivered_at is None:
        return None
    return (deal.reminded_at or deal.delivered_at + REMINDED_AFTER) + ACCEPTED_AFTER
