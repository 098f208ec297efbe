"""One's inbox: listed, counted, read and unread. Every verb is for the person who asks."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, func, select, update
from sqlmodel import Session, col

from app.accounts.policy import require_person
from app.core.clock import now
from app.core.errors import NotFound
from app.core.pagination import read_page_by_id
from app.notify.models import Notice


def list_notices(
    session: Session, *, unread: bool = False, limit: int = 20, cursor: str = ""
) -> tuple[list[Notice], str | None]:
    """One's notices, the newest first, and the cursor of the next page. Raises Forbidden for API keys."""
    query = select(Notice).where(col(Notice.person_id) == require_person(session))
    if unread:
        query = query.where(col(Notice.read_at).is_(None))
    return read_page_by_id(session, query, Notice, newest_first=True, limit=limit, cursor=cursor)


def count_unread(session: Session) -> int:
    """How many of one's notices are unread."""
    query = select(func.count()).select_from(Notice)
    mine = col(Notice.person_id) == require_person(session)
    return session.scalar(query.where(mine, col(Notice.read_at).is_(None))) or 0


def mark(session: Session, key: UUID, *, read: bool) -> Notice:
    """Make a notice read or unread; a second time changes nothing. Raises NotFound."""
    require_person(session)
    notice = session.get(Notice, key)
    if notice is None:
        raise NotFound("未找到该通知", code="notice_not_found")
    notice.read_at = (notice.read_at or now()) if read else None
    session.add(notice)
    return notice


def mark_all_read(session: Session) -> tuple[int, datetime]:
    """Make everything unread read; how many that were, and the moment by which it can be undone."""
    moment = now()
    change = update(Notice).where(
        col(Notice.person_id) == require_person(session), col(Notice.read_at).is_(None)
    )
    return _changed(session.execute(change.values(read_at=moment))), moment


def undo_mark_all(session: Session, moment: datetime) -> int:
    """Make unread again what was marked read all at once at ``moment``; returns how many."""
    change = update(Notice).where(
        col(Notice.person_id) == require_person(session), col(Notice.read_at) == moment
    )
    return _changed(session.execute(change.values(read_at=None)))


def _changed(result: object) -> int:
    return cast("CursorResult[object]", result).rowcount
