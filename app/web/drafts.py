"""Drafts of demands as pages keep them: whatever can be kept is, and what cannot is named and left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from app.accounts.policy import may
from app.catalogue.service import draft_form
from app.core.actor import Actor
from app.core.errors import InvalidInput, Problem
from app.core.i18n import Language
from app.core.idempotency import answered, once
from app.core.tenancy import actor_of
from app.demands import service as demands
from app.demands.models import Demand
from app.demands.schemas import DemandCreate
from app.registry.service import get_company
from app.web.demand_forms import DemandForm, change_of, said_of
from app.web.forms import Errors, errors_of, invalid_input
from app.web.needs import PREFIX

_ROUTE = "page:/demands/draft"


@dataclass(frozen=True, slots=True)
class Begun:
    """The draft that a form began, and its version then."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft that was kept, and by field of the form why something of it was not."""

    demand: Demand
    left_out: Errors


def begun(session: Session, key: str) -> Begun | None:
    """The draft that the form with this key began, if it did."""
    found = answered(session, key=key, route=_ROUTE)
    return Begun(UUID(found["id"]), found["version"]) if found else None


def begin(session: Session, filled: DemandForm, language: Language) -> Kept:
    """Keep the form as a new draft; sent again with its key, as that same draft. Raises what keep raises, TooManyRequests."""
    said, left_out, _ = _keepable(filled, language)
    made: list[Demand] = []

    def create() -> dict[str, Any]:
        made.append(demands.post_demand(session, said=said))
        return {"id": str(made[0].id), "version": made[0].version}

    # The form goes on changing under one key, which stands for the draft and not for what it says.
    first = once(session, key=filled.values["key"] or None, route=_ROUTE, request="draft", create=create)
    if made:
        return Kept(made[0], left_out)
    demand = demands.get_demand(session, UUID(first["id"]))
    if demand.state != "draft":
        return Kept(demand, {})  # Published under this key: sending the form again changes nothing.
    version = filled.values["version"] or str(first["version"])
    return keep(session, demand.id, replace(filled, values=filled.values | {"version": version}), language)


def keep(session: Session, key: UUID, filled: DemandForm, language: Language) -> Kept:
    """Keep the form in the draft it was filled in from. What is left out stays in the draft as it was.

    Raises NotFound, Forbidden, PreconditionFailed when the draft was edited elsewhere meanwhile, Conflict, InvalidInput.
    """
    firm = demands.get_demand(session, key).buyer_company_id
    asked = filled.values["buyer_company_id"] or str(firm)
    others = (
        get_company(session, one) for one in demands.buyer_firms(actor_of(session)) if str(one) != asked
    )
    if filled.values["buyer"] in {other.name for other in others}:
        # The name of the firm it was under until another was chosen, standing in its box still.
        filled = replace(filled, values=filled.values | {"buyer": ""})
    said, left_out, unsaid = _keepable(filled, language)
    change = change_of(said, firm=firm, without=unsaid)
    # Two versions where the form's last save may or may not have arrived when this one was sent after it.
    if_match = ", ".join(f'"{one}"' for one in filled.values["version"].split(","))
    demand = demands.update_demand(session, key, change=change, if_match=if_match, corrections_whole=True)
    if said.buyer_company_id:
        demand = demands.give_draft(session, demand, said.buyer_company_id)
    return Kept(demand, left_out)


def autosave_address(actor: Actor, demand: Demand | None) -> str:
    """Where the form of a draft saves itself while it is typed; "" where it does not: what is published changes when it is sent."""
    if demand is None:
        return "/demands/autosave" if actor.known and may(actor, "demand.post") else ""
    return f"/demands/{demand.id}/autosave" if demand.state == "draft" else ""


def line_ids(session: Session, demand: Demand) -> list[str]:
    """Ids of the lines that were written, in their order."""
    return [str(line.id) for line in demands.lines_of(session, demand.id) if not line.implied]


def gone_on_from(session: Session, filled: DemandForm, demand: Demand) -> DemandForm:
    """The form as it was sent, to be sent again: from the version that is kept now, its lines those of the draft."""
    ids = line_ids(session, demand)
    lines = [row | {"id": key} for row, key in zip(filled.lines, ids, strict=False)]
    whole = lines if len(ids) == len(filled.lines) else filled.lines
    return replace(filled, values=filled.values | {"version": str(demand.version)}, lines=whole)


def _keepable(filled: DemandForm, language: Language) -> tuple[DemandCreate, Errors, set[str]]:
    """What a draft can hold of the form, why the rest cannot be held, and the fields of which nothing is said for it."""
    said = said_of(filled, "draft")
    everything, left_out = set(said), dict(filled.errors)
    for name in filled.errors:
        said.pop("need" if name.startswith(PREFIX) else name, None)
    if filled.form:
        try:
            draft_form(filled.form, filled.fields)
        except InvalidInput as refused:
            _leave_out(said, refused.problems)
            left_out |= errors_of(refused, language)
    while True:
        try:
            return DemandCreate.model_validate(said), left_out, everything - set(said)
        except ValidationError as error:
            wrong = invalid_input(error)
            if not _leave_out(said, wrong.problems):
                raise wrong from error
            left_out |= errors_of(wrong, language)


def _leave_out(said: dict[str, Any], problems: Sequence[Problem]) -> bool:
    """Take the values out of what is said; whether there was anything to take."""
    before = _size(said)
    for problem in problems:
        match problem.field.split("."):
            case ["lines", at, part, *_]:
                said["lines"][int(at)].pop(part, None)
            case ["fields", name, *_]:
                said["fields"].pop(name, None)
            case [name, *_]:
                said.pop(name, None)
    return _size(said) < before


def _size(said: dict[str, Any]) -> int:
    return len(said) + len(said.get("fields", ())) + sum(len(line) for line in said.get("lines", ()))
