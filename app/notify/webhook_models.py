"""Addresses of other programs that are told, what each is told, and every attempt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Column, ColumnElement, Index, UniqueConstraint, or_, select
from sqlmodel import Field, SQLModel, col

from app.core.actor import Actor
from app.core.clock import now
from app.core.tenancy import operated, seen_by

EXCERPT = 500
"""Characters kept of what an address answered."""


def _owned(actor: Actor) -> ColumnElement[bool]:
    return or_(
        col(Webhook.company_id).in_(actor.companies),
        col(Webhook.company_id).is_(None) & operated(col(Webhook.division), actor),
    )


def _of_owned(actor: Actor) -> ColumnElement[bool]:
    return col(WebhookDelivery.webhook_id).in_(select(col(Webhook.id)).where(_owned(actor)))


@seen_by(_owned)
class Webhook(SQLModel, table=True):
    """An address that is told what its company, or a division's operators, are told."""

    __tablename__ = "webhook"

    id: UUID = Field(primary_key=True)
    company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    division: str = Field(default="", max_length=6)
    url: str = Field(max_length=500)
    name: str = Field(default="", max_length=60)
    kinds: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Kinds of notice that are sent; none named means all."""
    state: str = Field(default="active", max_length=10)
    """See app.notify.policy."""
    secret_number: int = 1
    """Goes up when the secret is rotated; the secret itself is derived (app.notify.secrets)."""
    previous_until: datetime | None = None
    """Until then the secret before the last rotation signs too."""
    failures: int = 0
    """Attempts that failed since the last that did not."""
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    """After failures nothing is tried for a while, so that a dead address does not hold up others."""
    version: int = 1
    created_by: UUID | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(default_factory=now)


@seen_by(_of_owned)
class WebhookDelivery(SQLModel, table=True):
    """One message to one address. Its id is the ``webhook-id``, the same however often it is tried or replayed."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "key"),
        Index("ix_webhook_delivery_list", "webhook_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    webhook_id: UUID = Field(foreign_key="webhook.id", ondelete="CASCADE")
    key: str = Field(max_length=120)
    kind: str = Field(max_length=40)
    body: str
    """JSON, exactly as it is sent."""
    state: str = Field(default="waiting", max_length=10)
    """See app.notify.policy."""
    due_at: datetime | None = None
    """When it is tried next; None once it is not."""
    attempts: int = 0
    """Since it was made or last replayed."""
    created_at: datetime = Field(default_factory=now)
    done_at: datetime | None = None


Index(
    "ix_webhook_delivery_due_at",
    col(WebhookDelivery.due_at),
    sqlite_where=col(WebhookDelivery.due_at).is_not(None),
    postgresql_where=col(WebhookDelivery.due_at).is_not(None),
)


@seen_by(
    lambda actor: col(WebhookAttempt.delivery_id).in_(select(col(WebhookDelivery.id)).where(_of_owned(actor)))
)
class WebhookAttempt(SQLModel, table=True):
    """One attempt at a delivery and what came of it."""

    __tablename__ = "webhook_attempt"

    id: UUID = Field(primary_key=True)
    delivery_id: UUID = Field(foreign_key="webhook_delivery.id", index=True, ondelete="CASCADE")
    at: datetime = Field(default_factory=now)
    took_ms: int
    status: int | None = None
    """HTTP status; None when there was no answer."""
    said: str = Field(default="", max_length=EXCERPT)
    """The beginning of the answer, or why there was none."""


def was_replayed(delivery: WebhookDelivery, tried: Collection[WebhookAttempt]) -> bool:
    """Whether somebody had it sent again: a replay begins to count attempts anew and keeps those there were."""
    return len(tried) > delivery.attempts
