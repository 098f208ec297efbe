"""What of notices crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from app.accounts.schemas import example
from app.core.i18n import Language
from app.core.pagination import Page
from app.notify.kinds import KINDS
from app.notify.models import Notice

_NOTICE = {
    "id": "0195c5a0-7c00-7a00-8a00-000000000020",
    "kind": "quote.received",
    "title": "收到报价：采购水泵20台",
    "text": "沈阳示例泵业有限公司 已报价，可与其他报价并排比较。",
    "about": "/demands/0195c5a0-7c00-7a00-8a00-000000000021",
    "company_id": "5e0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d",
    "data": {"title": "采购水泵20台", "company": "沈阳示例泵业有限公司"},
    "created_at": "2026-03-01T02:00:00Z",
    "read_at": "2026-03-01T03:00:00Z",
}


class NoticePublic(BaseModel):
    """One thing one is told, in the reader's language."""

    model_config = example(_NOTICE)

    id: UUID
    kind: str
    title: str
    text: str
    about: str = Field(description="相关页面的路径 Path of the page it leads to")
    company_id: UUID | None = Field(description="因哪家企业的席位而通知 Because of a seat in this company")
    data: dict[str, Any]
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice, language: Language) -> Self:
        """From the row; a kind that a newer version of the program wrote is shown by its name."""
        kind = KINDS.get(notice.kind)
        title, text = kind.words(notice.data, language) if kind else (notice.kind, "")
        return cls.model_validate({**notice.model_dump(), "title": title, "text": text})


class NoticePage(Page[NoticePublic]):
    """A page of notices, and how many are unread altogether."""

    model_config = example({"items": [_NOTICE], "unread": 1})

    unread: int


class AllRead(BaseModel):
    """What was marked read at once."""

    model_config = example({"count": 3, "read_at": "2026-03-01T02:00:00.123456Z"})

    count: int
    read_at: AwareDatetime = Field(description="撤销时送回 Send it back to undo")


class UndoAllRead(BaseModel):
    """Undo what was marked read at once."""

    model_config = example({"read_at": "2026-03-01T02:00:00.123456Z"}, extra="forbid")

    read_at: AwareDatetime


class Undone(BaseModel):
    """What is unread again."""

    model_config = example({"count": 3})

    count: int
