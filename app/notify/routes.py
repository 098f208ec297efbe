"""One's inbox over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from app.accounts.policy import person_of
from app.core.http import (
    ActorDep,
    CursorQuery,
    IfMatch,
    LanguageDep,
    LimitQuery,
    SessionDep,
    tag_version,
    versioned,
)
from app.core.problem_details import errors
from app.notify import inbox, preferences
from app.notify.schemas import (
    AllRead,
    NoticePage,
    NoticePublic,
    Preferences,
    PreferencesUpdate,
    UndoAllRead,
    Undone,
)
from app.notify.streams import EventStream, events_for

router = APIRouter(prefix="/api/v1/me/notices", tags=["notices"])
preferences_router = APIRouter(prefix="/api/v1/me/notice-preferences", tags=["notices"])

_EVENTS = (
    "retry: 3000\n\nid: 0195c5a0-7c00-7a00-8a00-000000000020\nevent: notice\n"
    'data: {"kind":"quote.received","title":"收到报价：采购水泵20台"}\n\nevent: unread\ndata: {"unread": 1}\n\n'
)


@router.get("", responses=errors(403))
def list_notices(
    session: SessionDep,
    language: LanguageDep,
    unread: Annotated[bool, Query(description="只看未读 Only what is unread")] = False,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> NoticePage:
    """我的通知 One's notices, the newest first."""
    found, after = inbox.list_notices(session, unread=unread, limit=limit, cursor=cursor)
    return NoticePage(
        items=[NoticePublic.of(one, language) for one in found],
        next_cursor=after,
        unread=inbox.count_unread(session),
    )


@router.get(
    "/stream",
    status_code=200,
    response_class=EventStream,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string", "examples": [_EVENTS]}}}},
        **errors(403),
    },
)
async def stream_notices(
    request: Request,
    actor: ActorDep,
    language: LanguageDep,
    last_event_id: Annotated[
        str, Header(max_length=100, description="上次收到的 id The id received last")
    ] = "",
) -> EventStream:
    """实时通知 Notices as they come (server-sent events); after a break, from Last-Event-ID on. See docs/notices.md."""
    return EventStream(
        events_for(request.app.state.notices, person_of(actor), language, _read_id(last_event_id))
    )


@router.post("/read-all", responses=errors(403))
def read_all_notices(session: SessionDep) -> AllRead:
    """全部标为已读 Mark everything read; the answer's ``read_at`` undoes it."""
    count, moment = inbox.mark_all_read(session)
    return AllRead(count=count, read_at=moment)


@router.post("/undo-read-all", responses=errors(400, 403, 413))
def undo_read_all_notices(session: SessionDep, said: UndoAllRead) -> Undone:
    """撤销全部已读 Make unread again what was marked read at once."""
    return Undone(count=inbox.undo_mark_all(session, said.read_at))


@router.post("/{notice_id}/read", responses=errors(403, 404))
def read_notice(session: SessionDep, language: LanguageDep, notice_id: UUID) -> NoticePublic:
    """标为已读 Mark a notice read."""
    return NoticePublic.of(inbox.mark(session, notice_id, read=True), language)


@router.post("/{notice_id}/unread", responses=errors(403, 404))
def unread_notice(session: SessionDep, language: LanguageDep, notice_id: UUID) -> NoticePublic:
    """标为未读 Mark it unread again."""
    return NoticePublic.of(inbox.mark(session, notice_id, read=False), language)


@preferences_router.get("", responses=versioned(200, 403))
def get_notice_preferences(session: SessionDep, response: Response) -> Preferences:
    """通知设置 How one is told, of every kind."""
    wishes = preferences.my_preferences(session)
    tag_version(response, wishes.version)
    return Preferences.of(wishes)


@preferences_router.patch("", responses=versioned(200, 400, 403, 412, 413, 428))
def update_notice_preferences(
    session: SessionDep, said: PreferencesUpdate, response: Response, if_match: IfMatch = None
) -> Preferences:
    """修改通知设置 Change how one is told; e-mails that wait follow the change."""
    wishes = preferences.change_preferences(session, change=said, if_match=if_match)
    tag_version(response, wishes.version)
    return Preferences.of(wishes)


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
