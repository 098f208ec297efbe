"""A team's leads by what is asked of them: filters, and pages of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.pagination import read_page_by_id
from app.leads.models import Lead
from app.leads.policy import UNDER_WAY, Source, State
from search.index import division_prefix

NOBODY = UUID(int=0)
"""As a filter: leads that nobody has taken."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which leads of a team are meant; what is empty leaves all."""

    state: State | None = None
    owner: UUID | None = None
    source: Source | None = None
    division: str = ""
    """Adcode, subtree included."""
    text: str = ""
    due_before: datetime | None = None


def find_leads(team_id: UUID, filters: Filters) -> Select[Lead]:
    """The query of a team's leads that stand by themselves."""
    query = select(Lead).where(col(Lead.team_id) == team_id, col(Lead.merged_into).is_(None))
    if filters.state:
        query = query.where(col(Lead.state) == filters.state)
    if filters.owner:
        owner = col(Lead.owner_id)
        query = query.where(owner.is_(None) if filters.owner == NOBODY else owner == filters.owner)
    if filters.source:
        query = query.where(col(Lead.source) == filters.source)
    if filters.division:
        query = query.where(col(Lead.division).startswith(division_prefix(filters.division)))
    if filters.text:
        words = filters.text
        query = query.where(
            or_(
                col(Lead.name).contains(words, autoescape=True),
                col(Lead.occasion).contains(words, autoescape=True),
                col(Lead.next_step).contains(words, autoescape=True),
            )
        )
    if filters.due_before:
        query = query.where(col(Lead.next_at) <= filters.due_before, col(Lead.state).in_(UNDER_WAY))
    return query


def list_leads(
    session: Session, *, team_id: UUID, filters: Filters, limit: int = 20, cursor: str = ""
) -> tuple[list[Lead], str | None]:
    """A page of a team's leads, and the cursor of the next. Raises Unauthenticated, Forbidden."""
    require(session, "lead.see", company_id=team_id)
    query = find_leads(team_id, filters)
    return read_page_by_id(session, query, Lead, newest_first=True, limit=limit, cursor=cursor)
