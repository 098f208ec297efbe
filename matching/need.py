"""What a buyer needs, as understood from words or fields; shown back to the buyer, who may correct it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from search.documents import Kind, Spec


@dataclass(frozen=True, slots=True)
class Amount:
    """How many: ``value`` of ``unit`` (as written), per ``per`` ("month", "year", "day", "hour") or once."""

    value: float
    unit: str
    per: Literal["", "hour", "day", "month", "year"] = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A division named in a need. ``level`` is "province", "city" or "county"."""

    adcode: str
    name: str
    level: Literal["province", "city", "county"]


@dataclass(frozen=True, slots=True)
class Need:
    """A demand, understood. Every list is ordered, most telling first; empty means "not said"."""

    text: str
    title: str = ""
    """The buyer's own title, when one was given apart from the story."""
    language: Literal["zh", "en"] = "zh"
    what: tuple[str, ...] = ()
    """Head phrases of the thing wanted, without application, story, quantity, place or date."""
    also: tuple[str, ...] = ()
    """Other names of ``what`` that are worth searching: the Chinese of an English head."""
    corrected: tuple[str, ...] = ()
    """Slips of the pen put right in ``what``, as written and as read: "镙丝→螺丝"."""
    kind: Kind | None = None
    processes: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    specs: tuple[Spec, ...] = ()
    quantity: Amount | None = None
    place: Place | None = None
    deadline: date | None = None
    makers_only: bool = False
    """True when the buyer refuses resellers (不要贸易商, 厂家直供)."""
    local_only: bool = False
    """True when the buyer asks for firms of the place ("要本地厂家")."""
    exclusions: tuple[str, ...] = ()
    """Other words the buyer refuses: 非进口, 不要二手."""
    application: tuple[str, ...] = ()
    """What the thing is for ("木工机械用"): context, weaker than ``what``."""
