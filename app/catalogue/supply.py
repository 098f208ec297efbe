"""What the index is told of a firm: its registration and its listings as one SupplierDocument; and the outbox's reader."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, select
from sqlmodel import col

from app.catalogue.indexing import capacity_of, indexed_text, price_of, specs_of
from app.catalogue.models import INDEXED_STATUSES, Listing
from app.core.database import unit_of_work
from app.core.ids import ids_among
from app.core.outbox import OutboxClaim, Then, claim, park, waiting
from app.deals.standing import standings
from app.registry.models import Company
from matching.quantities import read_specs
from search.documents import CapabilityItem, Kind, Spec, SupplierDocument
from search.index import Rejection

VERSIONS_PAGE = 10_000

_COMPANY: tuple[Any, ...] = (
    Company.id, Company.version, Company.uscc, Company.name, Company.aliases, Company.adcode, Company.city,
    Company.district, Company.lon, Company.lat, Company.industry_code, Company.tags, Company.status,
    Company.size_class, Company.capital_cny, Company.verification, Company.updated_at,
    Company.created_at,
)  # fmt: skip
_LISTING: tuple[Any, ...] = (
    Listing.id, Listing.company_id, Listing.kind, Listing.role, Listing.title, Listing.summary, Listing.fields,
    Listing.status,
)  # fmt: skip


def supplier_document(
    company: Row[Any], listings: Sequence[Row[Any]], standing: float = 0.0
) -> SupplierDocument:
    """One firm as it is indexed. A confirmed draft counts as a listing: the firm has said it itself."""
    return SupplierDocument(
        key=str(company.id),
        version=company.version,
        uscc=company.uscc,
        name=company.name,
        aliases=tuple(company.aliases),
        adcode=company.adcode,
        city=company.city,
        district=company.district,
        lon=company.lon,
        lat=company.lat,
        industry=company.industry_code,
        tags=tuple(company.tags),
        status=company.status,
        size_class=company.size_class,
        capital_cny=float(company.capital_cny) if company.capital_cny is not None else None,
        verified=company.verification == "verified",
        updated_at=company.updated_at.timestamp(),
        joined_at=company.created_at.timestamp(),
        standing=standing,
        items=tuple(map(_item, listings)),
    )


def _item(listing: Sequence[Any]) -> CapabilityItem:
    # Unpacked in the order of _LISTING, which is quicker than by name; a province has half a million listings,
    # most of them drafts, which have no fields.
    key, _company, kind, role, title, summary, fields, status = listing
    text = " ".join(filter(None, (summary, indexed_text(kind, fields)))) if fields else summary
    specs = _specs(kind, fields, text) if text or fields else ()
    return CapabilityItem(
        key=str(key),
        kind=kind,
        role=role,
        title=title,
        text=text,
        source="scope" if status == "draft" else "listing",
        specs=specs,
        price=price_of(fields) if fields else None,
        capacity=capacity_of(kind, specs) if specs else None,
    )


def _specs(kind: Kind, fields: Mapping[str, Any], text: str) -> tuple[Spec, ...]:
    """Specs of typed fields, then those a firm wrote out ("精度 H级、导轨长 1.5-3 m"), read as a buyer's words are."""
    typed = specs_of(kind, fields)
    return (*typed, *(found.spec for found in read_specs(text) if found.spec not in typed))


class DatabaseChanges:
    """The outbox of a database, as search.indexer.ChangeSource. ``then`` is told what has been indexed."""

    def __init__(self, engine: Engine, then: Then | None = None) -> None:
        self._engine = engine
        self._then = then

    def claim(self, limit: int, *, besides: Collection[int] = ()) -> OutboxClaim | None:
        """The oldest changes that no other worker has taken; None when there are none."""
        return claim(self._engine, limit, besides=besides, then=self._then)

    def count_pending(self) -> int:
        """How many changes wait."""
        with unit_of_work(self._engine, writing=False) as session:
            return waiting(session)[0]

    def load(self, keys: Sequence[str]) -> dict[str, SupplierDocument]:
        """Current documents of these company ids."""
        found: dict[str, SupplierDocument] = {}
        with unit_of_work(self._engine, writing=False) as session:
            run = session.connection()
            for start in range(0, len(keys), 500):
                ids = list(ids_among(keys[start : start + 500]))
                companies = run.execute(select(*_COMPANY).where(col(Company.id).in_(ids))).all()
                listings: dict[UUID, list[Row[Any]]] = {}
                query = (
                    select(*_LISTING)
                    .where(col(Listing.company_id).in_(ids), col(Listing.status).in_(INDEXED_STATUSES))
                    .order_by(col(Listing.id))
                )
                for listing in run.execute(query):
                    listings.setdefault(listing[1], []).append(listing)
                rated = standings(session, ids)
                for company in companies:
                    own = listings.get(company.id, [])
                    found[str(company.id)] = supplier_document(company, own, rated.get(company.id, 0.0))
        return found

    def park(self, rejected: Collection[Rejection]) -> None:
        """Set aside what the index refuses."""
        with unit_of_work(self._engine) as session:
            park(session, rejected)

    def versions(self) -> Iterator[tuple[str, int]]:
        """(company id, version) of every company, in order of the ids, read a page at a time."""
        page = select(col(Company.id), col(Company.version)).order_by(col(Company.id)).limit(VERSIONS_PAGE)
        query = page
        while True:
            with unit_of_work(self._engine, writing=False) as session:
                rows = session.connection().execute(query).all()
            for key, version in rows:
                yield str(key), version
            if len(rows) < VERSIONS_PAGE:
                return
            query = page.where(col(Company.id) > rows[-1][0])
