"""What is indexed, exactly: one supplier with the capability items it is found by.

A firm is as good as its best-fitting item, so items are kept apart: each has its own words, its own vector and
its own specs, and points back to the listing (or the registry clause) that it was taken from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal[
    "product",
    "technology",
    "capacity",
    "equipment",
    "labour",
    "raw_material",
    "processing",
    "logistics",
    "finance",
    "tech_service",
]
"""The ten production factors."""

KINDS: tuple[Kind, ...] = get_args(Kind)

Role = Literal["make", "process", "resell", "service"]
"""What a firm does with the thing named: makes it, works on it for others, sells it on, or serves it."""

ROLES: tuple[Role, ...] = get_args(Role)

Source = Literal["listing", "scope"]
"""Where an item comes from: a listing the firm stated itself, or its registered business scope."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One measured property, in the canonical unit of its dimension (mm, kg, t/month, MPa, …).

    ``low`` and ``high`` are both set for a range, equal for an exact value, and one is None when open-ended.
    A value that is a word (a grade, a standard, an option) stands in ``word`` with both bounds None.
    """

    name: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    word: str = ""
    text: str = ""
    """The words it was read from, as a person wrote them."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a canonical unit, rounded to twelve digits, so that equal amounts are equal however they were said."""

    value: float
    unit: str

    @classmethod
    def of(cls, value: float, unit: str) -> Amount:
        """Rounded: 3,980 a tonne and 3.98 a kilogram are the same price."""
        return cls(float(f"{value:.12g}"), unit)


@dataclass(frozen=True, slots=True)
class CapabilityItem:
    """One thing a firm can do, the unit of matching."""

    key: str
    """Unique within the supplier: a listing id."""
    kind: Kind
    role: Role
    title: str
    text: str = ""
    """More searchable words than the title: the listing's indexed fields."""
    source: Source = "scope"
    specs: tuple[Spec, ...] = ()
    price: Amount | None = None
    """CNY for one of a unit (kg, piece, m2, …), as the firm states it."""
    capacity: Amount | None = None
    """What it can supply in a month, of a unit a month (t/month, piece/month, …)."""


@dataclass(frozen=True, slots=True)
class SupplierDocument:
    """One firm as the index sees it; ``version`` only grows, so a replayed or late write is harmless."""

    key: str
    """The company id."""
    version: int
    uscc: str
    name: str
    aliases: tuple[str, ...] = ()
    adcode: str = ""
    """Division down to county, six digits; empty when unknown."""
    city: str = ""
    district: str = ""
    lon: float | None = None
    lat: float | None = None
    industry: str = ""
    """GB/T 4754-2017 code; empty when unknown."""
    tags: tuple[str, ...] = ()
    status: str = "active"
    size_class: str = ""
    capital_cny: float | None = None
    verified: bool = False
    updated_at: float = 0.0
    """Seconds since the epoch: when the firm last confirmed or changed what it says."""
    standing: float = 0.0
    """What buyers say of it, -1 to 1; 0 where nobody has said anything, which speaks neither for nor against it."""
    joined_at: float = 0.0
    """Seconds since the epoch: when it came to this platform; 0 when unknown."""
    items: tuple[CapabilityItem, ...] = field(default=())
