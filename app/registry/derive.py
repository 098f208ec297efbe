"""What follows from a registration: division, coordinates, industry, capital in CNY, aliases, drafted listings.

Every derived field leaves a line in ``provenance``: the method, the confidence, and the words that led there.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.registry.capital import parse_capital
from app.registry.industry_suggestion import suggest_industry
from app.registry.names import short_names
from app.registry.sizes import size_class
from app.registry.uscc import uscc_division
from search.places import load_gazetteer

if TYPE_CHECKING:
    from app.catalogue.drafting import Draft

DERIVATION = "1"
"""Part of the content hash: raise it when a rule below changes, and an import derives every row anew."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a register, an import or a form says of a firm, before anything is derived. ``uscc`` is valid."""

    uscc: str
    name: str
    type: str = ""
    registered_on: date | None = None
    capital_raw: str = ""
    city: str = ""
    address: str = ""
    business_scope: str = ""
    status: str = "active"
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    industry_code: str = ""
    website: str = ""
    employees: int | None = None
    district: str = ""
    """County as the source's own column names it; helps where the address leaves it out."""
    contact_name: str = ""
    phone: str = ""
    email: str = ""

    def digest(self) -> str:
        """Equal for equal registrations, whenever they come."""
        said = json.dumps([DERIVATION, *(getattr(self, name) for name in FIELDS)], default=str)
        return hashlib.sha256(said.encode()).hexdigest()


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Registration))


@dataclass(frozen=True, slots=True)
class Derived:
    """Columns of the company that were worked out, where they came from, and the listings drafted."""

    columns: dict[str, Any]
    provenance: dict[str, Any]
    drafts: list[Draft] = field(default_factory=list)


def derive(said: Registration) -> Derived:
    """Everything that follows from a registration. Raises InvalidCapital on a malformed capital."""
    columns: dict[str, Any] = {}
    provenance: dict[str, Any] = {}
    _division(said, columns, provenance)
    capital = parse_capital(said.capital_raw)
    columns["capital_cny"] = capital.cny.quantize(Decimal("0.01")) if capital else None
    if capital:
        provenance["capital_cny"] = {"from": "capital_raw", "method": f"exchange:{capital.currency}"}
    # Imported when the first scope is read: its patterns take a server that only serves long to compile.
    from app.catalogue.drafting import draft_listings

    drafts = draft_listings(said.business_scope, name=said.name)
    _industry(said, drafts, columns, provenance)
    columns["size_class"] = size_class(columns["industry_code"], employees=said.employees)
    if columns["size_class"] != "unknown":
        provenance["size_class"] = {"from": "industry_code, employees", "method": "国统字〔2017〕213号"}
    derived_names = [
        name for name in short_names(said.name) if name not in said.aliases and name != said.name
    ]
    columns["aliases"] = [*said.aliases, *derived_names]
    if derived_names:
        provenance["aliases"] = {"from": "name", "method": "name_parts", "values": derived_names}
    return Derived(columns, provenance, drafts)


def _division(said: Registration, columns: dict[str, Any], provenance: dict[str, Any]) -> None:
    columns |= {"adcode": "", "lon": None, "lat": None, "city": said.city, "district": said.district}
    gazetteer = load_gazetteer()
    missing = "" if said.district in said.address else said.city + said.district
    found = gazetteer.resolve_address(
        missing + said.address, city=said.city, registered_adcode=uscc_division(said.uscc)
    )
    if not found:
        return
    division = found.division
    columns |= {"adcode": division.adcode, "lon": division.lon, "lat": division.lat}
    for ancestor in gazetteer.ancestors(division.adcode):
        if ancestor.level == "city":
            columns["city"] = ancestor.name
        elif ancestor.level == "county":
            columns["district"] = ancestor.name
    line = {"from": "address", "method": found.method, "confidence": round(found.confidence, 2)}
    provenance |= {"adcode": line, "lonlat": {"from": "adcode", "method": "division_centre"}}


def _industry(
    said: Registration, drafts: list[Draft], columns: dict[str, Any], provenance: dict[str, Any]
) -> None:
    columns["industry_code"] = said.industry_code
    if said.industry_code:
        return
    suggested = suggest_industry(said.name, drafts)
    if suggested:
        columns["industry_code"] = suggested.code
        provenance["industry_code"] = {
            "from": "name, business_scope",
            "method": "suggested",
            "confidence": round(suggested.confidence, 2),
            "evidence": suggested.evidence,
        }
