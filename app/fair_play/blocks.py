"""Blocked firms: neither is matched with the other, invited by it, or quotes to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.errors import InvalidInput, Problem
from app.core.tenancy import across_tenants
from app.fair_play.models import Block
from app.registry.service import get_company

MOST_BLOCKS = 500


def block(session: Session, company_id: UUID, blocked_id: UUID, *, note: str = "") -> Block:
    """Have nothing to do with a firm from now on; again is no error. Raises NotFound, Forbidden, InvalidInput."""
    require(session, "block.manage", company_id=company_id)
    get_company(session, blocked_id)
    if blocked_id == company_id:
        raise InvalidInput(problems=[Problem("blocked_id", "own_company", "不能屏蔽本企业")])
    # Merged, so that two colleagues who do it at once are not told of each other.
    held = session.merge(Block(company_id=company_id, blocked_id=blocked_id, note=note))
    session.flush()
    return held


def unblock(session: Session, company_id: UUID, blocked_id: UUID) -> None:
    """Let a firm be matched again; again is no error. Raises Forbidden."""
    require(session, "block.manage", company_id=company_id)
    held = session.get(Block, (company_id, blocked_id))
    if held:
        session.delete(held)
        session.flush()


def list_blocks(session: Session, company_id: UUID) -> Sequence[Block]:
    """Whom a firm blocks, for its own people. Raises Forbidden."""
    require(session, "block.manage", company_id=company_id)
    query = select(Block).where(col(Block.company_id) == company_id).order_by(col(Block.created_at))
    return session.scalars(query.limit(MOST_BLOCKS)).all()


def blocked_with(session: Session, company_id: UUID | None) -> frozenset[UUID]:
    """Firms that ``company_id`` blocks, and those that block it."""
    if company_id is None:
        return frozenset()
    query = select(col(Block.company_id), col(Block.blocked_id)).where(
        or_(col(Block.company_id) == company_id, col(Block.blocked_id) == company_id)
    )
    rows = session.execute(across_tenants(query, "a block holds both ways and is not told")).all()
    return frozenset(one for pair in rows for one in pair if one != company_id)


def blocked_pairs(session: Session, companies: Collection[UUID]) -> frozenset[frozenset[UUID]]:
    """Pairs among these firms of which one blocks the other."""
    query = select(col(Block.company_id), col(Block.blocked_id)).where(
        col(Block.company_id).in_(companies), col(Block.blocked_id).in_(companies)
    )
    rows = session.execute(across_tenants(query, "a block holds both ways and is not told")).all()
    return frozenset(frozenset(pair) for pair in rows)
