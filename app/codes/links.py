"""The typed links of a code: which there are, how one is chosen, and all of them as an RFC 9264 link set.

Link relation types are IANA's or the GS1 Web vocabulary's where those have one, and extension URIs (RFC 8288, 2.1.2)
of this platform where they have none. docs/resolver.md lists the rules kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.codes.cards import Card
from app.core.i18n import LANGUAGES, Language, translate

GS1 = "https://ref.gs1.org/voc/"
OWN = "urn:lianqiao:link:"
DEFAULT = GS1 + "defaultLink"

RELATIONS: Mapping[str, str] = {
    "company": OWN + "company",
    "products": OWN + "products",
    "certificates": GS1 + "certificationInfo",
    "contact": OWN + "contact",
    "capacity": OWN + "capacity",
    "traceability": GS1 + "traceability",
    "quality": OWN + "quality",
    "product": GS1 + "pip",
    "describedby": "describedby",
    "up": "up",
}
"""The relation type of each link type, by the short name that ``?linkType=`` takes."""

TITLES: Mapping[str, str] = {
    "default": "企业名片",
    "company": "企业登记信息",
    "products": "产品与服务",
    "certificates": "资质与认证",
    "contact": "联系方式",
    "capacity": "当前空闲产能",
    "product": "产品页面",
    "describedby": "结构化数据",
    "up": "所属企业",
}
LINKSET = "application/linkset+json"
JSON_LD = "application/ld+json"
VCARD = "text/vcard"
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Link:
    """One link. ``titles`` by language; a link a firm states has one title, in whatever language it is."""

    type: str
    href: str
    titles: Mapping[Language, str]
    media_type: str = ""
    hreflang: tuple[str, ...] = ()


def links_of(card: Card, origin: str) -> list[Link]:
    """The links of a code as this viewer may follow them."""
    here = f"{origin}/c/{card.code.code}"
    firm = f"{origin}/companies/{card.company.id}"
    found = [_known("company", firm, HTML)]
    if card.code.listing_id and any(one.id == card.code.listing_id for one in card.listings):
        found.append(_known("product", f"{origin}/listings/{card.code.listing_id}", HTML))
    if card.listings:
        found.append(_known("products", f"{here}#listings", HTML))
    if card.certificates:
        found.append(_known("certificates", f"{here}#certificates", HTML))
    if card.capacities:
        found.append(_known("capacity", f"{here}#capacity", HTML))
    if card.contact and not card.contact.masked:
        found.append(_known("contact", f"{here}/contact.vcf", VCARD))
    found += [
        Link(
            said["type"],
            said["href"],
            dict.fromkeys(LANGUAGES, said["title"]),
            said.get("media_type") or "",
            (said["hreflang"],) if said.get("hreflang") else (),
        )
        for said in card.code.links
    ]
    found.append(_known("describedby", f"{here}?linkType=describedby", JSON_LD))
    if card.code.parent:
        found.append(_known("up", f"{origin}/c/{card.code.parent}", HTML))
    return found


def _known(kind: str, href: str, media_type: str) -> Link:
    titles = {language: translate(TITLES[kind], language) for language in LANGUAGES}
    return Link(kind, href, titles, media_type, tuple(LANGUAGES) if media_type == HTML else ())


def link_type(asked: str) -> str:
    """The short name of a link type asked for by short name, CURIE (``gs1:``, ``lq:``) or URI; "" when there is none."""
    uri = asked.replace("gs1:", GS1, 1) if asked.startswith("gs1:") else asked
    uri = uri.replace("lq:", OWN, 1) if uri.startswith("lq:") else uri
    if uri in RELATIONS:
        return uri
    # GS1's namespace was http://gs1.org/voc/ before.
    uri = uri.replace("https://gs1.org/voc/", GS1).replace("http://gs1.org/voc/", GS1)
    return next((name for name, relation in RELATIONS.items() if relation == uri), "")


def choose(links: Sequence[Link], kind: str, languages: Iterable[str], media: Iterable[str]) -> Link | None:
    """The link of a type that suits a reader best: first by language in the order given, then by media type."""
    fitting = [link for link in links if link.type == kind]
    wanted, kinds = list(languages), list(media)

    def cost(link: Link) -> tuple[int, int]:
        spoken = [wanted.index(tag[:2]) for tag in link.hreflang if tag[:2] in wanted]
        kind_at = kinds.index(link.media_type) if link.media_type in kinds else len(kinds)
        return (min(spoken, default=len(wanted) if link.hreflang else 0), kind_at)

    return min(fitting, key=cost, default=None)


def linkset(
    anchors: Sequence[tuple[str, Sequence[Link]]], default: str, language: Language
) -> dict[str, Any]:
    """RFC 9264, 4.2: one context object an anchor, each with the default link that GS1 asks for."""
    return {"linkset": [_context(anchor, links, default, language) for anchor, links in anchors]}


def _context(anchor: str, links: Sequence[Link], default: str, language: Language) -> dict[str, Any]:
    context: dict[str, Any] = {
        "anchor": anchor,
        DEFAULT: [{"href": default, "title": translate(TITLES["default"], language)}],
    }
    for link in links:
        context.setdefault(RELATIONS[link.type], []).append(_target(link, language))
    return context


def _target(link: Link, language: Language) -> dict[str, Any]:
    target: dict[str, Any] = {"href": link.href, "title": link.titles[language]}
    if len(set(link.titles.values())) > 1:
        target["title*"] = [{"value": title, "language": tongue} for tongue, title in link.titles.items()]
    if link.media_type:
        target["type"] = link.media_type
    if link.hreflang:
        target["hreflang"] = list(link.hreflang)
    return target
