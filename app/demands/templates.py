"""Templates of demands, and copies: a demand like one there was, begun as a draft."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.tenancy import actor_of
from app.core.versions import check_version, touch
from app.demands.contents import begun_from, content_of
from app.demands.models import Demand
from app.demands.record_models import DemandTemplate
from app.demands.rights import buyer_firms, require_editor
from app.demands.service import get_demand, post_demand

KEPT = timedelta(days=30)
"""How long the deletion of a template can be undone."""


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
    session: Session, *, deleted: bool = False, limit: int = 20, cursor: str = ""
) -> tuple[list[DemandTemplate], str | None]:
    """Templates of one's own and of one's firms, or those ``deleted`` lately, the newest first, and the cursor of the next page."""
    require(session, "demand.post")
    gone = col(DemandTemplate.deleted_at)
    query = select(DemandTemplate).where(gone > now() - KEPT if deleted else gone.is_(None))
    return read_page_by_id(session, query, DemandTemplate, newest_first=True, limit=limit, cursor=cursor)


def use_template(session: Session, key: UUID) -> Demand:
    """A draft begun from a template. Raises NotFound, Forbidden."""
    template = get_template(session, key)
    return post_demand(session, said=begun_from(template.content, firm=template.company_id))


def rename_template(session: Session, key: UUID, *, name: str, if_match: str | None) -> DemandTemplate:
    """Call a template something else. Raises NotFound, Forbidden, PreconditionFailed, PreconditionRequired."""
    template = get_template(session, key)
    check_version(if_match, template.version)
    template.name = name
    return touch(session, template)


def delete_template(session: Session, key: UUID) -> None:
    """Take a template out, which can be undone for KEPT; demands made from it stay. Raises NotFound, Forbidden."""
    template = get_template(session, key)
    template.deleted_at = now()
    touch(session, template)
    # What was taken out long ago goes now: nobody waits for it.
    session.execute(delete(DemandTemplate).where(col(DemandTemplate.deleted_at) <= now() - KEPT))


def restore_template(session: Session, key: UUID) -> DemandTemplate:
    """Undo the deletion; a template that is there stays as it is. Raises NotFound, Forbidden."""
    template = _held(session, key)
    if template.deleted_at is None:
        return template
    template.deleted_at = None
    return touch(session, template)


def get_template(session: Session, key: UUID) -> DemandTemplate:
    """A template that may be used. Raises NotFound, Forbidden."""
    template = _held(session, key)
    if template.deleted_at:
        raise _no_template()
    return template


def _held(session: Session, key: UUID) -> DemandTemplate:
    template = session.get(DemandTemplate, key)
    if template is None or (template.deleted_at and template.deleted_at <= now() - KEPT):
        raise _no_template()
    require(session, "demand.edit", company_id=template.company_id, maker=template.made_by)
    return template


def _no_template() -> NotFound:
    return NotFound("未找到该模板", code="template_not_found")
