"""What of notices comes round by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.jobs import Job
from app.core.runtime import Runtime
from app.notify.deliveries import call_webhooks
from app.notify.mail import send_mail
from app.notify.models import Mail, Notice
from app.notify.webhook_models import WebhookDelivery

NOTICES_KEPT = timedelta(days=365)
"""How long notices are kept, and the e-mails that told of them."""
DELIVERIES_KEPT = timedelta(days=30)
"""How long deliveries to webhooks are kept after they are done."""
_ROWS = 1000


def forget_old(runtime: Runtime) -> int:
    """The job that deletes what is older than it is kept for, some at a time."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        if not _old(session):
            return 0
    with runtime.session(actor=SYSTEM) as session:
        found = _old(session)
        # The attempts at a delivery go with it.
        for model in (WebhookDelivery, Notice, Mail):
            session.execute(delete(model).where(col(model.id).in_(found)))
        return len(found)


def _old(session: Session) -> list[object]:
    """Ids, which no two tables share."""
    moment = now()
    told = select(col(Notice.mail_id)).where(col(Notice.mail_id).is_not(None))
    return [
        key
        for query in (
            select(col(Notice.id)).where(col(Notice.created_at) < moment - NOTICES_KEPT),
            select(col(Mail.id)).where(col(Mail.done_at) < moment - NOTICES_KEPT, col(Mail.id).not_in(told)),
            select(col(WebhookDelivery.id)).where(col(WebhookDelivery.done_at) < moment - DELIVERIES_KEPT),
        )
        for key in session.scalars(query.limit(_ROWS))
    ]


NOTICE_JOBS: tuple[Job, ...] = (
    Job("send mail", every=2, run=send_mail),
    Job("call webhooks", every=1, run=call_webhooks),
    Job("forget old notices", every=3600, run=forget_old),
)
