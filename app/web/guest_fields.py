"""The firms that a buyer invites on the posting form: picked from a list, or written by name or credit code."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, col, select
from starlette.datastructures import FormData

from app.core.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.i18n import Language, translate
from app.core.runtime import Runtime
from app.registry.models import Company
from app.registry.service import company_names, get_company_by_uscc
from app.web.demand_forms import DemandForm, read_form

UNKNOWN = "没有找到这家企业，请从列表中选择，或写完整的名称、统一社会信用代码"


def with_written_guest(session: Session, filled: DemandForm, language: Language) -> DemandForm:
    """The form with the firm picked whose whole name or code stands in the box, or an error beside the box."""
    if not filled.guest:
        return filled
    found = _written(session, filled.guest)
    if found is None:
        return replace(filled, errors={**filled.errors, "guest": [translate(UNKNOWN, language)]})
    return replace(filled, guests=list(dict.fromkeys([*filled.guests, str(found)])), guest="")


def read_with_guest(runtime: Runtime, actor: Actor, form: FormData, language: Language) -> DemandForm:
    """What was sent, the firm written in the box looked up."""
    with runtime.session(writing=False, actor=actor) as session:
        return with_written_guest(session, read_form(form, language), language)


def picked(session: Session, filled: DemandForm) -> list[tuple[str, str]]:
    """Ids and names of the firms picked, as far as they are registered."""
    wanted = []
    for one in filled.guests:
        with suppress(ValueError):
            wanted.append(UUID(one))
    names = company_names(session, wanted)
    return [(str(key), names[key]) for key in wanted if key in names]


def _written(session: Session, text: str) -> UUID | None:
    with suppress(InvalidInput, NotFound):
        return get_company_by_uscc(session, text).id
    named = session.exec(select(Company.id).where(col(Company.name) == text).limit(2)).all()
    return named[0] if len(named) == 1 else None
