"""What a code stands for, read from the database once: the firm, what it offers, its capacity, its papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.catalogue.declarations import load_kinds
from app.catalogue.models import INDEXED_STATUSES, Listing
from app.codes.models import EnterpriseCode
from app.core.actor import Actor
from app.deals.schemas import Standing
from app.deals.service import standing
from app.registry.contacts import Contact, contact_of
from app.registry.models import Company
from search.documents import Kind

MOST_LISTINGS = 60


@dataclass(frozen=True, slots=True)
class Capacity:
    """A line with time free today: percent free, and until when it was stated; None when no window says."""

    listing_id: str
    title: str
    free: float
    until: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a resolved code shows; each representation is made from it."""

    code: EnterpriseCode
    company: Company
    contact: Contact
    listings: tuple[Listing, ...]
    """What is offered, what the firm stated itself first."""
    capacities: tuple[Capacity, ...]
    certificates: tuple[str, ...]
    """Quality systems and certificates the firm states in its listings."""
    standing: Standing

    @property
    def changes_by_day(self) -> bool:
        """Whether what it shows is another tomorrow though nothing is written: windows of capacity, shares of late answers."""
        windows = any(listing.fields.get("free_windows") for listing in self.listings)
        return windows or bool(self.standing)

    def by_kind(self) -> dict[Kind, list[Listing]]:
        """Listings in the order of the kinds."""
        found = {kind: [one for one in self.listings if one.kind == kind] for kind in load_kinds()}
        return {kind: some for kind, some in found.items() if some}


# Built once, for they are asked for every answer that is made.
_CODE_AND_FIRM = (
    select(EnterpriseCode, Company)
    .join(Company, col(Company.id) == col(EnterpriseCode.company_id))
    .where(col(EnterpriseCode.code) == bindparam("code"))
)
_LISTINGS = (
    select(Listing)
    .where(col(Listing.company_id) == bindparam("firm"), col(Listing.status).in_(INDEXED_STATUSES))
    .order_by(col(Listing.status).desc(), col(Listing.confidence).desc(), col(Listing.id))
    .limit(MOST_LISTINGS)
)


def load_card(session: Session, code: str, *, viewer: Actor, today: date) -> Card:
    """The card of a code, in its normal form, as ``viewer`` may see it."""
    held, company = session.execute(_CODE_AND_FIRM, {"code": code}).one()
    listings = tuple(session.scalars(_LISTINGS, {"firm": company.id}))
    if held.listing_id:
        listings = tuple(sorted(listings, key=lambda one: one.id != held.listing_id))
    return Card(
        code=held,
        company=company,
        contact=contact_of(company, viewer),
        listings=listings,
        capacities=tuple(free_now(listings, today)),
        certificates=tuple(certificates(listings)),
        standing=standing(session, company.id),
    )


def free_now(listings: tuple[Listing, ...], today: date) -> list[Capacity]:
    """Lines with time free today: what the window around today says, else the share stated for now."""
    found = []
    for listing in listings:
        if listing.kind != "capacity":
            continue
        window = _window(listing.fields, today.isoformat())
        free = window["free"] if window else listing.fields.get("free_share")
        if free:
            found.append(
                Capacity(str(listing.id), listing.title, float(free), window["to"] if window else None)
            )
    return sorted(found, key=lambda one: -one.free)


def _window(fields: Mapping[str, Any], today: str) -> Mapping[str, Any] | None:
    windows = fields.get("free_windows") or ()
    return next((one for one in windows if one["from"] <= today <= one["to"] and "free" in one), None)


def certificates(listings: tuple[Listing, ...]) -> list[str]:
    """What listings state in fields that their kind declares to be certificates, each once."""
    kinds = load_kinds()
    found: dict[str, None] = {}
    for listing in listings:
        declared = kinds.get(listing.kind)  # type: ignore[call-overload]
        for field in declared.fields if declared else ():
            if field.spec == "certificate":
                said = listing.fields.get(field.key) or ()
                found |= dict.fromkeys([said] if isinstance(said, str) else said)
    return list(found)
