"""Deliveries to webhooks: claimed, sent side by side, tried again for days, replayed, listed."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from app.core.backoff import backoff
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.runtime import Runtime
from app.notify.claims import work_off
from app.notify.outgoing import Unreachable, post
from app.notify.policy import DeliveryAction, delivery_moved, webhook_moved
from app.notify.service import tell
from app.notify.signing import signed_headers
from app.notify.webhook_models import Webhook, WebhookAttempt, WebhookDelivery, was_replayed
from app.notify.webhooks import get_webhook, secrets_of
from app.settings import Settings

log = logging.getLogger(__name__)

RETRIES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""How long after each failed attempt comes the next, 75 hours in all; after the last it is given up until replayed."""
LONGEST_FAILURE = timedelta(days=3)
"""An address at which nothing has succeeded for so long is disabled, and its owners are told."""
SIDE_BY_SIDE = 8
"""Addresses called at a time; one message each, so that a slow one holds up nobody but itself."""
_ROUNDS = 20
GONE = 410
BUSY = (429, 503)
"""Answers whose Retry-After is heeded, up to LONGEST_REST."""
LONGEST_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed delivery with all that is needed to send it."""

    delivery_id: UUID
    webhook_id: UUID
    url: str
    body: str
    secrets: Sequence[bytes]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of sending it; ``status`` is None when there was no answer."""

    status: int | None
    said: str
    took_ms: int
    retry_after: int = 0
    """Seconds it asks to be left alone."""

    @property
    def good(self) -> bool:
        """Whether the address took it."""
        return self.status is not None and 200 <= self.status < 300


def call_webhooks(runtime: Runtime) -> int:
    """The job: send what is due. Returns how many rounds of calls there were."""
    settings = runtime.settings
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="webhook") as pool:

        def send(parcels: list[Parcel]) -> list[Answer]:
            return list(pool.map(lambda parcel: _send(parcel, private=settings.webhook_private), parcels))

        return work_off(
            runtime,
            "webhooks",
            take=lambda session: _take(session, settings),
            do=send,
            settle=_settle,
            most=_ROUNDS,
        )


def list_deliveries(
    session: Session, webhook_id: UUID, *, state: str = "", limit: int = 20, cursor: str = ""
) -> tuple[list[WebhookDelivery], str | None]:
    """Deliveries of a webhook, the newest first, and the cursor of the next page. Raises NotFound, Forbidden."""
    get_webhook(session, webhook_id)
    query = select(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook_id)
    if state:
        query = query.where(col(WebhookDelivery.state) == state)
    return read_page_by_id(session, query, WebhookDelivery, newest_first=True, limit=limit, cursor=cursor)


def attempts_of(session: Session, deliveries: Sequence[UUID]) -> dict[UUID, list[WebhookAttempt]]:
    """Every attempt at these deliveries, the oldest first."""
    found: dict[UUID, list[WebhookAttempt]] = {key: [] for key in deliveries}
    query = select(WebhookAttempt).where(col(WebhookAttempt.delivery_id).in_(list(deliveries)))
    for attempt in session.scalars(query.order_by(col(WebhookAttempt.id))):
        found[attempt.delivery_id].append(attempt)
    return found


def get_delivery(session: Session, webhook_id: UUID, key: UUID) -> WebhookDelivery:
    """A delivery of a webhook. Raises NotFound, Forbidden."""
    get_webhook(session, webhook_id)
    delivery = session.get(WebhookDelivery, key, with_for_update=True)
    if delivery is None or delivery.webhook_id != webhook_id:
        raise NotFound("未找到该推送", code="delivery_not_found")
    return delivery


def replay(session: Session, webhook_id: UUID, key: UUID) -> WebhookDelivery:
    """Send a message again, under the same id, whatever became of it. Raises NotFound, Forbidden."""
    return _replay(session, get_delivery(session, webhook_id, key))


def replay_failed(session: Session, webhook_id: UUID, *, since: datetime) -> int:
    """Send again what was given up of all that happened since; returns how much. Raises NotFound, Forbidden."""
    get_webhook(session, webhook_id)
    query = select(WebhookDelivery).where(
        col(WebhookDelivery.webhook_id) == webhook_id,
        col(WebhookDelivery.state) == "failed",
        col(WebhookDelivery.created_at) >= since,
    )
    found = session.scalars(query.with_for_update()).all()
    for delivery in found:
        _replay(session, delivery)
    return len(found)


def _replay(session: Session, delivery: WebhookDelivery) -> WebhookDelivery:
    delivery.state = delivery_moved(delivery.state, "replay")
    delivery.due_at, delivery.attempts, delivery.done_at = now(), 0, None
    session.add(delivery)
    session.flush()
    return delivery


def _take(session: Session, settings: Settings) -> list[Parcel] | None:
    moment = now()
    due = col(WebhookDelivery.due_at) <= moment
    awake = or_(col(Webhook.rests_until).is_(None), col(Webhook.rests_until) <= moment)
    order = (col(WebhookDelivery.due_at), col(WebhookDelivery.id))
    turn = func.row_number().over(partition_by=col(WebhookDelivery.webhook_id), order_by=order)
    lined_up = (
        select(col(WebhookDelivery.id).label("id"), turn.label("turn"))
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .where(due, col(Webhook.state) == "active", awake)
        .subquery()
    )
    first = select(lined_up.c.id).where(lined_up.c.turn == 1)
    # Said again of the row itself: PostgreSQL asks that anew when another process has just settled it.
    query = select(WebhookDelivery).where(due, col(WebhookDelivery.id).in_(first)).order_by(*order)
    found = session.scalars(query.limit(SIDE_BY_SIDE).with_for_update(skip_locked=True)).all()
    parcels = []
    tried = attempts_of(session, [one.id for one in found])
    for delivery in found:
        webhook = session.get_one(Webhook, delivery.webhook_id)
        secrets = secrets_of(settings, webhook)
        again = was_replayed(delivery, tried[delivery.id])
        parcels.append(Parcel(delivery.id, webhook.id, webhook.url, delivery.body, secrets, again))
    return parcels or None


def _send(parcel: Parcel, *, private: bool) -> Answer:
    headers = signed_headers(
        parcel.secrets,
        parcel.delivery_id,
        int(now().timestamp()),
        parcel.body,
        replayed=parcel.replayed,
    )
    began = time.perf_counter()
    status, said, later = None, "", 0
    try:
        reply = post(parcel.url, parcel.body.encode(), headers, private=private)
        status, said, later = reply.status, reply.said, reply.retry_after
    except Unreachable as error:
        said = str(error)
    return Answer(status, said, round(1000 * (time.perf_counter() - began)), later)


def _settle(session: Session, parcels: list[Parcel], answers: list[Answer]) -> None:
    for parcel, answer in zip(parcels, answers, strict=True):
        delivery = session.get(WebhookDelivery, parcel.delivery_id)
        webhook = session.get(Webhook, parcel.webhook_id, with_for_update=True, populate_existing=True)
        # Removed, or replayed and settled by hand, while it was on its way.
        if delivery is None or webhook is None or delivery.state != "waiting":
            continue
        session.add(
            WebhookAttempt(
                id=new_id(),
                delivery_id=delivery.id,
                took_ms=answer.took_ms,
                status=answer.status,
                said=answer.said,
            )
        )
        delivery.attempts += 1
        if answer.good:
            _close(delivery, "deliver")
            webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
        else:
            _failed(session, webhook, delivery, answer)
        session.flush()


def _failed(session: Session, webhook: Webhook, delivery: WebhookDelivery, answer: Answer) -> None:
    moment = now()
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or moment
    rest = timedelta(seconds=backoff(webhook.failures, first=5, longest=300))
    if answer.status in BUSY:
        rest = max(rest, min(timedelta(seconds=answer.retry_after), LONGEST_REST))
    webhook.rests_until = moment + rest
    if delivery.attempts > len(RETRIES) or answer.status == GONE:
        _close(delivery, "give_up")
    else:
        delivery.due_at = max(moment + RETRIES[delivery.attempts - 1], webhook.rests_until)
    too_long = moment - webhook.failing_since > LONGEST_FAILURE
    if webhook.state == "active" and (too_long or answer.status == GONE):
        _disable(session, webhook, answer)


def _disable(session: Session, webhook: Webhook, answer: Answer) -> None:
    webhook.state = webhook_moved(webhook.state, "disable")
    webhook.version += 1
    session.flush()
    log.warning("the webhook %s was disabled: %s %s", webhook.id, answer.status, answer.said[:100])
    tell(
        session,
        companies=[webhook.company_id] if webhook.company_id else [],
        division=None if webhook.company_id else webhook.division,
        kind="webhook.disabled",
        about=f"/webhooks/{webhook.id}",
        data={
            "name": webhook.name,
            "days": LONGEST_FAILURE.days,
            "said": f"{answer.status or ''} {answer.said[:80]}".strip(),
        },
        key=f"webhook-disabled-{webhook.id}-{webhook.version}",
    )


def _close(delivery: WebhookDelivery, action: DeliveryAction) -> None:
    delivery.state = delivery_moved(delivery.state, action)
    delivery.due_at, delivery.done_at = None, now()
