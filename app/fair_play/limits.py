"""How much is too much: demands and telephone numbers a day, and firms that are suspended. Knows no other domain."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.accounts.attempts import Limit, count_attempt
from app.core.clock import now
from app.core.errors import Forbidden, TooManyRequests
from app.core.tenancy import across_tenants, actor_of
from app.fair_play.models import Report
from app.fair_play.policy import DEMANDS_OF_FIRM, DEMANDS_OF_PERSON, DRAFTS_OF_FIRM, DRAFTS_OF_PERSON


def spend(session: Session, limit: Limit, who: UUID | None) -> None:
    """Count one of what is limited, in the transaction that does it. Raises TooManyRequests with Retry-After.

    The program itself and operators are not limited.
    """
    actor = actor_of(session)
    if actor.kind == "system" or actor.divisions or who is None:
        return
    try:
        count_attempt(session, limit, str(who))
    except TooManyRequests as refused:
        hours = math.ceil(int(refused.headers["Retry-After"]) / 3600)
        raise TooManyRequests(
            "已达每日上限 {most} 次，请在 {hours} 小时后再试，如需更多请联系运营员",
            code="quota_reached",
            headers=refused.headers,
            most=limit.most,
            hours=hours,
        ) from None


def check_posting(session: Session, *, firm: UUID | None, draft: bool = False) -> None:
    """Whether the actor may post one more demand now, or begin one more draft: each has its own count.

    Raises Forbidden for a suspended firm, TooManyRequests.
    """
    require_not_suspended(session, firm)
    if firm:
        spend(session, DRAFTS_OF_FIRM if draft else DEMANDS_OF_FIRM, firm)
    else:
        spend(session, DRAFTS_OF_PERSON if draft else DEMANDS_OF_PERSON, actor_of(session).id)


def require_not_suspended(session: Session, firm: UUID | None) -> None:
    """Raise Forbidden for a firm that may neither post nor quote for the time being."""
    until = suspended_among(session, [firm]).get(firm) if firm else None
    if until:
        raise Forbidden(
            "该企业已被暂停发布与报价至 {until}，可在举报处理页面申诉",
            code="company_suspended",
            until=until.date().isoformat(),
        )


def suspended_among(session: Session, firms: Collection[UUID]) -> dict[UUID, datetime]:
    """Those of these firms that may neither post nor quote for the time being, and until when."""
    query = (
        select(col(Report.company_id), func.max(col(Report.suspended_until)))
        .where(
            col(Report.company_id).in_(firms),
            col(Report.state).in_(("suspended", "appealed", "upheld")),
            col(Report.suspended_until) > now(),
        )
        .group_by(col(Report.company_id))
    )
    rows = session.execute(across_tenants(query, "a suspension holds, whoever reads of it")).all()
    return {firm: until for firm, until in rows if firm}
