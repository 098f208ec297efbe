"""What of notices comes round by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.jobs import Job
from app.core.runtime import Runtime
from app.notify.deliveries import call_webhooks
from app.notify.mail import send_mail
from app.notify.models import Mail, Notice

KEPT = timedelta(days=365)
"""How long notices and the e-mails that told of them are kept."""
_ROWS = 1000


def forget_old_notices(runtime: Runtime) -> int:
    """The job that deletes notices older than ``KEPT``, and their e-mails."""
    old = select(col(Notice.id)).where(col(Notice.created_at) < now() - KEPT).limit(_ROWS)
    with runtime.session(writing=False, actor=SYSTEM) as session:
        if session.scalars(old).first() is None:
            return 0
    with runtime.session(actor=SYSTEM) as session:
        found = list(session.scalars(old))
        session.execute(delete(Notice).where(col(Notice.id).in_(found)))
        told = select(col(Notice.mail_id)).where(col(Notice.mail_id).is_not(None))
        session.execute(
            delete(Mail).where(
                col(Mail.created_at) < now() - KEPT,
                col(Mail.state) != "waiting",
                col(Mail.id).not_in(told),
            )
        )
        return len(found)


NOTICE_JOBS: tuple[Job, ...] = (
    Job("send mail", every=2, run=send_mail),
    Job("call webhooks", every=1, run=call_webhooks),
    Job("forget old notices", every=3600, run=forget_old_notices),
)
