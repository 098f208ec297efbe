"""Verbs of demands: post, edit, move through their life, and say what each needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import may, require
from app.core.actor import Actor
from app.core.clock import CHINA, now, today
from app.core.errors import InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.outbox import enqueue
from app.core.pagination import decode_id_cursor, read_page
from app.core.tenancy import actor_of
from app.core.versions import check_version
from app.demands.guests import guests_of, let_in, write_guests
from app.demands.lines import lines_by_demand, lines_of, words_of, write_lines
from app.demands.models import Demand, DemandLine
from app.demands.needs import NeedCorrections, need_from_json, need_to_json
from app.demands.places import locate
from app.demands.policy import BY_HAND, MOVERS, Action, State, allowed, moved
from app.demands.schemas import (
    SEALED_WITHOUT_DEADLINE,
    DemandCreate,
    DemandPublic,
    DemandUpdate,
    LinePublic,
    LineSaid,
    Terms,
)
from app.demands.understanding import completed, read_words
from app.registry.service import get_company
from matching.need import Need
from search.documents import Kind

VALID = timedelta(days=60)
"""How long a demand is valid whose buyer named no end."""

_EMPTY: dict[str, Any] = {
    "title": "", "description": "", "buyer": "", "city": "", "district": "", "adcode": "", "kind": "", "address": "",
    "budget_sealed": False, "sealed": False, "visibility": "public",
}  # fmt: skip
"""What a column holds of which nothing was said; the others hold None."""

__all__ = [
    "VALID", "buyer_firms", "get_demand", "guests_of", "let_in", "lines_of", "list_demands", "may_edit", "may_see_buyer",
    "move_demand", "need_of", "post_demand", "public", "published", "require_editor", "update_demand", "write_lines",
]  # fmt: skip


def get_demand(session: Session, key: UUID, *, for_update: bool = False) -> Demand:
    """The demand with this id. Raises NotFound."""
    demand = session.get(Demand, key, with_for_update=for_update or None)
    if demand is None:
        raise NotFound("未找到该需求", code="demand_not_found")
    return demand


def list_demands(
    session: Session, *, state: str = "", limit: int = 20, cursor: str = ""
) -> tuple[list[Demand], str | None]:
    """Demands, the newest first, and the cursor of the next page."""
    # Ids are UUIDv7: their order is that of creation.
    query = select(Demand).order_by(col(Demand.id).desc())
    if state:
        query = query.where(col(Demand.state) == state)
    if cursor:
        query = query.where(col(Demand.id) < decode_id_cursor(cursor))
    return read_page(session, query, limit=limit, key=lambda row: str(row.id))


def post_demand(session: Session, *, said: DemandCreate) -> Demand:
    """Store a demand and what was understood of it; it belongs to the buyer's firm. Raises Unauthenticated, InvalidInput."""
    actor = require(session, "demand.post")
    firm = _buyer_firm(actor, said.buyer_company_id)
    buyer = said.buyer or (get_company(session, firm).name if firm else "")
    demand = Demand(
        id=new_id(),
        title=said.title,
        buyer_company_id=firm,
        posted_by=actor.id,
        need=need_to_json(_read(said.title, said.description, said.lines)),
        corrections=said.need.stored() if said.need else {},
    )
    _write(demand, said.model_copy(update={"buyer": buyer}))
    need = need_of(demand)
    session.add(demand)
    session.flush()
    write_lines(session, demand, said.lines, need)
    if said.guests:
        write_guests(session, demand.id, said.guests)
    if said.state == "open":
        _settle(demand, "open")
    return _indexed(session, demand)


def update_demand(session: Session, key: UUID, *, change: DemandUpdate, if_match: str | None) -> Demand:
    """Edit words, form fields, lines, terms or corrections. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""
    demand = get_demand(session, key, for_update=True)
    require_editor(session, demand)
    check_version(if_match, demand.version)
    _settle(demand, "edit")
    given = change.model_fields_set
    _write(demand, change)
    if "need" in given:
        demand.corrections = {**demand.corrections, **change.need.stored()} if change.need else {}
    if {"title", "description", "lines"} & given:
        lines = _lines_after(session, demand, change)
        demand.need = need_to_json(_read(demand.title, demand.description, lines))
        write_lines(session, demand, lines, need_of(demand))
    if "guests" in given:
        write_guests(session, demand.id, change.guests or [])
    need_of(demand)
    return _touch(session, demand)


def _lines_after(session: Session, demand: Demand, change: DemandUpdate) -> list[LineSaid]:
    if "lines" in change.model_fields_set:
        return change.lines or []
    wanted = set(LineSaid.model_fields)
    return [
        LineSaid(**line.model_dump(include=wanted))
        for line in lines_of(session, demand.id)
        if not line.implied
    ]


def _read(title: str, description: str, lines: Sequence[LineSaid]) -> Need:
    return read_words(title, "\n".join(part for part in (description, words_of(lines)) if part))


def _write(demand: Demand, said: Terms) -> None:
    """Put what was said into the row's own columns. Raises InvalidInput for terms that contradict each other."""
    own = said.model_fields_set & set(Demand.model_fields) - {"need", "state", "buyer_company_id"}
    for name in own:
        value = getattr(said, name)
        setattr(demand, name, _EMPTY.get(name) if value is None else value)
    if isinstance(said, DemandCreate):
        demand.buyer = said.buyer
    problems = list(_wrong_terms(demand, own))
    if problems:
        raise InvalidInput(problems=problems)


def _wrong_terms(demand: Demand, given: set[str]) -> list[Problem]:
    wrong = []
    if demand.sealed and demand.quotes_until is None:
        wrong.append(Problem("quotes_until", "required", SEALED_WITHOUT_DEADLINE))
    for name in sorted({"quotes_until", "valid_until"} & given):
        moment: datetime | None = getattr(demand, name)
        if moment and moment <= now():
            wrong.append(Problem(name, "in_the_past", "时间已过，请填写将来的时间"))
    if demand.quotes_until and demand.valid_until and demand.quotes_until > demand.valid_until:
        wrong.append(Problem("quotes_until", "reversed", "报价截止晚于需求有效期，请提前或延长有效期"))
    return wrong


def move_demand(session: Session, key: UUID, *, action: Action, if_match: str | None = None) -> Demand:
    """Make a move of app.demands.policy. Raises NotFound, Forbidden, PreconditionFailed, Conflict.

    Moves that follow from something else (a quote, a deal delivered) ask for no right of their own.
    """
    demand = get_demand(session, key, for_update=True)
    permission = MOVERS[action]
    if permission:
        require(session, permission, **_concerned(demand))
    check_version(if_match, demand.version, required=False)
    before = demand.state
    _settle(demand, action)
    if action == "quote" and before == demand.state:
        return demand  # Nothing changed: whoever is editing keeps the version they read.
    return _touch(session, demand)


def _settle(demand: Demand, action: Action) -> None:
    """Make the move and note its moment. Raises Conflict."""
    demand.state = moved(demand.state, action)
    if action in ("open", "approve", "reopen") and demand.state == "open":
        demand.published_at = demand.published_at or now()
        if demand.valid_until is None or demand.valid_until <= now():
            demand.valid_until = now() + VALID
        if demand.quotes_until and demand.quotes_until <= now():
            demand.quotes_until = None
            demand.sealed = False
    over = demand.state in ("closed", "expired", "withdrawn", "fulfilled")
    demand.closed_at = (demand.closed_at or now()) if over else None


def need_of(demand: Demand) -> Need:
    """What is matched: the understood need, the form's place and kind, and the corrections. Raises InvalidInput."""
    return completed(
        need_from_json(demand.need),
        place=locate(city=demand.city, district=demand.district, adcode=demand.adcode),
        kind=cast(Kind, demand.kind) if demand.kind else None,
        corrections=NeedCorrections.model_validate(demand.corrections) if demand.corrections else None,
    )


def public(session: Session, demand: Demand) -> DemandPublic:
    """As the API shows it to the session's actor."""
    return published(session, [demand])[0]


def published(session: Session, demands: Sequence[Demand]) -> list[DemandPublic]:
    """Several as the API shows them to the session's actor, their lines read at once."""
    actor = actor_of(session)
    lines = lines_by_demand(session, [demand.id for demand in demands])
    return [_shown(actor, demand, lines[demand.id]) for demand in demands]


def _shown(actor: Actor, demand: Demand, lines: Sequence[DemandLine]) -> DemandPublic:
    shown = DemandPublic(
        **demand.model_dump(exclude={"kind", "state", "need", "posted_by", "visibility"}),
        kind=cast(Kind, demand.kind) if demand.kind else None,
        state=cast(State, demand.state),
        visibility=demand.visibility,
        need=need_of(demand),
        lines=[LinePublic.model_validate(line) for line in lines],
        days_left=days_left(demand),
        actions=[action for action in allowed(demand.state) if action in BY_HAND],
    )
    if not may_see_buyer(actor, demand):
        shown.buyer, shown.buyer_company_id = "", None
    if demand.budget_sealed and not of_the_house(actor, demand):
        shown.budget_low = shown.budget_high = None
    return shown


def days_left(demand: Demand) -> int | None:
    """Days until the demand expires, 0 on the last; None when it does not, or is over."""
    if demand.valid_until is None or demand.closed_at:
        return None
    return max((demand.valid_until.astimezone(CHINA).date() - today()).days, 0)


def of_the_house(actor: Actor, demand: Demand) -> bool:
    """Whether the actor is of the buyer's side, in whatever seat, or looks after the place."""
    return demand.buyer_company_id in actor.seats or may_edit(actor, demand)


def may_see_buyer(actor: Actor, demand: Demand) -> bool:
    """Whether the buyer's name is shown: an anonymous one's only to their own side."""
    return demand.visibility != "anonymous" or of_the_house(actor, demand)


def may_edit(actor: Actor, demand: Demand) -> bool:
    """Whether the actor may edit, open and close a demand."""
    return may(actor, "demand.edit", **_concerned(demand))


def require_editor(session: Session, demand: Demand) -> None:
    """Raise Unauthenticated or Forbidden unless the session's actor may edit the demand."""
    require(session, "demand.edit", **_concerned(demand))


def _concerned(demand: Demand) -> dict[str, Any]:
    """Whom the policy looks at: the firm; the writer, where there is no firm; the operators of the place."""
    maker = demand.posted_by if demand.buyer_company_id is None else None
    return {"company_id": demand.buyer_company_id, "maker": maker, "division": demand.adcode}


def buyer_firms(actor: Actor) -> list[UUID]:
    """The firms the actor may buy for."""
    return [firm for firm in actor.companies if may(actor, "demand.edit", company_id=firm)]


def _buyer_firm(actor: Actor, asked: UUID | None) -> UUID | None:
    """The firm a demand will belong to: the one asked for, else the actor's only one. Raises InvalidInput."""
    firms = buyer_firms(actor)
    if asked is not None and asked not in firms:
        raise _wrong_firm("seat_required", "您在该企业没有可以发布需求的席位")
    if asked is None and len(firms) > 1:
        raise _wrong_firm("ambiguous_company", "您在几家企业有席位，请选择以哪一家的名义发布")
    return asked or next(iter(firms), None)


def _wrong_firm(code: str, message: str) -> InvalidInput:
    return InvalidInput(problems=[Problem("buyer_company_id", code, message)])


def _touch(session: Session, demand: Demand) -> Demand:
    demand.version += 1
    demand.updated_at = now()
    return _indexed(session, demand)


def _indexed(session: Session, demand: Demand) -> Demand:
    """Note in this transaction that the demand changed, so that firms are matched with it."""
    session.add(demand)
    session.flush()
    enqueue(session, [(str(demand.id), demand.version)], subject="demand")
    return demand
