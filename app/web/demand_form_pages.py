"""The demand form: an empty one, what is understood of it shown live, posted, edited, and a draft opened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.accounts.policy import may
from app.catalogue.declarations import load_kinds
from app.core.errors import Conflict, InvalidInput, Unauthenticated
from app.core.http import ActorDep, RuntimeDep, actor_of_request
from app.core.i18n import Language
from app.core.idempotency import once
from app.core.runtime import Runtime
from app.demands import service as demands
from app.demands.forms import GROUPS, load_forms
from app.demands.models import Demand
from app.registry.service import get_company
from app.web import drafts, kept_forms
from app.web.demand_forms import DemandForm, change_of, checked_demand, empty_form, read_form, stored_form
from app.web.forms import FormDep, errors_of, text_of
from app.web.guest_fields import picked, read_with_guest
from app.web.pages import PageLanguage, SameSite, go, page, read_id
from app.web.places import place_choices

router = APIRouter()


@router.get("/demands/new")
def new_demand_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    title: str = "",
    description: str = "",
    form: str = "",
) -> HTMLResponse:
    """The empty form, a request form chosen first or none, or what was filled in before signing in."""
    if actor.known and not may(actor, "demand.post"):
        raise Unauthenticated("请先登录再发布需求")
    if not (title or description or form) and (held := kept_forms.kept(request, runtime)):
        return _form_page(request, runtime, language, read_form(held, language), kept=True)
    return _form_page(
        request, runtime, language, empty_form(title=title[:200], description=description[:5000], form=form)
    )


@router.post("/demands/understood", dependencies=[SameSite])
def understood_part(request: Request, language: PageLanguage, form: FormDep) -> HTMLResponse:
    """What is understood of the form as it stands; stores nothing."""
    return page(request, "parts/understood.html", language, form=read_form(form, language))


@router.post("/demands/new", dependencies=[SameSite])
def post_demand_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Store the demand, once however often it is sent, and show it; or the form again with what is wrong."""
    filled = read_with_guest(runtime, actor, form, language)
    opens, repeat = text_of(form, "state") != "draft", bool(text_of(form, "repeat"))
    with runtime.session(writing=False, actor=actor) as session:
        begun = drafts.begun(session, filled.values["key"]) if actor.known else None
    if actor.known and (begun or not opens):
        answer = _draft(request, runtime, language, filled, opens=opens, repeat=repeat)
        return kept_forms.forget(request, runtime, answer)
    if not actor.known and not opens:
        return kept_forms.keep(request, runtime, form)
    try:
        said = checked_demand(filled)
        if filled.errors:
            return _form_page(request, runtime, language, filled, status=422)
        if not actor.known:
            return kept_forms.keep(request, runtime, form)
        review = runtime.settings.demand_review
        with runtime.session(actor=actor) as session:
            posted = once(
                session,
                key=filled.values["key"] or None,
                route="page:/demands/new",
                request=said.model_dump(mode="json", exclude_unset=True),
                create=lambda: {
                    "id": str(demands.post_demand(session, said=said, review=review, repeat=repeat).id)
                },
            )
    except Conflict as error:
        if error.code != "demand_repeated":
            raise
        return _form_page(request, runtime, language, filled, earlier=error.params, status=409)
    except InvalidInput as error:
        return _form_page(request, runtime, language, _with_errors(filled, error, language), status=422)
    return kept_forms.forget(request, runtime, go(f"/demands/{posted['id']}"))


@router.get("/demands/{key}/edit")
def edit_demand_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """The form filled with the demand."""
    with runtime.session(writing=False, actor=actor) as session:
        demand = demands.get_demand(session, read_id(key))
        demands.require_editor(session, demand)
        filled = _stored(session, demand, language)
    return _form_page(request, runtime, language, filled, demand=demand)


@router.post("/demands/{key}/edit", dependencies=[SameSite])
def update_demand_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Store the edit. The corrections sent replace those made before, since the form shows them all."""
    with runtime.session(writing=False, actor=actor) as session:
        demand = demands.get_demand(session, read_id(key))
    filled = read_with_guest(runtime, actor, form, language)
    if demand.state == "draft":
        opens, repeat = text_of(form, "state") == "open", bool(text_of(form, "repeat"))
        return _draft(request, runtime, language, filled, demand=demand, opens=opens, repeat=repeat)
    try:
        said = checked_demand(filled)
        if filled.errors:
            return _form_page(request, runtime, language, filled, demand=demand, status=422)
        with runtime.session(actor=actor) as session:
            demand = demands.update_demand(
                session,
                demand.id,
                change=change_of(said, firm=demand.buyer_company_id),
                if_match=f'"{filled.values["version"]}"',
                review=runtime.settings.demand_review,
                corrections_whole=True,
            )
    except InvalidInput as error:
        return _form_page(
            request, runtime, language, _with_errors(filled, error, language), demand=demand, status=422
        )
    return go(f"/demands/{demand.id}")


def _draft(
    request: Request,
    runtime: Runtime,
    language: Language,
    filled: DemandForm,
    *,
    demand: Demand | None = None,
    opens: bool,
    repeat: bool,
) -> Response:
    """Keep the form in its draft, a new one without ``demand``, and open that if wanted; the form again with what was left out."""
    try:
        with runtime.session(actor=actor_of_request(request)) as session:
            keeping = (
                drafts.keep(session, demand.id, filled, language)
                if demand
                else drafts.begin(session, filled, language)
            )
            demand, left_out = keeping.demand, keeping.left_out
            filled = drafts.gone_on_from(session, filled, demand)
    except InvalidInput as error:
        return _form_page(
            request, runtime, language, _with_errors(filled, error, language), demand=demand, status=422
        )
    if left_out:
        filled = replace(filled, errors=left_out)
        return _form_page(request, runtime, language, filled, demand=demand, saved=True, status=422)
    if opens and demand.state == "draft":
        return opened(request, runtime, language, demand.id, repeat=repeat)
    return go(f"/demands/{demand.id}")


def opened(
    request: Request, runtime: Runtime, language: Language, key: UUID, *, repeat: bool = False
) -> Response:
    """Open a draft and show it; or its form with what it lacks: what was filled in stays kept."""
    actor, review = actor_of_request(request), runtime.settings.demand_review
    errors, earlier = dict[str, list[str]](), None
    try:
        with runtime.session(actor=actor) as session:
            demands.move_demand(session, key, action="open", review=review, repeat=repeat)
        return go(f"/demands/{key}")
    except InvalidInput as error:
        errors |= errors_of(error, language)
    except Conflict as error:
        if error.code != "demand_repeated":
            raise
        earlier = error.params
    with runtime.session(writing=False, actor=actor) as session:
        demand = demands.get_demand(session, key)
        filled = _stored(session, demand, language)
    filled, status = replace(filled, errors=errors), 409 if earlier else 422
    return _form_page(request, runtime, language, filled, demand=demand, earlier=earlier, status=status)


def _stored(session: Session, demand: Demand, language: Language) -> DemandForm:
    return stored_form(
        demand, demands.lines_of(session, demand.id), demands.guests_of(session, demand.id), language
    )


def _with_errors(filled: DemandForm, error: InvalidInput, language: Language) -> DemandForm:
    return replace(filled, errors={**filled.errors, **errors_of(error, language)})


def _form_page(
    request: Request,
    runtime: Runtime,
    language: Language,
    form: DemandForm,
    *,
    demand: Demand | None = None,
    earlier: dict[str, Any] | None = None,
    kept: bool = False,
    saved: bool = False,
    status: int = 200,
) -> HTMLResponse:
    """``kept``: filled in before signing in. ``saved``: in the draft, but for what the form's errors name."""
    actor = actor_of_request(request)
    with runtime.session(writing=False, actor=actor) as session:
        firms = [get_company(session, firm) for firm in demands.buyer_firms(actor)]
        guests = picked(session, form)
        if not demand and len(firms) > 1 and not (form.values["buyer_company_id"] or form.errors):
            # Asked once: after that it is the firm they wrote for last, which can still be changed.
            last = demands.last_firm(session, actor)
            form = replace(form, values=form.values | {"buyer_company_id": str(last or "")})
    return page(
        request, "demand_form.html", language, status=status, form=form, demand=demand, kinds=load_kinds(), firms=firms,
        earlier=earlier, guests=guests, kept=kept, saved=saved, autosave=drafts.autosave_address(actor, demand), forms=load_forms(), groups=GROUPS,
        places=place_choices(runtime.settings.home_division, form.values["adcode"]),
    )  # fmt: skip
