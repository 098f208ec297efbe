"""Telling: what happened, written down for everybody it concerns in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from app.accounts.reach import active_people, operates, operators_of, seats_of
from app.core.clock import now
from app.core.ids import new_id
from app.core.tenancy import across_tenants
from app.notify.channels import can_be_mailed, channel_of
from app.notify.kinds import KINDS
from app.notify.models import Notice, NoticePreference
from app.notify.payload import body_of
from app.notify.times import mail_time
from app.notify.webhook_models import Webhook, WebhookDelivery


def tell(
    session: Session,
    *,
    people: Iterable[UUID] = (),
    companies: Iterable[UUID] = (),
    division: str | None = None,
    kind: str,
    about: str,
    data: Mapping[str, str | int],
    key: str,
    without: UUID | None = None,
) -> int:
    """Tell people, every seat of ``companies`` whose role the kind concerns, and the operators of ``division``.

    Rows are written in the caller's transaction: who is told, told by e-mail, and which webhooks are called, so that
    what is committed is told and what is rolled back is not. ``kind`` is one of app.notify.kinds.KINDS, whose templates
    say what ``data`` must hold; ``about`` is the path of the page it leads to; the same ``key`` tells nobody twice;
    ``without``: who did it, and need not be told. Returns how many people were told that were not before. Raises ValueError for a kind or data that do not fit.
    """
    _check(kind, data)
    firms = sorted(set(companies))
    moment = now()
    because: dict[UUID, UUID | None] = dict.fromkeys(people)
    if division is not None:
        because |= dict.fromkeys(operators_of(session, division))
    for person, firm in seats_of(session, firms, KINDS[kind].roles):
        because.setdefault(person, firm)
    said = {"kind": kind, "about": about, "data": dict(data), "key": key, "created_at": moment}
    because = {person: firm for person, firm in because.items() if person != without}
    told = _tell_people(session, because, said, moment) if because else 0
    if firms or division is not None:
        _tell_programs(session, firms, division, said, moment)
    return told


def _check(kind: str, data: Mapping[str, str | int]) -> None:
    if kind not in KINDS:
        raise ValueError(f"no kind of notice is called {kind!r}: add it to app/notify/kinds.py")
    if missing := KINDS[kind].fields - set(data):
        raise ValueError(f"a notice {kind!r} needs {sorted(missing)} in its data")


def _tell_people(
    session: Session, because: Mapping[UUID, UUID | None], said: Mapping[str, Any], moment: datetime
) -> int:
    found = active_people(session, because)
    query = select(NoticePreference).where(col(NoticePreference.person_id).in_(list(found)))
    chosen = {
        one.person_id: one
        for one in session.scalars(across_tenants(query, "whoever tells does not choose how"))
    }
    rows = []
    # In one order, so that two transactions that tell the same people cannot wait for each other in a circle.
    for person_id in sorted(found):
        preference = chosen.get(person_id)
        channel = channel_of(said["kind"], preference)
        if channel == "none":
            continue
        mailed = channel == "email" and can_be_mailed(found[person_id])
        wishes = preference or NoticePreference(person_id=person_id)
        rows.append(
            {
                **said,
                "id": new_id(),
                "person_id": person_id,
                "company_id": because[person_id],
                "mail_due_at": mail_time(moment, wishes) if mailed else None,
            }
        )
    return _insert(session, Notice, rows)


def _tell_programs(
    session: Session, firms: list[UUID], division: str | None, said: Mapping[str, Any], moment: datetime
) -> None:
    reached: ColumnElement[bool] = col(Webhook.company_id).in_(firms)
    query = select(Webhook).where(col(Webhook.state) != "disabled").order_by(col(Webhook.id))
    if division is not None:
        reached = reached | col(Webhook.company_id).is_(None)
    found = session.scalars(across_tenants(query.where(reached), "programs are told in the same breath"))
    rows = []
    for webhook in found:
        if webhook.kinds and said["kind"] not in webhook.kinds:
            continue
        if webhook.company_id is None and not operates(webhook.division, division or ""):
            continue
        rows.append(
            {
                "id": new_id(),
                "webhook_id": webhook.id,
                "key": said["key"],
                "kind": said["kind"],
                "body": body_of(said["kind"], moment, said["about"], said["data"], webhook.company_id),
                "due_at": moment,
                "created_at": moment,
            }
        )
    _insert(session, WebhookDelivery, rows)


def _insert(session: Session, model: type[Notice] | type[WebhookDelivery], rows: list[dict[str, Any]]) -> int:
    """Add rows; those that are there already by their unique key are left as they are. Returns how many were added."""
    if not rows:
        return 0
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    adding = dialect.insert(model).on_conflict_do_nothing().returning(col(model.id))
    return len(session.execute(adding, rows).all())
