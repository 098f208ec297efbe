"""Telling a firm what happens to its codes."""

from __future__ import annotations

from sqlmodel import Session

from app.codes.models import EnterpriseCode
from app.codes.numbers import grouped
from app.core.tenancy import actor_of
from app.notify.service import tell
from app.registry.service import get_company

_KINDS = {
    "issue": "code.issued",
    "replace": "code.replaced",
    "suspend": "code.suspended",
    "resume": "code.resumed",
    "revoke": "code.revoked",
}
"""By what was done; activating is part of issuing."""


def tell_firm(session: Session, code: EnterpriseCode, action: str, reason: str = "") -> None:
    """Tell the owners and managers of the firm, but for whoever did it, what was done with its code."""
    if action not in _KINDS:
        return
    tell(
        session,
        companies=[code.company_id],
        kind=_KINDS[action],
        about=f"/companies/{code.company_id}/code",
        data={
            "name": code.label or get_company(session, code.company_id).name,
            "code": grouped(code.code),
            "reason": reason.strip()[:200] or "—",
        },
        key=f"code {code.code} {action} {code.version}",
        without=actor_of(session).id,
    )
