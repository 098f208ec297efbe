"""Webhooks as pages: a company's addresses, what was sent to each, and what came of it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.accounts.policy import require
from app.core.actor import Actor
from app.core.errors import Conflict, InvalidInput
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.core.state_words import STATE_WORDS
from app.notify import deliveries, webhooks
from app.notify.kinds import KINDS
from app.notify.secrets import shown
from app.notify.webhook_schemas import WebhookCreate
from app.registry.service import get_company
from app.web.forms import Errors, FormDep, errors_of, text_of, texts_of, validated
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter()

STATES = STATE_WORDS["delivery_state"]


@router.get("/companies/{key}/webhooks")
def webhooks_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """A company's webhooks."""
    return _list_page(request, runtime, actor, language, read_id(key))


@router.post("/companies/{key}/webhooks", dependencies=[SameSite])
def register(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Register an address; its secret is shown this once."""
    company_id = read_id(key)
    said = {
        "url": text_of(form, "url"),
        "name": text_of(form, "name"),
        "kinds": texts_of(form, "kind"),
        "company_id": company_id,
    }
    try:
        create = validated(WebhookCreate, said)
        with runtime.session(actor=actor) as session:
            webhook = webhooks.register(session, runtime.settings, said=create)
    except InvalidInput as error:
        problems = errors_of(error, language)
        return _list_page(request, runtime, actor, language, company_id, errors=problems, said=said)
    except Conflict as error:
        problems = {"url": [error.as_problem(language)["detail"]]}
        return _list_page(request, runtime, actor, language, company_id, errors=problems, said=said)
    secret = shown(webhooks.secrets_of(runtime.settings, webhook)[0])
    return _one_page(request, runtime, actor, language, webhook.id, secret=secret)


@router.get("/webhooks/{key}")
def webhook_page(
    request: Request,
    key: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    cursor: str = "",
    state: str = "",
) -> HTMLResponse:
    """One webhook and its deliveries."""
    return _one_page(request, runtime, actor, language, read_id(key), cursor=cursor, state=state)


@router.post("/webhooks/{key}/{action}", dependencies=[SameSite])
def act(
    request: Request, key: str, action: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> Response:
    """Test, pause, resume, rotate the secret, or remove."""
    webhook_id = read_id(key)
    secret = ""
    with runtime.session(actor=actor) as session:
        company_id = webhooks.get_webhook(session, webhook_id).company_id
        match action:
            case "ping":
                webhooks.ping(session, webhook_id)
            case "pause" | "resume":
                webhooks.move_webhook(session, webhook_id, action="pause" if action == "pause" else "resume")
            case "rotate":
                webhook = webhooks.rotate_secret(session, webhook_id)
                secret = shown(webhooks.secrets_of(runtime.settings, webhook)[0])
            case "remove":
                webhooks.remove_webhook(session, webhook_id)
            case _:
                raise no_page()
    if secret:
        return _one_page(request, runtime, actor, language, webhook_id, secret=secret)
    if action == "remove":
        return go(f"/companies/{company_id}/webhooks" if company_id else "/account")
    return go(f"/webhooks/{webhook_id}")


@router.post("/webhooks/{key}/deliveries/{delivery}/replay", dependencies=[SameSite])
def replay(key: str, delivery: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Send a message again."""
    with runtime.session(actor=actor) as session:
        deliveries.replay(session, read_id(key), read_id(delivery))
    return go(f"/webhooks/{read_id(key)}")


def _list_page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    company_id: UUID,
    *,
    errors: Errors | None = None,
    said: dict[str, object] | None = None,
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        company = get_company(session, company_id)
        require(session, "webhook.manage", company_id=company_id)
        found = [one for one in webhooks.list_webhooks(session) if one.company_id == company_id]
    kinds = [(key, kind.name(language)) for key, kind in KINDS.items() if kind.roles]
    said = said or {"url": "", "name": "", "kinds": []}
    return page(
        request, "webhooks.html", language, status=422 if errors else 200, company=company, found=found, kinds=kinds,
        errors=errors or {}, said=said,
    )  # fmt: skip


def _one_page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    webhook_id: UUID,
    *,
    cursor: str = "",
    state: str = "",
    secret: str = "",
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        webhook = webhooks.get_webhook(session, webhook_id)
        company = get_company(session, webhook.company_id) if webhook.company_id else None
        known = state if state in STATES else ""
        found, more = deliveries.list_deliveries(session, webhook_id, state=known, cursor=cursor)
        tried = deliveries.attempts_of(session, [one.id for one in found])
    names = {key: kind.name(language) for key, kind in KINDS.items()}
    return page(
        request, "webhook.html", language, webhook=webhook, company=company, found=found, tried=tried, more=more,
        secret=secret, names=names, states=STATES, state=known,
    )  # fmt: skip
