"""Webhooks and their deliveries over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.policy import require_known
from app.core.http import (
    CursorQuery,
    IdempotencyKey,
    IfMatch,
    LimitQuery,
    RuntimeDep,
    SessionDep,
    tag_version,
    versioned,
)
from app.core.idempotency import once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.notify import deliveries, webhooks
from app.notify.policy import DeliveryState
from app.notify.secrets import shown
from app.notify.webhook_schemas import (
    DeliveryDetail,
    DeliveryPublic,
    Replayed,
    ReplaySince,
    WebhookCreate,
    WebhookIssued,
    WebhookList,
    WebhookPublic,
    WebhookUpdate,
)

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])


@router.post("", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413))
def create_webhook(
    session: SessionDep,
    runtime: RuntimeDep,
    said: WebhookCreate,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> WebhookIssued:
    """登记推送地址 Register an address to be told; the secret its messages are signed with is shown this once."""

    def create() -> dict[str, Any]:
        # Only the id is remembered under the key: the secret is derived, and stored nowhere.
        return {"id": str(webhooks.register(session, runtime.settings, said=said).id)}

    answer = once(
        session,
        key=idempotency_key,
        route="POST /webhooks",
        request=said.model_dump(mode="json"),
        create=create,
    )
    webhook = webhooks.get_webhook(session, UUID(answer["id"]))
    tag_version(response, webhook.version)
    response.headers["Location"] = f"/api/v1/webhooks/{webhook.id}"
    return WebhookIssued.of(webhook, shown(webhooks.secrets_of(runtime.settings, webhook)[0]))


@router.get("", responses=errors(403))
def list_webhooks(session: SessionDep) -> WebhookList:
    """推送地址 The webhooks one manages."""
    require_known(session)
    found = webhooks.list_webhooks(session)
    return WebhookList(items=[WebhookPublic.model_validate(one.model_dump()) for one in found])


@router.get("/{webhook_id}", responses=versioned(200, 403, 404))
def get_webhook(session: SessionDep, webhook_id: UUID, response: Response) -> WebhookPublic:
    """一个推送地址 One webhook."""
    webhook = webhooks.get_webhook(session, webhook_id)
    tag_version(response, webhook.version)
    return WebhookPublic.model_validate(webhook.model_dump())


@router.patch("/{webhook_id}", responses=versioned(200, 400, 403, 404, 412, 413, 428))
def update_webhook(
    session: SessionDep,
    runtime: RuntimeDep,
    webhook_id: UUID,
    said: WebhookUpdate,
    response: Response,
    if_match: IfMatch = None,
) -> WebhookPublic:
    """修改推送地址 Change address, name or kinds."""
    webhook = webhooks.change_webhook(session, runtime.settings, webhook_id, change=said, if_match=if_match)
    tag_version(response, webhook.version)
    return WebhookPublic.model_validate(webhook.model_dump())


@router.delete("/{webhook_id}", status_code=204, responses=errors(403, 404))
def delete_webhook(session: SessionDep, webhook_id: UUID) -> None:
    """删除推送地址 Forget a webhook and its deliveries."""
    webhooks.remove_webhook(session, webhook_id)


@router.post("/{webhook_id}/rotate", responses=versioned(200, 403, 404))
def rotate_webhook_secret(
    session: SessionDep, runtime: RuntimeDep, webhook_id: UUID, response: Response
) -> WebhookIssued:
    """轮换密钥 A new secret, shown this once; for 24 hours messages are signed with the old one too."""
    webhook = webhooks.rotate_secret(session, webhook_id)
    tag_version(response, webhook.version)
    return WebhookIssued.of(webhook, shown(webhooks.secrets_of(runtime.settings, webhook)[0]))


@router.post("/{webhook_id}/pause", responses=errors(403, 404, 409))
def pause_webhook(session: SessionDep, webhook_id: UUID) -> WebhookPublic:
    """暂停 Send nothing for now; what happens meanwhile is kept."""
    webhook = webhooks.move_webhook(session, webhook_id, action="pause")
    return WebhookPublic.model_validate(webhook.model_dump())


@router.post("/{webhook_id}/resume", responses=errors(403, 404, 409))
def resume_webhook(session: SessionDep, webhook_id: UUID) -> WebhookPublic:
    """启用 Send again, what was kept first."""
    webhook = webhooks.move_webhook(session, webhook_id, action="resume")
    return WebhookPublic.model_validate(webhook.model_dump())


@router.post("/{webhook_id}/ping", status_code=202, responses=errors(403, 404, 409))
def ping_webhook(session: SessionDep, webhook_id: UUID) -> DeliveryPublic:
    """测试 Send a message that says nothing; see the deliveries for what came of it."""
    return DeliveryPublic.of(webhooks.ping(session, webhook_id), [])


@router.get("/{webhook_id}/deliveries", responses=errors(403, 404))
def list_deliveries(
    session: SessionDep,
    webhook_id: UUID,
    state: Annotated[DeliveryState | Literal[""], Query(description="只看此状态 Only these")] = "",
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[DeliveryPublic]:
    """推送记录 Deliveries, the newest first, with the last attempt at each."""
    found, after = deliveries.list_deliveries(session, webhook_id, state=state, limit=limit, cursor=cursor)
    tried = deliveries.attempts_of(session, [one.id for one in found])
    return Page(items=[DeliveryPublic.of(one, tried[one.id]) for one in found], next_cursor=after)


@router.get("/{webhook_id}/deliveries/{delivery_id}", responses=errors(403, 404))
def get_delivery(session: SessionDep, webhook_id: UUID, delivery_id: UUID) -> DeliveryDetail:
    """一次推送 One delivery, with its body and every attempt."""
    delivery = deliveries.get_delivery(session, webhook_id, delivery_id)
    return DeliveryDetail.of(delivery, deliveries.attempts_of(session, [delivery.id])[delivery.id])


@router.post("/{webhook_id}/deliveries/{delivery_id}/replay", status_code=202, responses=errors(403, 404))
def replay_delivery(session: SessionDep, webhook_id: UUID, delivery_id: UUID) -> DeliveryPublic:
    """重发 Send a message again, under the same id."""
    delivery = deliveries.replay(session, webhook_id, delivery_id)
    return DeliveryPublic.of(delivery, deliveries.attempts_of(session, [delivery.id])[delivery.id])


@router.post("/{webhook_id}/replay", status_code=202, responses=errors(400, 403, 404, 413))
def replay_failed(session: SessionDep, webhook_id: UUID, said: ReplaySince) -> Replayed:
    """补发 Send again what was given up since a moment."""
    return Replayed(count=deliveries.replay_failed(session, webhook_id, since=said.since))
