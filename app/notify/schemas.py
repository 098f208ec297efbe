"""What of notices crosses the API."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from app.accounts.schemas import example
from app.core.i18n import Language
from app.core.pagination import Page
from app.core.refusals import refusal
from app.notify.channels import channel_of
from app.notify.kinds import KINDS, Channel
from app.notify.models import Notice, NoticePreference

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


def _time_of_day(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise refusal("malformed_time", "须为时刻，如 08:00")
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise refusal("no_such_zone", "没有这个时区，请用如 Asia/Shanghai 的名称")
    return text


def _known_kinds(channels: dict[str, Channel]) -> dict[str, Channel]:
    if any(kind not in KINDS for kind in channels):
        raise refusal("not_a_kind", "没有这种通知")
    return channels


TimeOfDay = Annotated[
    str, AfterValidator(_time_of_day), Field(json_schema_extra={"pattern": r"^[0-9]{2}:[0-9]{2}$"})
]
Channels = Annotated[dict[str, Channel], AfterValidator(_known_kinds)]
Pace = Literal["each", "daily"]

_WISHES = {
    "pace": "daily",
    "digest_at": "08:30",
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "time_zone": "Asia/Shanghai",
    "language": "zh",
}


class PreferencesUpdate(BaseModel):
    """What to change of how one is told."""

    model_config = example({**_WISHES, "channels": {"quote.received": "email"}}, extra="forbid")

    channels: Channels = Field(
        default_factory=dict,
        description="按种类：inbox 站内，email 站内和邮件，none 不通知；未列出的不变 By kind; others stay",
    )
    pace: Pace = Field(default="each", description="邮件逐条或每日汇总 One e-mail a notice, or one a day")
    digest_at: TimeOfDay = "08:00"
    quiet_from: TimeOfDay = Field(default="22:00", description="此后不发邮件 No e-mails from then on")
    quiet_to: TimeOfDay = Field(
        default="08:00", description="至此；与起点相同为不设 Until then; never when equal"
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    language: Language = Field(default="zh", description="邮件语言 Language of e-mails")


class Preferences(BaseModel):
    """How one is told, every kind named."""

    model_config = example({**_WISHES, "channels": {"quote.received": "email"}, "version": 1})

    channels: dict[str, Channel]
    pace: Pace
    digest_at: str
    quiet_from: str
    quiet_to: str
    time_zone: str
    language: Language | Literal[""] = Field(description="空为平台默认 Empty for the platform's")
    version: int

    @classmethod
    def of(cls, wishes: NoticePreference) -> Self:
        """From the row."""
        channels = {kind: channel_of(kind, wishes) for kind in KINDS}
        return cls.model_validate({**wishes.model_dump(), "channels": channels})
