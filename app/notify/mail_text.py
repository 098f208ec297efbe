"""What an e-mail says: one notice, or a digest of several, and how to have fewer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.core.i18n import Language, translate
from app.core.senders import Message
from app.notify.kinds import KINDS
from app.notify.models import Notice
from app.notify.secrets import unsubscribe_token
from app.settings import Settings


def mail_message(
    settings: Settings, *, mail_id: UUID, to: str, language: Language, notices: Sequence[Notice]
) -> Message:
    """The message. Its Message-ID follows from the mail's id, so that a second copy can be told for one."""
    said = [(*_words(notice, language), notice.about) for notice in notices]
    origin = settings.origin()
    if len(said) == 1:
        ((subject, text, about),) = said
        body = f"{text}\n\n{origin}{about}"
        kind = notices[0].kind
    else:
        subject = translate("链桥：{count} 条新通知", language, count=len(said))
        body = "\n\n".join(f"{title}\n{text}\n{origin}{about}" for title, text, about in said)
        kind = "all"
    person_id = notices[0].person_id
    leave = f"{origin}/unsubscribe/{unsubscribe_token(settings, person_id, kind)}"
    footer = translate(
        "调整通知方式：{settings}\n不再以邮件接收此类通知：{leave}",
        language,
        settings=f"{origin}/notices/preferences",
        leave=leave,
    )
    return Message(
        to,
        subject.replace("\r", " ").replace("\n", " "),
        f"{body}\n\n-- \n{footer}\n",
        message_id=mail_id.hex,
        headers={
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


def _words(notice: Notice, language: Language) -> tuple[str, str]:
    kind = KINDS.get(notice.kind)
    return kind.words(notice.data, language) if kind else (notice.kind, "")
