"""What of webhooks crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from app.accounts.schemas import example
from app.core.refusals import refusal
from app.core.text import Line
from app.notify.kinds import KINDS
from app.notify.policy import DeliveryState, WebhookState
from app.notify.webhook_models import Webhook, WebhookAttempt, WebhookDelivery, was_replayed

_COMPANY = "5e0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d"
_MOMENT = "2026-03-01T02:00:00Z"
_WEBHOOK = {
    "id": "0195c5a0-7c00-7a00-8a00-000000000030",
    "company_id": _COMPANY,
    "division": "",
    "url": "https://erp.example.com/lianqiao",
    "name": "ERP",
    "kinds": ["quote.received"],
    "state": "active",
    "failures": 0,
    "version": 1,
    "created_at": _MOMENT,
}
_ATTEMPT = {"at": _MOMENT, "took_ms": 84, "status": 200, "said": "ok"}
_DELIVERY = {
    "id": "0195c5a0-7c00-7a00-8a00-000000000031",
    "kind": "quote.received",
    "state": "delivered",
    "attempts": 1,
    "created_at": _MOMENT,
    "done_at": _MOMENT,
    "replayed": False,
    "last": _ATTEMPT,
}


def _known(kinds: list[str]) -> list[str]:
    if any(kind not in KINDS for kind in kinds):
        raise refusal("not_a_kind", "没有这种通知")
    return kinds


Kinds = Annotated[list[str], AfterValidator(_known), Field(max_length=100)]
Address = Annotated[str, Line(500, min_length=1)]


class WebhookCreate(BaseModel):
    """An address to be told. Without an owner it belongs to the API key's company or division."""

    model_config = example(
        {"url": "https://erp.example.com/lianqiao", "name": "ERP", "kinds": ["quote.received"]},
        extra="forbid",
    )

    url: Address = Field(description="公网 https 地址 A public https address")
    name: Annotated[str, Line(60)] = ""
    kinds: Kinds = Field(
        default_factory=list, description="只推送这些种类，空为全部 Only these; all when empty"
    )
    company_id: UUID | None = None
    division: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None


class WebhookUpdate(BaseModel):
    """What to change of it."""

    model_config = example({"name": "ERP 2", "kinds": []}, extra="forbid")

    url: Address = ""
    name: Annotated[str, Line(60, min_length=1)] = ""
    kinds: Kinds = Field(default_factory=list)


class WebhookPublic(BaseModel):
    """A webhook."""

    model_config = example(_WEBHOOK)

    id: UUID
    company_id: UUID | None
    division: str
    url: str
    name: str
    kinds: list[str]
    state: WebhookState
    failures: int = Field(description="最近一次成功以来的失败次数 Failed attempts since the last success")
    failing_since: datetime | None = None
    version: int
    created_at: datetime


class WebhookIssued(WebhookPublic):
    """A webhook with the secret its messages are signed with, shown this once."""

    model_config = example({**_WEBHOOK, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="})

    secret: str

    @classmethod
    def of(cls, webhook: Webhook, secret: str) -> Self:
        """From the row and its secret."""
        return cls.model_validate({**webhook.model_dump(), "secret": secret})


class WebhookList(BaseModel):
    """Webhooks."""

    model_config = example({"items": [_WEBHOOK]})

    items: list[WebhookPublic]


class AttemptPublic(BaseModel):
    """One attempt; ``status`` is null when there was no answer, ``said`` the beginning of it or why there was none."""

    model_config = example(_ATTEMPT)

    at: datetime
    took_ms: int
    status: int | None
    said: str


class DeliveryPublic(BaseModel):
    """One message to one address; its id is the webhook-id."""

    model_config = example(_DELIVERY)

    id: UUID
    kind: str
    state: DeliveryState
    attempts: int
    due_at: datetime | None = Field(default=None, description="下次尝试 When it is tried next")
    created_at: datetime
    done_at: datetime | None = None
    replayed: bool = Field(default=False, description="是否经人工重发 Whether somebody had it sent again")
    last: AttemptPublic | None = None

    @classmethod
    def of(cls, delivery: WebhookDelivery, attempts: list[WebhookAttempt]) -> Self:
        """From the row and its attempts."""
        last = AttemptPublic.model_validate(attempts[-1].model_dump()) if attempts else None
        replayed = was_replayed(delivery, attempts)
        return cls.model_validate({**delivery.model_dump(), "replayed": replayed, "last": last})


class DeliveryDetail(DeliveryPublic):
    """A message with its body and every attempt."""

    model_config = example({**_DELIVERY, "body": "{}", "tried": [_ATTEMPT]})

    body: str
    tried: list[AttemptPublic]

    @classmethod
    def of(cls, delivery: WebhookDelivery, attempts: list[WebhookAttempt]) -> Self:
        """From the row and its attempts."""
        tried = [AttemptPublic.model_validate(one.model_dump()) for one in attempts]
        public = DeliveryPublic.of(delivery, attempts).model_dump()
        return cls.model_validate({**public, "body": delivery.body, "tried": tried})


class ReplaySince(BaseModel):
    """From when on what failed is sent again."""

    model_config = example({"since": _MOMENT}, extra="forbid")

    since: AwareDatetime


class Replayed(BaseModel):
    """How many are sent again."""

    model_config = example({"count": 3})

    count: int
