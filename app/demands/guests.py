"""The firms that an invited demand is shown to."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.core.errors import InvalidInput, Problem
from app.core.tenancy import across_tenants
from app.demands.models import DemandGuest
from app.registry.models import Company


def guests_of(session: Session, demand_id: UUID) -> list[UUID]:
    """Companies let in, the first first."""
    query = select(col(DemandGuest.company_id)).where(col(DemandGuest.demand_id) == demand_id)
    return list(session.scalars(query.order_by(col(DemandGuest.created_at), col(DemandGuest.company_id))))


def let_in(session: Session, demand_id: UUID, companies: Iterable[UUID]) -> None:
    """Show the demand to these firms too; whoever was let in already stays so. The caller may edit the demand."""
    held = select(col(DemandGuest.company_id)).where(col(DemandGuest.demand_id) == demand_id)
    before = set(session.scalars(across_tenants(held, "a firm is let in once, whoever lets it in")))
    for company in dict.fromkeys(companies):
        if company not in before:
            session.add(DemandGuest(demand_id=demand_id, company_id=company))
    session.flush()


def write_guests(session: Session, demand_id: UUID, companies: list[UUID]) -> None:
    """Let in these firms and no others. Raises InvalidInput for a firm that is not registered."""
    known = set(session.scalars(select(col(Company.id)).where(col(Company.id).in_(companies))))
    problems = [
        Problem(f"guests.{place}", "company_not_found", "没有这家企业")
        for place, company in enumerate(companies)
        if company not in known
    ]
    if problems:
        raise InvalidInput(problems=problems)
    session.execute(
        delete(DemandGuest).where(
            col(DemandGuest.demand_id) == demand_id, col(DemandGuest.company_id).not_in(companies)
        )
    )
    let_in(session, demand_id, companies)
