"""What comes round by itself for leads: reminders of next steps, and forgetting scans that are old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, select
from sqlmodel import Session, col

from app.core.actor import SYSTEM
from app.core.clock import CHINA, now
from app.core.due import deal_with_due
from app.leads.models import Lead, LeadScan
from app.leads.policy import UNDER_WAY
from app.notify.service import tell

if TYPE_CHECKING:
    from app.core.runtime import Runtime

AT_ONCE = 200


def remind(runtime: Runtime) -> int:
    """Tell whoever has a lead that its next step is due, once a step."""
    due = and_(
        col(Lead.next_at) <= now(),
        col(Lead.reminded_at).is_(None),
        col(Lead.owner_id).is_not(None),
        col(Lead.merged_into).is_(None),
        col(Lead.state).in_(UNDER_WAY),
    )

    def tell_of(session: Session, found: Sequence[Lead]) -> None:
        for lead in found:
            lead.reminded_at = now()
            session.add(lead)
            _tell_due(session, lead)

    return deal_with_due(runtime, select(Lead).where(due).limit(AT_ONCE), tell_of)


def _tell_due(session: Session, lead: Lead) -> None:
    if lead.owner_id is None or lead.next_at is None:
        return
    tell(
        session,
        people=[lead.owner_id],
        kind="lead.due",
        about=f"/leads/{lead.id}",
        data={
            "title": f"{lead.name} · {lead.next_step}" if lead.next_step else lead.name,
            "until": lead.next_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"),
        },
        key=f"lead.due/{lead.id}/{lead.next_at.isoformat()}",
    )


def forget_old_scans(runtime: Runtime) -> int:
    """Delete scans older than the setting ``scans_kept_days``; their number stays with the lead."""
    old = col(LeadScan.at) < now() - timedelta(days=runtime.settings.scans_kept_days)
    with runtime.session(writing=False, actor=SYSTEM) as session:
        count: int = session.scalar(select(func.count()).select_from(LeadScan).where(old)) or 0
    if count:
        with runtime.session(actor=SYSTEM) as session:
            session.execute(delete(LeadScan).where(old))
    return count
