"""A card for machines: JSON-LD with schema.org's words, and a vCard to save in a phone."""

from __future__ import annotations

from typing import Any

from app.catalogue.models import Listing
from app.codes.cards import Card
from app.codes.numbers import grouped
from app.registry.contacts import Contact
from app.registry.models import Company

_GOODS = ("product", "raw_material", "equipment")


def json_ld(card: Card, origin: str) -> dict[str, Any]:
    """schema.org: the Organization with its Offers; for a product's or machine's code, that Product and who makes it."""
    here = f"{origin}/c/{card.code.code}"
    organization = _organization(card, origin)
    if card.code.kind in ("company", "branch"):
        whole = {"@context": "https://schema.org", "@id": here, **organization}
        if card.code.kind == "branch":
            return {
                "@context": "https://schema.org",
                "@type": "Organization",
                "@id": here,
                "name": card.code.label,
                "parentOrganization": organization,
            }
        if card.listings:
            whole["makesOffer"] = [_offer(one, origin) for one in card.listings]
        return whole
    product: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "IndividualProduct" if card.code.kind == "machine" else "Product",
        "@id": here,
        "name": card.code.label,
        "productID": grouped(card.code.code),
        "manufacturer": organization,
    }
    if card.code.gs1_path:
        product["hasGS1DigitalLink"] = f"{origin}/{card.code.gs1_path}"
    offered = [one for one in card.listings if one.id == card.code.listing_id]
    if offered:
        product["offers"] = {
            "@type": "Offer",
            "url": f"{origin}/listings/{offered[0].id}",
            "seller": organization,
        }
    return product


def _organization(card: Card, origin: str) -> dict[str, Any]:
    firm = card.company
    said: dict[str, Any] = {
        "@type": "Organization",
        "name": firm.name,
        "url": f"{origin}/companies/{firm.id}",
        "taxID": firm.uscc,
        "identifier": {
            "@type": "PropertyValue",
            "propertyID": "unified_social_credit_code",
            "value": firm.uscc,
        },
    }
    if firm.aliases:
        said["alternateName"] = firm.aliases
    if firm.registered_on:
        said["foundingDate"] = firm.registered_on.isoformat()
    if firm.employees is not None:
        said["numberOfEmployees"] = firm.employees
    if firm.address or firm.city:
        said["address"] = _address(firm)
    if card.certificates:
        said["hasCertification"] = [{"@type": "Certification", "name": name} for name in card.certificates]
    if card.contact and not card.contact.masked:
        point = {"name": card.contact.name, "telephone": card.contact.phone, "email": card.contact.email}
        said["contactPoint"] = {"@type": "ContactPoint"} | {
            name: value for name, value in point.items() if value
        }
    return said


def _address(firm: Company) -> dict[str, Any]:
    parts = {
        "addressRegion": firm.city,
        "addressLocality": firm.district,
        "streetAddress": firm.address,
        "addressCountry": "CN",
    }
    return {"@type": "PostalAddress"} | {name: value for name, value in parts.items() if value}


def _offer(listing: Listing, origin: str) -> dict[str, Any]:
    kind = "Product" if listing.kind in _GOODS else "Service"
    return {
        "@type": "Offer",
        "url": f"{origin}/listings/{listing.id}",
        "itemOffered": {"@type": kind, "name": listing.title, "category": listing.kind},
    }


def vcard(card: Card, origin: str) -> str:
    """The firm's vCard with the code's address."""
    printed = grouped(card.code.code)
    return write_card(
        [
            *card_lines(card.company, card.contact),
            f"URL:{_escaped(f'{origin}/c/{card.code.code}')}",
            f"NOTE:{_escaped(f'企业码 {printed} · 统一社会信用代码 {card.company.uscc}')}",
        ]
    )


def card_lines(firm: Company, contact: Contact) -> list[str]:
    """Lines of a vCard 3.0 (RFC 2426), which every phone reads; only what the viewer may see: a masked contact gives none."""
    shown = contact if not contact.masked else None
    person = shown.name if shown and shown.name else ""
    lines = [
        f"N:{_escaped(person or firm.name)};;;;",
        f"FN:{_escaped(person or firm.name)}",
        f"ORG:{_escaped(firm.name)}",
    ]
    if shown and shown.phone:
        lines.append(f"TEL;TYPE=WORK,VOICE:{_escaped(shown.phone)}")
    if shown and shown.email:
        lines.append(f"EMAIL;TYPE=WORK:{_escaped(shown.email)}")
    if firm.address or firm.city:
        street, town, region = map(_escaped, (firm.address, firm.district or firm.city, firm.city))
        lines.append(f"ADR;TYPE=WORK:;;{street};{town};{region};;CN")
    if firm.lat is not None and firm.lon is not None and "lonlat" not in firm.provenance:
        lines.append(f"GEO:{firm.lat:.6f};{firm.lon:.6f}")
    return lines


def write_card(lines: list[str]) -> str:
    """A whole vCard of these lines."""
    return "".join(f"{_folded(line)}\r\n" for line in ("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD"))


def _escaped(text: str) -> str:
    """RFC 2426, 5: backslash, comma, semicolon and line break."""
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """RFC 2425, 5.8.1: no physical line over 75 bytes; broken between characters, never inside one."""
    parts, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > 74:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += width
    return "\r\n".join(parts)
