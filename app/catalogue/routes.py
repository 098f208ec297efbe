"""Listings and their kinds over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Response

from app.catalogue import service
from app.catalogue.declarations import load_kinds
from app.catalogue.json_schema import json_schema
from app.catalogue.models import Listing
from app.catalogue.policy import Action, Status
from app.catalogue.schemas import (
    KindList,
    KindPublic,
    ListingCreate,
    ListingPublic,
    ListingUpdate,
    listing_examples,
)
from app.core.http import (
    CursorQuery,
    IdempotencyKey,
    IfMatch,
    LimitQuery,
    SessionDep,
    tag_version,
    versioned,
)
from app.core.idempotency import made_once
from app.core.pagination import Page
from app.core.problem_details import errors
from search.documents import Kind

router = APIRouter(prefix="/api/v1", tags=["catalogue"])

MOVED = versioned(200, 403, 404, 409, 412)


@router.get("/kinds", tags=["lookups"], responses=errors())
def list_kinds() -> KindList:
    """生产要素的种类 The ten kinds of production factor."""
    return KindList(items=[KindPublic.model_validate(declared) for declared in load_kinds().values()])


@router.get("/kinds/{kind}/schema", tags=["lookups"], responses=errors())
def get_kind_schema(kind: Kind) -> dict[str, Any]:
    """某一种类的字段 What a kind's ``fields`` may hold, as JSON Schema 2020-12."""
    return json_schema(kind)


@router.get("/listings", responses=errors(404))
def list_listings(
    session: SessionDep,
    company_id: UUID | None = None,
    kind: Kind | None = None,
    status: Status | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[ListingPublic]:
    """供给条目列表 Listings, in order of their ids."""
    found, more = service.list_listings(
        session, company_id=company_id, kind=kind or "", status=status or "", limit=limit, cursor=cursor
    )
    return Page(items=[ListingPublic.model_validate(listing) for listing in found], next_cursor=more)


@router.get("/companies/{company_id}/listings", responses=errors(404))
def list_company_listings(
    session: SessionDep,
    company_id: UUID,
    kind: Kind | None = None,
    status: Status | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[ListingPublic]:
    """某企业的供给条目 What one company offers, drafts included."""
    return list_listings(session, company_id, kind, status, limit, cursor)


@router.post("/listings", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413))
def create_listing(
    session: SessionDep,
    said: Annotated[ListingCreate, Body(openapi_examples=listing_examples())],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ListingPublic:
    """发布供给条目 State something a company offers."""

    def make() -> ListingPublic:
        listing = service.create_listing(session, said=said)
        return ListingPublic.model_validate(listing)

    listing = made_once(
        session, ListingPublic, key=idempotency_key, route="POST /listings", said=said, make=make
    )
    response.headers["Location"] = f"/api/v1/listings/{listing.id}"
    tag_version(response, listing.version)
    return listing


@router.get("/listings/{listing_id}", responses=versioned(200, 404))
def get_listing(session: SessionDep, listing_id: UUID, response: Response) -> ListingPublic:
    """供给条目详情 One listing."""
    return _answer(response, service.get_listing(session, listing_id))


@router.patch("/listings/{listing_id}", responses=versioned(200, 400, 403, 404, 409, 412, 413, 428))
def update_listing(
    session: SessionDep, listing_id: UUID, change: ListingUpdate, response: Response, if_match: IfMatch = None
) -> ListingPublic:
    """修改供给条目 Edit a listing; an edited draft counts as stated by the firm."""
    return _answer(response, service.update_listing(session, listing_id, change=change, if_match=if_match))


@router.post("/listings/{listing_id}/confirm", responses=MOVED)
def confirm_listing(
    session: SessionDep, listing_id: UUID, response: Response, if_match: IfMatch = None
) -> ListingPublic:
    """确认草稿 The firm confirms a draft."""
    return _move(session, listing_id, response, "confirm", if_match)


@router.post("/listings/{listing_id}/dismiss", responses=MOVED)
def dismiss_listing(
    session: SessionDep, listing_id: UUID, response: Response, if_match: IfMatch = None
) -> ListingPublic:
    """否认草稿 The firm refuses a draft; imports do not bring it back."""
    return _move(session, listing_id, response, "dismiss", if_match)


@router.post("/listings/{listing_id}/undo", responses=MOVED)
def undo_listing(
    session: SessionDep, listing_id: UUID, response: Response, if_match: IfMatch = None
) -> ListingPublic:
    """退回草稿 Back to draft, from confirmed or dismissed."""
    return _move(session, listing_id, response, "undo", if_match)


@router.post("/listings/{listing_id}/withdraw", responses=MOVED)
def withdraw_listing(
    session: SessionDep, listing_id: UUID, response: Response, if_match: IfMatch = None
) -> ListingPublic:
    """撤下 No longer offered."""
    return _move(session, listing_id, response, "withdraw", if_match)


@router.post("/listings/{listing_id}/republish", responses=MOVED)
def republish_listing(
    session: SessionDep, listing_id: UUID, response: Response, if_match: IfMatch = None
) -> ListingPublic:
    """重新发布 Offered again after it was withdrawn."""
    return _move(session, listing_id, response, "republish", if_match)


def _move(
    session: SessionDep, key: UUID, response: Response, action: Action, if_match: str | None
) -> ListingPublic:
    return _answer(response, service.move_listing(session, key, action=action, if_match=if_match))


def _answer(response: Response, listing: Listing) -> ListingPublic:
    tag_version(response, listing.version)
    return ListingPublic.model_validate(listing)
