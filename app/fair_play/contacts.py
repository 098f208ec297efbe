"""Telephone numbers: showing one is an act, and every act is written down where the firm can read it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import require, require_person
from app.core.audit import AuditEntry, record
from app.core.errors import Forbidden, InvalidInput
from app.core.pagination import decode_cursor, read_page
from app.core.tenancy import actor_of
from app.fair_play.blocks import blocked_with
from app.fair_play.limits import spend
from app.fair_play.policy import CONTACTS_OF_PERSON
from app.registry.contacts import Contact, contact_of, sees_contact
from app.registry.service import get_company, home_division

SHOWN = "contact.shown"


def reveal(session: Session, company_id: UUID) -> Contact:
    """A firm's contact as it is, for who may see it; written into the audit chain unless it is one's own or empty.

    Raises NotFound, Unauthenticated, Forbidden, TooManyRequests.
    """
    company = get_company(session, company_id)
    actor = actor_of(session)
    contact = contact_of(company, actor, asked=True)
    if company_id not in actor.seats:
        person = require_person(session)
        blocked = set(actor.companies) & blocked_with(session, company_id)
        if blocked or not sees_contact(company, actor):
            raise Forbidden("企业未公开联系方式，可先发布需求或询价", code="contact_hidden")
        if not contact:
            return contact
        spend(session, CONTACTS_OF_PERSON, person)
        firms = [get_company(session, one).name for one in list(actor.companies)[:3]]
        fields = [name for name in ("name", "phone", "email") if getattr(contact, name)]
        detail = {"firms": firms, "fields": fields}
        record(session, act=SHOWN, company_id=company_id, division=home_division(company), detail=detail)
    return contact


def list_shown(
    session: Session, company_id: UUID, *, limit: int = 20, cursor: str = ""
) -> tuple[list[AuditEntry], str | None]:
    """Who was shown a firm's contact, the last first, for its own people and operators. Raises NotFound, Forbidden."""
    company = get_company(session, company_id)
    require(session, "audit.see", company_id=company_id, division=home_division(company))
    query = (
        select(AuditEntry)
        .where(col(AuditEntry.company_id) == company_id, col(AuditEntry.act) == SHOWN)
        .order_by(col(AuditEntry.number).desc())
    )
    if cursor:
        (last,) = decode_cursor(cursor, str)
        if not str(last).isdecimal() or len(str(last)) > 18:
            raise InvalidInput
        query = query.where(col(AuditEntry.number) < int(last))
    return read_page(session, query, limit=limit, key=lambda row: str(row.number))
