"""Verbs of webhooks: registered, changed, paused, their secret rotated, tried, removed."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.tenancy import actor_of
from app.core.versions import check_version
from app.notify.outgoing import is_public
from app.notify.payload import body_of
from app.notify.policy import WebhookAction, webhook_moved
from app.notify.secrets import webhook_secret
from app.notify.webhook_models import Webhook, WebhookDelivery
from app.notify.webhook_schemas import WebhookCreate, WebhookUpdate
from app.registry.service import get_company
from app.settings import Settings

MOST = 10
"""Webhooks of one company, or of one division."""
OVERLAP = timedelta(hours=24)
"""For so long after a rotation messages are signed with the old secret too."""


def register(session: Session, settings: Settings, *, said: WebhookCreate) -> Webhook:
    """A webhook of a company or of a division's operators. Raises Forbidden, NotFound, Conflict, InvalidInput."""
    company_id, division = _owner(actor_of(session), said)
    require(session, "webhook.manage", company_id=company_id, division=None if company_id else division)
    if company_id:
        get_company(session, company_id)
    _check_url(said.url, settings)
    own = col(Webhook.company_id) == company_id if company_id else col(Webhook.division) == division
    if (session.scalar(select(func.count()).select_from(Webhook).where(own)) or 0) >= MOST:
        raise Conflict("推送地址已达上限（{most} 个），请先删除不用的", code="too_many_webhooks", most=MOST)
    actor = actor_of(session)
    webhook = Webhook(
        id=new_id(),
        company_id=company_id,
        division="" if company_id else division,
        url=said.url,
        name=said.name or urlsplit(said.url).hostname or "",
        kinds=sorted(set(said.kinds)),
        created_by=actor.id if actor.kind == "person" else None,
    )
    session.add(webhook)
    session.flush()
    return webhook


def list_webhooks(session: Session) -> list[Webhook]:
    """The webhooks the actor may see, the newest first."""
    return list(session.scalars(select(Webhook).order_by(col(Webhook.id).desc())))


def get_webhook(session: Session, key: UUID, *, for_update: bool = False) -> Webhook:
    """A webhook that the actor manages. Raises NotFound, Forbidden, Unauthenticated."""
    webhook = session.get(Webhook, key, with_for_update=for_update or None)
    if webhook is None:
        raise NotFound("未找到该推送地址", code="webhook_not_found")
    division = None if webhook.company_id else webhook.division
    require(session, "webhook.manage", company_id=webhook.company_id, division=division)
    return webhook


def change_webhook(
    session: Session, settings: Settings, key: UUID, *, change: WebhookUpdate, if_match: str | None
) -> Webhook:
    """Change address, name or kinds. Raises NotFound, Forbidden, PreconditionFailed, InvalidInput."""
    webhook = get_webhook(session, key, for_update=True)
    check_version(if_match, webhook.version)
    given = change.model_dump(exclude_unset=True)
    if "url" in given:
        _check_url(given["url"], settings)
    for name, value in given.items():
        setattr(webhook, name, sorted(set(value)) if name == "kinds" else value)
    return _touch(session, webhook)


def move_webhook(session: Session, key: UUID, *, action: WebhookAction) -> Webhook:
    """Pause or resume; what waits meanwhile is kept. Raises NotFound, Forbidden, Conflict."""
    webhook = get_webhook(session, key, for_update=True)
    webhook.state = webhook_moved(webhook.state, action)
    webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
    return _touch(session, webhook)


def rotate_secret(session: Session, key: UUID) -> Webhook:
    """A new secret; for OVERLAP messages are signed with the old one too. Raises NotFound, Forbidden."""
    webhook = get_webhook(session, key, for_update=True)
    webhook.secret_number += 1
    webhook.previous_until = now() + OVERLAP
    return _touch(session, webhook)


def remove_webhook(session: Session, key: UUID) -> None:
    """Forget a webhook and its deliveries. Raises NotFound, Forbidden."""
    session.delete(get_webhook(session, key, for_update=True))


def ping(session: Session, key: UUID) -> WebhookDelivery:
    """A message that says nothing, to try an address; delivered like every other. Raises NotFound, Forbidden, Conflict."""
    webhook = get_webhook(session, key)
    if webhook.state != "active":
        raise Conflict("推送地址已暂停，请先启用再测试", code="webhook_state")
    own, moment = new_id(), now()
    delivery = WebhookDelivery(
        id=own,
        webhook_id=webhook.id,
        key=f"ping-{own}",
        kind="ping",
        body=body_of("ping", moment, "", {}, webhook.company_id),
        due_at=moment,
    )
    session.add(delivery)
    session.flush()
    return delivery


def secrets_of(settings: Settings, webhook: Webhook) -> list[bytes]:
    """What messages are signed with now, the newest first."""
    numbers = [webhook.secret_number]
    if webhook.previous_until and webhook.previous_until > now():
        numbers.append(webhook.secret_number - 1)
    return [webhook_secret(settings, webhook.id, number) for number in numbers]


def _owner(actor: Actor, said: WebhookCreate) -> tuple[UUID | None, str]:
    """Whose it will be: as said, else of the one company or division that the API key belongs to."""
    if said.company_id or said.division:
        return said.company_id, said.division or ""
    if actor.kind == "key" and actor.companies:
        return actor.companies[0], ""
    if actor.kind == "key" and actor.divisions:
        return None, actor.divisions[0]
    if not actor.known:
        return None, ""
    raise InvalidInput(problems=[Problem("company_id", "required", "请填写 company_id 或 division 中的一项")])


def _check_url(url: str, settings: Settings) -> None:
    schemes = ("https", "http") if settings.webhook_private else ("https",)
    try:
        parts = urlsplit(url)
        _ = parts.port
        good = parts.scheme in schemes and parts.hostname and not parts.username and not parts.fragment
    except ValueError:
        good = False
    if not good or not url.isascii() or " " in url:
        problem = Problem("url", "bad_url", "须为 https:// 开头的完整地址，不含用户名和密码")
        raise InvalidInput(problems=[problem])
    if not settings.webhook_private and _is_private(parts.hostname or ""):
        raise InvalidInput(problems=[Problem("url", "private_address", "须为公网地址，不能是内网或本机")])


def _is_private(host: str) -> bool:
    """Whether a host is plainly not public; names are checked each time they are called."""
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _touch(session: Session, webhook: Webhook) -> Webhook:
    webhook.version += 1
    session.add(webhook)
    session.flush()
    return webhook
