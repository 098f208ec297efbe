"""Verbs of demands: post, edit, move through their life. What other packages may ask of demands stands in ``__all__``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound, PreconditionRequired
from app.core.ids import new_id
from app.core.outbox import enqueue
from app.core.pagination import read_page_by_id
from app.core.tenancy import actor_of
from app.core.versions import check_version
from app.demands.contents import content_of
from app.demands.guests import guests_of, let_in, write_guests
from app.demands.line_schemas import LineSaid
from app.demands.lines import lines_of, write_lines
from app.demands.models import Demand
from app.demands.policy import MOVERS, Action
from app.demands.publishing import decide, hand_in, look_again, publish, settle
from app.demands.review import Mode
from app.demands.revisions import revise, state_revision
from app.demands.rights import (
    buyer_firm,
    buyer_firms,
    may_edit,
    may_review,
    may_see_budget,
    may_see_buyer,
    require_editor,
    require_right,
)
from app.demands.schemas import DemandCreate, DemandUpdate, Terms
from app.demands.showing import days_left, public, published, states_seen
from app.demands.terms import COLUMNS, write_terms
from app.demands.understanding import need_of, understand_demand
from app.fair_play.limits import check_posting
from app.fair_play.repeats import refuse_repeat
from app.registry.service import get_company

__all__ = [
    "buyer_firms", "days_left", "get_demand", "give_draft", "guests_of", "last_firm", "let_in", "lines_of", "list_demands", "may_edit",
    "may_review", "may_see_budget", "may_see_buyer", "move_demand", "need_of", "post_demand", "public", "published",
    "require_editor", "states_seen", "update_demand", "write_lines",
]  # fmt: skip

_UNDERSTOOD = {"title", "description", "lines", "form", "fields"}
"""What the need is read from."""


def get_demand(session: Session, key: UUID, *, for_update: bool = False) -> Demand:
    """The demand with this id. Raises NotFound."""
    demand = session.get(Demand, key, with_for_update=for_update or None)
    if demand is None:
        raise NotFound("未找到该需求", code="demand_not_found")
    return demand


def list_demands(
    session: Session, *, state: str = "", form: str = "", limit: int = 20, cursor: str = ""
) -> tuple[list[Demand], str | None]:
    """Demands in a state, of a request form, or all; the newest first, and the cursor of the next page."""
    query = select(Demand)
    if state:
        query = query.where(col(Demand.state) == state)
    if form:
        query = query.where(col(Demand.form) == form)
    return read_page_by_id(session, query, Demand, newest_first=True, limit=limit, cursor=cursor)


def post_demand(
    session: Session, *, said: DemandCreate, review: Mode = "rules", repeat: bool = False
) -> Demand:
    """Store a demand and what was understood of it; it belongs to the buyer's firm. A draft holds whatever was filled in.

    Posted to be open, it is in review where ``review`` (app.demands.review) wants somebody to look first. Raises
    Unauthenticated, InvalidInput, and Conflict for what the firm said lately, unless it is to ``repeat`` it.
    """
    actor = require(session, "demand.post")
    firm = buyer_firm(actor, said.buyer_company_id)
    if said.state == "open" and not repeat:
        refuse_repeat(session, firm=firm, title=said.title, description=said.description)
    check_posting(session, firm=firm, draft=said.state == "draft")
    demand = Demand(id=new_id(), title=said.title, buyer_company_id=firm, posted_by=actor.id)
    write_terms(demand, _columns(said), lines=[line.name for line in said.lines], draft=said.state == "draft")
    demand.buyer = demand.buyer or (get_company(session, firm).name if firm else "")
    demand.corrections = said.need.stored() if said.need else {}
    understand_demand(demand, said.lines)
    session.add(demand)
    session.flush()
    write_lines(session, demand, said.lines, need_of(demand))
    if said.guests:
        write_guests(session, demand.id, said.guests)
    if said.state == "open":
        publish(session, demand, review)
    state_revision(session, demand)
    return _indexed(session, demand)


def update_demand(
    session: Session,
    key: UUID,
    *,
    change: DemandUpdate,
    if_match: str | None,
    review: Mode = "rules",
    corrections_whole: bool = False,
) -> Demand:
    """Edit words, form, lines, terms or corrections: another revision, matched anew and looked at anew.

    ``corrections_whole``: the corrections sent are all there are, and those made before are forgotten. An edit that
    changes nothing is no edit, whichever version it names: sent again, it is answered as the first time.
    Raises NotFound, Forbidden, PreconditionFailed, PreconditionRequired, Conflict, InvalidInput.
    """
    demand = get_demand(session, key, for_update=True)
    require_editor(session, demand)
    if if_match is None:
        raise PreconditionRequired
    settle(demand, "edit")
    before = content_of(session, demand)
    given = change.model_fields_set
    draft = demand.state == "draft"
    write_terms(demand, _columns(change), lines=[line.name for line in change.lines or ()], draft=draft)
    if "need" in given:
        kept = {} if corrections_whole else demand.corrections
        demand.corrections = {**kept, **change.need.stored()} if change.need else {}
    if given & _UNDERSTOOD:
        lines = _lines_after(session, demand, change)
        understand_demand(demand, lines)
        write_lines(session, demand, lines, need_of(demand))
    if "guests" in given:
        write_guests(session, demand.id, change.guests or [])
    need_of(demand)
    session.flush()
    if content_of(session, demand) == before:
        return demand
    check_version(if_match, demand.version)
    if revise(session, demand, before) or demand.state == "in_review":
        look_again(session, demand, review)
    return touch(session, demand)


def give_draft(session: Session, demand: Demand, firm: UUID) -> Demand:
    """Put a draft under another of the actor's firms, whose name it then bears. Raises InvalidInput for any other firm."""
    if demand.state != "draft" or firm == demand.buyer_company_id:
        return demand
    former, demand.buyer_company_id = demand.buyer_company_id, buyer_firm(actor_of(session), firm)
    if not demand.buyer or (former and demand.buyer == get_company(session, former).name):
        demand.buyer = get_company(session, firm).name
    return touch(session, demand)


def last_firm(session: Session, actor: Actor) -> UUID | None:
    """The firm among those the actor buys for in whose name they last wrote a demand."""
    query = (
        select(col(Demand.buyer_company_id))
        .where(col(Demand.posted_by) == actor.id, col(Demand.buyer_company_id).in_(buyer_firms(actor)))
        .order_by(col(Demand.id).desc())
    )
    return session.scalars(query.limit(1)).first()


def move_demand(
    session: Session,
    key: UUID,
    *,
    action: Action,
    if_match: str | None = None,
    note: str = "",
    review: Mode = "rules",
    repeat: bool = False,
) -> Demand:
    """Make a move of app.demands.policy. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput.

    Moves that follow from something else (a quote, a deal delivered) ask for no right of their own. To reject, the
    ``note`` says why. A draft is opened once it is whole and, unless ``repeat``, says nothing that the firm said lately.
    """
    demand = get_demand(session, key, for_update=True)
    permission = MOVERS[action]
    if permission:
        require_right(session, permission, demand)
    check_version(if_match, demand.version, required=False)
    before = demand.state
    if action == "open":
        hand_in(session, demand, repeat=repeat)
        publish(session, demand, review)
    else:
        settle(demand, action)
    if action == "quote" and before == demand.state:
        return demand  # Nothing changed: whoever is editing keeps the version they read.
    if demand.state == "open":
        state_revision(session, demand)
    if action in ("approve", "reject"):
        decide(session, demand, note, approved=action == "approve")
    return touch(session, demand)


def _columns(said: Terms) -> dict[str, Any]:
    return {name: getattr(said, name) for name in said.model_fields_set & COLUMNS}


def _lines_after(session: Session, demand: Demand, change: DemandUpdate) -> list[LineSaid]:
    if "lines" in change.model_fields_set:
        return change.lines or []
    held = (line for line in lines_of(session, demand.id) if not line.implied)
    return [LineSaid(**line.model_dump(include=set(LineSaid.model_fields))) for line in held]


def touch(session: Session, demand: Demand) -> Demand:
    """Note that the demand changed: its next version, to be indexed anew."""
    demand.version += 1
    demand.updated_at = now()
    return _indexed(session, demand)


def _indexed(session: Session, demand: Demand) -> Demand:
    """Note in this transaction that the demand changed, so that firms are matched with it."""
    session.add(demand)
    session.flush()
    enqueue(session, [(str(demand.id), demand.version)], subject="demand")
    return demand
