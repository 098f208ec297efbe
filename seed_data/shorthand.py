"""One line of ``economy/*.txt`` to one listing: title, summary and fields as the kind's declaration asks for them.

``P 直线导轨滑块|规格 25、30;精度 H级|起96/件|18000件/月|HGL25HA||GCr15|起订=20件|~木工机械用`` is a product: the letter says the
kind, the parts after the title stand in the order of ``POSITIONS``, then come named parts and, after "~", the summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.catalogue.cells import find_column
from app.catalogue.validation import validate_fields
from search.documents import Kind, Role
from seed_data.fields import BUILDERS, Shorthand

KINDS: Mapping[str, tuple[Kind, Role]] = {
    "P": ("product", "make"),
    "PA": ("product", "resell"),
    "PR": ("product", "resell"),
    "R": ("raw_material", "make"),
    "RR": ("raw_material", "resell"),
    "W": ("processing", "process"),
    "C": ("capacity", "process"),
    "E": ("equipment", "service"),
    "T": ("technology", "service"),
    "L": ("labour", "service"),
    "G": ("logistics", "service"),
    "F": ("finance", "service"),
    "S": ("tech_service", "service"),
}
"""Letter of a line to the kind and the role of the listing; a second A is an agent, a second R a reseller."""

POSITIONS: Mapping[Kind, tuple[str, ...]] = {
    "product": ("specs", "price", "monthly_output", "model", "standard", "material"),
    "raw_material": ("grade", "form", "monthly_supply", "price", "standard", "composition"),
    "processing": ("process", "material", "monthly_capacity", "tolerance", "parts", "main_equipment"),
    "capacity": ("free_share", "main_equipment"),
    "equipment": ("maker", "model", "year", "condition", "quantity", "deal", "specs"),
    "technology": ("technology_field", "maturity", "patent", "price", "application", "problem_solved"),
    "labour": ("form", "trade", "people", "price", "time", "skill_level"),
    "logistics": ("service", "routes_from", "routes_to", "vehicle_type", "max_load"),
    "finance": ("form", "purpose", "amount", "rate", "term", "collateral"),
    "tech_service": ("service", "scope", "standard", "accreditation", "price", "service_area"),
}

NAMED: Mapping[str, str] = {
    "危化": "hazard_licence",
    "危险类别": "dangerous_class",
    "其他工艺": "process_other",
    "其他服务": "service_other",
    "其他形态": "form_other",
    "起订": "minimum_order",
    "货长": "max_cargo_length",
    "到岗": "available_windows",
}
"""Short names beside the labels and column names of the declarations."""

_NAMED = re.compile(r"(CAS|[\u4e00-\u9fff]{2,8})=(.*)")


def expand(
    line: str, *, firm: str, city: str, district: str, others: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The listing a line stands for; ``others`` are the firm's listings before it (spare capacity says what they make).

    Raises InvalidFields when the fields are not what the kind asks for.
    """
    letter, rest = line.split(" ", 1)
    kind, role = KINDS[letter]
    title, *parts = (part.strip() for part in rest.split("|"))
    summary = ""
    said: dict[str, str] = {}
    names = iter(POSITIONS[kind])
    for part in parts:
        named = _NAMED.fullmatch(part)
        if part.startswith("~"):
            summary = part[1:]
        elif named:
            said[_key(kind, named[1])] = named[2]
        else:
            said[next(names)] = part
    said = {key: text for key, text in said.items() if text}
    fields = BUILDERS[kind](Shorthand(title, said, f"{firm}/{title}", city, district, tuple(others)))
    if kind in {"product", "raw_material"}:
        fields["supply_role"] = {"A": "agent", "R": "reseller"}.get(letter[1:], "maker")
    raw = {key: value for key, value in fields.items() if value not in ("", None, [])}
    return {
        "kind": kind,
        "role": role,
        "title": title,
        "summary": summary,
        "fields": validate_fields(kind, raw),
    }


def _key(kind: Kind, name: str) -> str:
    if name in NAMED:
        return NAMED[name]
    column = find_column(kind, name)
    if column is None:
        raise ValueError(f"no field of {kind} is called {name}")
    return column[0]
