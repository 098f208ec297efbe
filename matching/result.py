"""What a match answers: ranked suppliers, each with reasons and gaps a buyer can check."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from matching.features import FEATURES
from matching.need import Need
from matching.texts import Floats
from search.documents import CapabilityItem, SupplierDocument

Within = Literal["district", "city", "province", "anywhere"]
"""The dial of place: how far from the buyer a supplier may be. It filters; it never moves a score."""

Language = Literal["zh", "en"]

ReasonType = Literal[
    "words", "meaning", "role", "place", "verified", "fresh", "name", "line",
    "spec", "grade", "material", "standard", "model", "process", "service_area", "capacity",
    "quantity", "lead_time",
]  # fmt: skip
GapType = Literal[
    "weak", "refused", "reseller", "unconfirmed", "distance_unknown",
    "spec_missed", "grade_missed", "material_missed", "capacity_missed", "quantity_missed", "lead_time_missed",
    "grade_unlisted", "material_unlisted", "standard_unlisted", "model_unlisted", "process_unlisted", "service_area_unlisted",
    "spec_unknown", "grade_unknown", "material_unknown", "standard_unknown", "model_unknown", "process_unknown",
    "service_area_unknown", "capacity_unknown", "quantity_unknown", "lead_time_unknown",
]  # fmt: skip
"""``missed``: what the firm states excludes it; ``unlisted``: it states others of the sort, not this; ``unknown``: it states none."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a firm fits: ``field`` names where it stands, ``source`` who said it (listing or scope or registry)."""

    type: ReasonType
    text: str
    field: str
    source: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """What does not fit or is not known: what was ``asked`` (a field of the need) in which ``words``, the ``field`` of the
    firm that was looked at, and whose word that is: listing or scope, registry, or "unknown" where there is nothing to look at."""

    type: GapType
    text: str
    asked: str
    words: str
    field: str
    source: str


@dataclass(frozen=True, slots=True)
class Match:
    """One supplier: its best-fitting item, how far it is, and the evidence."""

    rank: int
    score: float
    supplier: SupplierDocument
    item: CapabilityItem | None
    distance_km: float | None
    reasons: tuple[Reason, ...]
    gaps: tuple[Gap, ...]
    row: Floats = dataclasses.field(repr=False, compare=False)
    """The features' values, shape (len(FEATURES),)."""
    wanted: frozenset[str] = frozenset()
    """Tokens of what was asked for, which search.highlight marks in the firm's words."""

    @property
    def features(self) -> dict[str, float]:
        """The numbers ranked by, by name."""
        return {name: round(value, 4) for name, value in zip(FEATURES, self.row.tolist(), strict=True)}


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Matches, best first, with what was understood and how it was ranked."""

    need: Need
    within: Within
    matches: tuple[Match, ...]
    model: str
    took_ms: float
    candidates: int
    """How many firms were considered before the cut."""


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """``within`` None means: the buyer's city when local firms were asked for, else anywhere."""

    limit: int = 20
    within: Within | None = None
    sort: Literal["score", "distance"] = "score"
    language: Language = "zh"
    filters: Any = None
    """search.index.Filters to add to what the need itself demands; None for none."""
    excluded: frozenset[str] = frozenset()
    """Keys of suppliers to leave out: the buyer itself."""
