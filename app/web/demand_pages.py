"""Pages of demands: the list, posting with what is understood shown live, one demand with its matches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from app.accounts.policy import may
from app.catalogue.declarations import load_kinds
from app.core.actor import Actor
from app.core.errors import Conflict, InvalidInput, Unauthenticated
from app.core.http import ActorDep, RuntimeDep, actor_of_request
from app.core.i18n import Language
from app.core.idempotency import once
from app.core.runtime import Runtime
from app.demands import service as demands
from app.demands.files import ACCEPTED, files_of
from app.demands.forms import GROUPS, form_named, load_forms
from app.demands.line_needs import needs_by_line
from app.demands.models import Demand
from app.demands.policy import BY_HAND, STATES, Action, allowed
from app.demands.review import FINDING_MESSAGES
from app.demands.revisions import revisions_of
from app.demands.schemas import DemandUpdate
from app.demands.templates import copy_demand
from app.demands.understanding import fit_fields
from app.registry.service import get_company
from app.trade import service as trade
from app.web import kept_forms
from app.web.demand_forms import DemandForm, checked_demand, empty_form, read_form, stored_form
from app.web.forms import FormDep, errors_of, text_of
from app.web.guest_fields import picked, with_written_guest
from app.web.needs import need_rows
from app.web.pages import PageLanguage, SameSite, go, is_fragment, no_page, page, read_id
from app.web.places import place_choices
from app.web.ranking import Ranked, rank_narrowed, read_controls
from app.web.words import Words
from matching.need import Need
from search.index import SearchUnavailable

router = APIRouter()


@router.get("/demands")
def demands_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    state: str = "",
    form: str = "",
    cursor: str = "",
) -> HTMLResponse:
    """Demands, the newest first; with ``form`` those of one request form, as construction projects."""
    state = state if state in STATES else ""
    declared = form_named(form)
    with runtime.session(writing=False, actor=actor) as session:
        found, more = demands.list_demands(
            session, state=state, form=declared.form if declared else "", cursor=cursor
        )
    listed = [(demand, demands.need_of(demand)) for demand in found]
    return page(
        request, "demands.html", language, listed=listed, more=more, state=state, states=STATES, form=declared,
        projects=form_named("project"),
    )  # fmt: skip


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
    filled = _read(runtime, actor, form, language)
    state = "draft" if text_of(form, "state") == "draft" else "open"
    review, repeat = runtime.settings.demand_review, bool(text_of(form, "repeat"))
    try:
        said = checked_demand(filled, state)
        if filled.errors:
            return _form_page(request, runtime, language, filled, status=422)
        if not actor.known:
            return kept_forms.keep(request, runtime, form)
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


@router.get("/demands/{key}")
def demand_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, line: str = ""
) -> HTMLResponse:
    """One demand with its matches, of a project those of the ``line``, its first when none is named; for HTMX the matches alone."""
    with runtime.session(writing=False, actor=actor) as session:
        demand = demands.get_demand(session, read_id(key))
        lines = demands.lines_of(session, demand.id)
        by_line = {str(one.line.id): one for one in needs_by_line(session, [demand]).get(demand.id, ())}
        files = files_of(session, demand.id)
        revisions = revisions_of(session, demand) if demand.revision > 1 else []
    need, form = demands.need_of(demand), form_named(demand.form)
    buyer = demand.buyer_company_id
    chosen = by_line.get(line) or next(iter(by_line.values()), None)
    ranked = matches_or_none(
        request, runtime, chosen.need if chosen else need, language, buyer=buyer,
        shown_for=None if chosen else demand.id,
    )  # fmt: skip
    kept = {"line": str(chosen.line.id)} if chosen else {}
    if is_fragment(request):
        return page(request, "parts/matches.html", language, ranked=ranked, kept=kept)
    return page(
        request, "demand.html", language, demand=demand, ranked=ranked, kept=kept, chosen=chosen,
        actions=allowed(demand.state) if demands.may_edit(actor, demand) else [], buys=trade.buys(actor, demand),
        rows=_said_rows(demand, need, language), lines=lines, buyer=demands.may_see_buyer(actor, demand),
        form=form, fields=fit_fields(form, demand.fields), files=files, revisions=revisions,
        days_left=demands.days_left(demand),
        budget=demands.may_see_budget(actor, demand), reviewer=demands.may_review(actor, demand), accepted=ACCEPTED,
        editor=demands.may_edit(actor, demand), findings=[FINDING_MESSAGES[one["code"]] for one in demand.findings],
    )  # fmt: skip


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
    filled = _read(runtime, actor, form, language)
    try:
        said = checked_demand(filled, "draft" if demand.state == "draft" else "open")
        if filled.errors:
            return _form_page(request, runtime, language, filled, demand=demand, status=422)
        kept = said.model_dump(exclude={"state", "buyer_company_id", "need"}) | {
            "city": None,
            "district": None,
        }
        with runtime.session(actor=actor) as session:
            demand = demands.update_demand(
                session,
                demand.id,
                change=DemandUpdate(**kept, need=said.need),
                if_match=f'"{filled.values["version"]}"',
                review=runtime.settings.demand_review,
                corrections_whole=True,
            )
    except InvalidInput as error:
        return _form_page(
            request, runtime, language, _with_errors(filled, error, language), demand=demand, status=422
        )
    if demand.state == "draft" and text_of(form, "state") == "open":
        return _opened(request, runtime, language, demand.id, repeat=bool(text_of(form, "repeat")))
    return go(f"/demands/{demand.id}")


@router.post("/demands/{key}/{action}", dependencies=[SameSite])
def move_demand_page(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Open, close, reopen, take back, approve, reject; or begin another like it."""
    if action == "open":
        return _opened(request, runtime, language, read_id(key))
    with runtime.session(actor=actor) as session:
        if action == "copy":
            demand = copy_demand(session, read_id(key))
            return go(f"/demands/{demand.id}/edit")
        move: Action | None = next((known for known in BY_HAND if known == action), None)
        if move is None or move == "edit":
            raise no_page()
        demand = demands.move_demand(
            session, read_id(key), action=move, note=text_of(form, "note")[:500],
            review=runtime.settings.demand_review,
        )  # fmt: skip
    return go("/demands?state=in_review" if action in ("approve", "reject") else f"/demands/{demand.id}")


def _opened(
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


def matches_or_none(
    request: Request,
    runtime: Runtime,
    need: Need,
    language: Language,
    *,
    buyer: UUID | None = None,
    shown_for: UUID | None = None,
) -> Ranked | None:
    """The matches (the firm ``buyer`` left out, shown for the demand ``shown_for``) under the controls in the address; None while search is down, since the demand itself can be shown."""
    try:
        controls = read_controls(request.query_params, need, language)
        return rank_narrowed(runtime, need, controls, language, buyer=buyer, shown_for=shown_for)
    except SearchUnavailable:
        return None


def _said_rows(demand: Demand, need: Need, language: Language) -> list[Any]:
    rows = need_rows(need, Words(language), fixed=frozenset(demand.corrections) - {"local_only"})
    return [row for row in rows if row.chips]


def _stored(session: Session, demand: Demand, language: Language) -> DemandForm:
    return stored_form(
        demand, demands.lines_of(session, demand.id), demands.guests_of(session, demand.id), language
    )


def _read(runtime: Runtime, actor: Actor, form: FormData, language: Language) -> DemandForm:
    with runtime.session(writing=False, actor=actor) as session:
        return with_written_guest(session, read_form(form, language), language)


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
    status: int = 200,
) -> HTMLResponse:
    with runtime.session(writing=False) as session:
        firms = [get_company(session, firm) for firm in demands.buyer_firms(actor_of_request(request))]
        guests = picked(session, form)
    return page(
        request, "demand_form.html", language, status=status, form=form, demand=demand, kinds=load_kinds(), firms=firms,
        earlier=earlier, guests=guests, kept=kept, forms=load_forms(), groups=GROUPS,
        places=place_choices(runtime.settings.home_division, form.values["adcode"]),
    )  # fmt: skip
