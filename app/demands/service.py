"""Verbs of demands: post, edit, move through their life, and say what each needs."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import may, require
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import decode_id_cursor, read_page
from app.core.versions import check_version
from app.demands.models import Demand
from app.demands.needs import NeedCorrections, need_from_json, need_to_json
from app.demands.places import locate
from app.demands.policy import Action, State, allowed, moved
from app.demands.schemas import DemandCreate, DemandPublic, DemandUpdate
from app.demands.understanding import completed, read_words
from app.registry.service import get_company
from matching.need import Need
from search.documents import Kind


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
        description=said.description,
        buyer=buyer,
        buyer_company_id=firm,
        posted_by=actor.id,
        city=said.city,
        district=said.district,
        adcode=said.adcode or "",
        kind=said.kind or "",
        state=said.state,
        need=need_to_json(read_words(said.title, said.description)),
        corrections=said.need.stored() if said.need else {},
    )
    need_of(demand)
    session.add(demand)
    session.flush()
    return demand


def update_demand(session: Session, key: UUID, *, change: DemandUpdate, if_match: str | None) -> Demand:
    """Edit words, form fields or corrections. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""
    demand = get_demand(session, key, for_update=True)
    require_editor(session, demand)
    check_version(if_match, demand.version)
    demand.state = moved(demand.state, "edit")
    given = change.model_fields_set
    for name in given - {"need"}:
        setattr(demand, name, getattr(change, name) or "")
    if "need" in given:
        demand.corrections = {**demand.corrections, **change.need.stored()} if change.need else {}
    if {"title", "description"} & given:
        demand.need = need_to_json(read_words(demand.title, demand.description))
    need_of(demand)
    return _touch(session, demand)


def move_demand(session: Session, key: UUID, *, action: Action, if_match: str | None = None) -> Demand:
    """Open, close or reopen. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    demand = get_demand(session, key, for_update=True)
    require_editor(session, demand)
    check_version(if_match, demand.version, required=False)
    demand.state = moved(demand.state, action)
    demand.closed_at = now() if demand.state == "closed" else None
    return _touch(session, demand)


def need_of(demand: Demand) -> Need:
    """What is matched: the understood need, the form's place and kind, and the corrections. Raises InvalidInput."""
    return completed(
        need_from_json(demand.need),
        place=locate(city=demand.city, district=demand.district, adcode=demand.adcode),
        kind=cast(Kind, demand.kind) if demand.kind else None,
        corrections=NeedCorrections.model_validate(demand.corrections) if demand.corrections else None,
    )


def public(demand: Demand) -> DemandPublic:
    """As the API shows it."""
    return DemandPublic(
        **demand.model_dump(exclude={"kind", "state", "need", "posted_by"}),
        kind=cast(Kind, demand.kind) if demand.kind else None,
        state=cast(State, demand.state),
        need=need_of(demand),
        actions=allowed(demand.state),
    )


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
    session.add(demand)
    session.flush()
    return demand
