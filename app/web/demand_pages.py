"""Pages of demands: the list, one demand with its matches, and the moves made on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.demands import service as demands
from app.demands.files import ACCEPTED, files_of
from app.demands.forms import form_named
from app.demands.line_needs import needs_by_line
from app.demands.models import Demand
from app.demands.policy import BY_HAND, STATES, Action, allowed
from app.demands.review import FINDING_MESSAGES
from app.demands.revisions import revisions_of
from app.demands.templates import copy_demand
from app.demands.understanding import fit_fields
from app.trade import service as trade
from app.web.demand_form_pages import opened
from app.web.forms import FormDep, text_of
from app.web.needs import need_rows
from app.web.pages import PageLanguage, SameSite, go, is_fragment, no_page, page, read_id
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
        seen = demands.states_seen(session)
    listed = [(demand, demands.need_of(demand)) for demand in found]
    return page(
        request, "demands.html", language, listed=listed, more=more, state=state, form=declared,
        states=[one for one in STATES if one == state or one in seen], projects=form_named("project"),
    )  # fmt: skip


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
        in_part = trade.in_part(session, demand)
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
        form=form, fields=fit_fields(form, demand.fields), files=files, revisions=revisions, in_part=in_part,
        days_left=demands.days_left(demand),
        budget=demands.may_see_budget(actor, demand), reviewer=demands.may_review(actor, demand), accepted=ACCEPTED,
        editor=demands.may_edit(actor, demand), findings=[FINDING_MESSAGES[one["code"]] for one in demand.findings],
    )  # fmt: skip


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
        return opened(request, runtime, language, read_id(key))
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
