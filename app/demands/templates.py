"""Templates of demands, and copies: a demand like one there was, begun as a draft."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.pagination import decode_id_cursor, read_page
from app.core.tenancy import actor_of
from app.demands.contents import begun_from, content_of
from app.demands.models import Demand
from app.demands.record_models import DemandTemplate
from app.demands.rights import buyer_firms, require_editor
from app.demands.service import get_demand, post_demand


def copy_demand(session: Session, key: UUID) -> Demand:
    """A draft like a demand of one's own, without its dates and files. Raises NotFound, Forbidden."""
    demand = get_demand(session, key)
    require_editor(session, demand)
    firm = demand.buyer_company_id
    mine = firm if firm in buyer_firms(actor_of(session)) else None
    return post_demand(session, said=begun_from(content_of(session, demand), firm=mine))


def make_template(session: Session, *, demand_id: UUID, name: str) -> DemandTemplate:
    """Keep what a demand of one's own asks for, to begin others from. Raises NotFound, Forbidden."""
    demand = get_demand(session, demand_id)
    require_editor(session, demand)
    template = DemandTemplate(
        id=new_id(),
        name=name,
        company_id=demand.buyer_company_id,
        made_by=actor_of(session).id,
        content=content_of(session, demand),
    )
    session.add(template)
    session.flush()
    return template


def list_templates(
    session: Session, *, limit: int = 20, cursor: str = ""
) -> tuple[list[DemandTemplate], str | None]:
    """Templates of one's own and of one's firms, the newest first, and the cursor of the next page."""
    require(session, "demand.post")
    query = select(DemandTemplate).order_by(col(DemandTemplate.id).desc())
    if cursor:
        query = query.where(col(DemandTemplate.id) < decode_id_cursor(cursor))
    return read_page(session, query, limit=limit, key=lambda row: str(row.id))


def use_template(session: Session, key: UUID) -> Demand:
    """A draft begun from a template. Raises NotFound, Forbidden."""
    template = _usable(session, key)
    return post_demand(session, said=begun_from(template.content, firm=template.company_id))


def delete_template(session: Session, key: UUID) -> None:
    """Forget a template; demands made from it stay. Raises NotFound, Forbidden."""
    session.delete(_usable(session, key))
    session.flush()


def _usable(session: Session, key: UUID) -> DemandTemplate:
    template = session.get(DemandTemplate, key)
    if template is None:
        raise NotFound("未找到该模板", code="template_not_found")
    require(session, "demand.edit", company_id=template.company_id, maker=template.made_by)
    return template
