"""Verbs of the catalogue: state a listing, edit it, move it through its life. Each touches its company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import may, require
from app.catalogue.declarations import FormDeclaration, load_kinds
from app.catalogue.models import PARTS, Listing
from app.catalogue.policy import DEFAULT_ROLES, Action, moved
from app.catalogue.problems import FieldProblem, InvalidFields, problem_text
from app.catalogue.schemas import ListingCreate, ListingUpdate
from app.catalogue.superseding import supersede_drafts
from app.catalogue.validation import read_fields, validate_form
from app.catalogue.values import may_keep
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.versions import check_version
from app.registry.models import Company
from app.registry.service import get_company, home_division, touch_company
from search.documents import Kind


def get_listing(session: Session, key: UUID, *, for_update: bool = False) -> Listing:
    """The listing with this id; ``for_update`` locks its company, then it. Raises NotFound."""
    listing = session.get(Listing, key)
    if listing and for_update:
        # The company first, as everywhere: bulk statements hold companies when they come to their listings.
        get_company(session, listing.company_id, for_update=True)
        listing = session.get(Listing, key, with_for_update=True, populate_existing=True)
    if listing is None:
        raise NotFound("未找到该供给条目", code="listing_not_found")
    return listing


def list_listings(
    session: Session,
    *,
    company_id: UUID | None = None,
    kind: str = "",
    status: str = "",
    limit: int = 20,
    cursor: str = "",
) -> tuple[list[Listing], str | None]:
    """Listings in order of their ids, and the cursor of the next page. Raises NotFound for an unknown company."""
    query = select(Listing)
    if company_id:
        get_company(session, company_id)
        query = query.where(col(Listing.company_id) == company_id)
    if kind:
        query = query.where(col(Listing.kind) == kind)
    if status:
        query = query.where(col(Listing.status) == status)
    return read_page_by_id(session, query, Listing, limit=limit, cursor=cursor)


def create_listing(session: Session, *, said: ListingCreate) -> Listing:
    """State something a firm offers. Raises NotFound for the company, Forbidden, InvalidInput for the fields."""
    require_writer(session, get_company(session, said.company_id, for_update=True))
    listing = Listing(
        id=new_id(),
        company_id=said.company_id,
        kind=said.kind,
        role=said.role or DEFAULT_ROLES.get(said.kind, "service"),
        title=said.title,
        summary=said.summary,
        fields=clean_fields(said.kind, said.fields),
        by_hand=[part for part in PARTS if getattr(said, part)],
    )
    session.add(listing)
    supersede_drafts(session, [said.company_id])
    touch_company(session, said.company_id)
    return listing


def update_listing(session: Session, key: UUID, *, change: ListingUpdate, if_match: str | None) -> Listing:
    """Edit a listing; an edited draft counts as stated. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""
    listing = get_listing(session, key, for_update=True)
    require_writer(session, get_company(session, listing.company_id))
    check_version(if_match, listing.version)
    status = moved(listing.status, "edit", source=listing.source)
    given = change.model_fields_set
    before = {part: getattr(listing, part) for part in PARTS}
    listing.kind = change.kind or listing.kind
    listing.role = change.role or listing.role
    listing.title = change.title or listing.title
    if "summary" in given:
        listing.summary = change.summary or ""
    if "fields" in given or (change.kind and listing.fields):
        listing.fields = clean_fields(
            change.kind or _kind(listing), change.fields if "fields" in given else listing.fields
        )
    corrected = [part for part in PARTS if getattr(listing, part) != before[part]]
    listing.by_hand = [part for part in PARTS if part in corrected or part in listing.by_hand]
    listing.status = status
    return _touch(session, listing)


def move_listing(session: Session, key: UUID, *, action: Action, if_match: str | None) -> Listing:
    """Confirm, dismiss, undo, withdraw or republish. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    listing = get_listing(session, key, for_update=True)
    require_writer(session, get_company(session, listing.company_id))
    check_version(if_match, listing.version, required=False)
    listing.status = moved(listing.status, action, source=listing.source)
    return _touch(session, listing)


def clean_fields(kind: Kind, fields: Mapping[str, Any] | None) -> dict[str, Any]:
    """A listing's fields as they are kept. Raises InvalidInput naming each wrong one."""
    return clean_form(load_kinds()[kind], fields)


def clean_form(declaration: FormDeclaration, fields: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of a form as they are kept. Raises InvalidInput naming each wrong one."""
    try:
        return validate_form(declaration, fields or {})
    except InvalidFields as error:
        raise InvalidInput(problems=[_of_field(found) for found in error.problems]) from error


def draft_form(declaration: FormDeclaration, fields: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of a form not yet handed in: clean where they are right, else as they were sent, to be put right later.

    Raises InvalidInput for fields that the form does not have, and for what no field of that type is shown from.
    """
    given = fields or {}
    clean, problems = read_fields(declaration, given)
    kept = {
        one.key: given[one.key]
        for one in declaration.fields
        if one.key in given and one.key not in clean and may_keep(one, given[one.key])
    }
    lost = [found for found in problems if found.field in given and found.field not in kept]
    if lost:
        raise InvalidInput(problems=[_of_field(found) for found in lost])
    return clean | kept


def _of_field(found: FieldProblem) -> Problem:
    return Problem(
        f"fields.{found.field}".rstrip("."),
        found.code,
        {"zh": problem_text(found, "zh"), "en": problem_text(found, "en")},
        {name: value for name, value in found.params.items() if name != "label"},
    )


def may_write(actor: Actor, company: Company) -> bool:
    """Whether the actor may state and edit what a company offers."""
    return may(actor, "listing.write", company_id=company.id, division=home_division(company))


def require_writer(session: Session, company: Company) -> None:
    """Raise Unauthenticated or Forbidden unless the session's actor may state what a company offers."""
    require(session, "listing.write", company_id=company.id, division=home_division(company))


def _kind(listing: Listing) -> Kind:
    kind: Kind = listing.kind  # type: ignore[assignment]
    return kind


def _touch(session: Session, listing: Listing) -> Listing:
    listing.version += 1
    listing.updated_at = now()
    session.add(listing)
    supersede_drafts(session, [listing.company_id])
    touch_company(session, listing.company_id)
    return listing
