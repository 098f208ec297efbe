"""Loads the demo world into a database; running it again changes nothing, and what people edited since stays edited."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import insert, select, update
from sqlmodel import Session, SQLModel, col

from app.catalogue.models import Listing
from app.catalogue.superseding import supersede_drafts
from app.codes.keys import signer
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.ids import company_id
from app.core.outbox import enqueue
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.demands.service import need_of, write_lines
from app.demands.understanding import read_words
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.service import touch_company
from seed_data.demands import demand_row
from seed_data.people import add_people
from seed_data.projects import add_projects
from seed_data.selling import add_codes, add_contacts, add_leads

FOLDER = Path(__file__).parent
COMPANIES, LISTINGS, DEMANDS, PROJECTS, QRELS = (
    FOLDER / name
    for name in ("companies.csv", "listings.jsonl", "demands.jsonl", "projects.jsonl", "qrels.txt")
)

_LISTINGS = uuid5(NAMESPACE_URL, "urn:lianqiao:demo:listing")
_FIRST_DEMAND = datetime(2026, 1, 1, tzinfo=UTC)
_BETWEEN_DEMANDS = timedelta(hours=7)


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What the demo world holds; ``changed`` counts the rows that were not there before."""

    companies: int
    listings: int
    demands: int
    changed: int = 0


def seed(runtime: Runtime, progress: Callable[[int], None] | None = None) -> SeedReport:
    """Companies with their listings in one unit of work, demands and people in another, codes and leads in a third; the outbox is left to the indexer.

    ``progress`` is told the rows dealt with so far. The database has its tables already.
    """
    tell = progress or (lambda rows: None)
    companies, listings, demands = read_companies(), read_lines(LISTINGS), read_lines(DEMANDS)
    projects, firms = read_lines(PROJECTS), {row["name"]: company_id(row["uscc"]) for row in companies}
    with runtime.session(actor=SYSTEM) as session:
        before = _held(session, Company, (company_id(row["uscc"]) for row in companies))
        register_companies(session, (registration(row) for row in companies))
        tell(len(companies))
        new = [row for row in companies if company_id(row["uscc"]) not in before]
        _mark_verified(session, new)
        add_contacts(session, (row["uscc"] for row in new))
        added = _add_listings(session, listings)
        supersede_drafts(session, {row["company_id"] for row in added})
        for key in sorted({row["company_id"] for row in added} & before):
            touch_company(session, key)
    tell(len(companies) + len(listings))
    with runtime.session(actor=SYSTEM) as session:
        posted = _add_demands(session, demands, firms)
        keys = {said["id"]: demand_id(said["id"], place) for place, said in enumerate(projects, len(demands))}
        posted += add_projects(session, projects, keys, firms)
        people = add_people(session)
    with runtime.session(actor=SYSTEM) as session:
        sign = signer(session, runtime.settings.keys_folder())
        selling = add_codes(session, set(firms.values()), sign) + add_leads(session)
    tell(len(companies) + len(listings) + len(demands) + len(projects))
    changed = len(new) + len(added) + posted + people + selling
    return SeedReport(len(companies), len(listings), len(demands) + len(projects), changed)


def read_companies() -> list[dict[str, str]]:
    """The rows of companies.csv."""
    with COMPANIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def registration(row: dict[str, str]) -> Registration:
    """A row of companies.csv as the registry takes it."""
    return Registration(
        uscc=row["uscc"],
        name=row["name"],
        type=row["type"],
        registered_on=date.fromisoformat(row["registered_on"]),
        capital_raw=row["capital_raw"],
        city=row["city"],
        address=row["address"],
        business_scope=row["business_scope"],
        status=row["status"],
        tags=tuple(tag for tag in row["tags"].split("、") if tag),
        industry_code=row["industry_code"],
        employees=int(row["employees"]),
    )


def listing_id(uscc: str, kind: str, title: str) -> UUID:
    """The id of a demo listing, the same in every database."""
    return uuid5(_LISTINGS, f"{uscc}/{kind}/{title}")


def demand_id(key: str, place: int) -> UUID:
    """The id of a demo demand: a UUIDv7 older than any a user makes, so that users' own demands are listed first."""
    moment = int((_FIRST_DEMAND - timedelta(minutes=place)).timestamp() * 1000)
    raw = bytearray(moment.to_bytes(6, "big") + sha256(f"demo demand {key}".encode()).digest()[:10])
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))


def _held(session: Session, table: type[SQLModel], keys: Iterable[UUID]) -> set[UUID]:
    """Which of these ids the table has."""
    wanted, key, held = list(keys), table.__table__.c.id, set[UUID]()  # type: ignore[attr-defined]
    for start in range(0, len(wanted), 500):
        held.update(session.scalars(select(key).where(key.in_(wanted[start : start + 500]))))
    return held


def _mark_verified(session: Session, rows: Iterable[dict[str, str]]) -> None:
    """Only firms just registered: what an operator decided later is not undone."""
    stood: dict[str, list[UUID]] = {}
    for row in rows:
        stood.setdefault(row["verification"], []).append(company_id(row["uscc"]))
    for verification, keys in stood.items():
        session.connection().execute(
            update(Company).where(col(Company.id).in_(keys)).values(verification=verification)
        )


def _add_listings(session: Session, listings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Insert the listings that are not there yet; returns their rows."""
    moment = now()
    rows = [
        {
            "id": listing_id(said["uscc"], said["kind"], said["title"]),
            "company_id": company_id(said["uscc"]),
            "kind": said["kind"],
            "role": said["role"],
            "title": said["title"],
            "summary": said["summary"],
            "fields": said["fields"],
            "status": "published",
            "source": "firm",
            "clause": "",
            "confidence": None,
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        }
        for said in listings
    ]
    held = _held(session, Listing, (row["id"] for row in rows))
    missing = [row for row in rows if row["id"] not in held]
    if missing:
        session.connection().execute(insert(Listing), missing)
    return missing


def _add_demands(session: Session, demands: Iterable[dict[str, Any]], firms: Mapping[str, UUID]) -> int:
    """Insert the demands that are not there yet; returns how many. The first of the file is the newest."""
    placed = [(place, demand_id(said["id"], place), said) for place, said in enumerate(demands)]
    held = _held(session, Demand, (key for _, key, _ in placed))
    missing = [
        _demand(said, key, now() - place * _BETWEEN_DEMANDS, firms.get(said["buyer"]))
        for place, key, said in placed
        if key not in held
    ]
    session.add_all(missing)
    session.flush()
    for demand in missing:
        write_lines(session, demand, [], need_of(demand))
    enqueue(session, [(str(demand.id), demand.version) for demand in missing], subject="demand")
    return len(missing)


def _demand(said: dict[str, Any], key: UUID, posted: datetime, buyer: UUID | None) -> Demand:
    description = demand_text(said)
    return demand_row(
        said,
        key=key,
        buyer=buyer,
        posted=posted,
        need=read_words(said["title"], description),
        description=description,
        kind=said["kind"],
        state=said["state"],
        closed_at=now() if said["state"] == "closed" else None,
    )


def demand_text(said: dict[str, Any]) -> str:
    """The description, with the quantity in words when the buyer gave it in its own box only."""
    description, quantity = str(said["description"]), str(said["quantity"])
    if quantity in said["title"] + description:
        return description
    return (
        f"{description} Quantity: {quantity}." if said["lang"] == "en" else f"{description}数量：{quantity}。"
    )
