"""The controls beside every ranked list (place dial, makers only, order) and the match they ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args
from uuid import UUID

from app.core.i18n import Language
from app.core.runtime import Runtime
from app.matches.service import match_need
from app.web.maps import Place as MapPlace
from app.web.maps import RegionMap, region_map
from app.web.narrowing import Limits, read_limits
from matching.explain import WEAK_SCORE
from matching.need import Need
from matching.result import Match, MatchResult, Within
from search.documents import KINDS, Kind
from search.index import Filters
from search.places import load_gazetteer

WITHIN: tuple[Within, ...] = get_args(Within)
Filter = Literal["price", "capacity", "kind", "within", "makers"]
MOST_ON_MAP = 20
FAR_BEHIND = 0.5
"""Below this share of the best score a match is folded away: the reader's time is for the first few."""


@dataclass(frozen=True, slots=True)
class Controls:
    """What the reader chose. ``within`` None leaves the dial to the need."""

    within: Within | None
    makers: bool
    sort: Literal["score", "distance"]
    limits: Limits
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranked list with the controls as they stand; ``open_dials`` are those that mean something for this place."""

    result: MatchResult
    controls: Controls
    within: Within
    open_dials: tuple[Within, ...]
    map: RegionMap | None
    kinds: Mapping[str, int] | None = None
    """How many of the firms shown without a kind chosen offer which, where one may be chosen beside the list."""
    looser: tuple[tuple[Filter, int], ...] = ()
    """Where nothing was found, or nothing that fits well: which filter, taken off alone, would leave how many."""

    @property
    def fitting(self) -> tuple[Match, ...]:
        """The matches worth a call: not weak, and not far behind the best."""
        return tuple(one for one in self.result.matches if one.score >= self._floor)

    @property
    def behind(self) -> tuple[Match, ...]:
        """The others, shown folded."""
        return tuple(one for one in self.result.matches if one.score < self._floor)

    def after(self, start: int) -> Ranked:
        """The list without its first ``start`` matches."""
        return (
            replace(self, result=replace(self.result, matches=self.result.matches[start:])) if start else self
        )

    @property
    def _floor(self) -> float:
        return max(WEAK_SCORE, FAR_BEHIND * max((one.score for one in self.result.matches), default=0))

    @property
    def place(self) -> str:
        """The buyer's place by its full path; "" when not said."""
        place = self.result.need.place
        return "".join(d.name for d in load_gazetteer().ancestors(place.adcode)) if place else ""


def read_controls(query: Mapping[str, str], need: Need, language: Language) -> Controls:
    """The controls in an address; before they are touched (``set`` absent), the need itself says whether only makers count."""
    within = next((one for one in WITHIN if one == query.get("within")), None)
    makers = query.get("makers") == "1" if query.get("set") else need.makers_only
    return Controls(
        within,
        makers,
        "distance" if query.get("sort") == "distance" else "score",
        read_limits(query, need, language),
        next((one for one in KINDS if one == query.get("kind")), None),
    )


def rank(
    runtime: Runtime,
    need: Need,
    controls: Controls,
    language: Language,
    *,
    limit: int = 20,
    kinds: tuple[Kind, ...] = (),
    industries: tuple[str, ...] = (),
    divisions: tuple[str, ...] = (),
    verified: bool = False,
    buyer: UUID | None = None,
    shown_for: UUID | None = None,
) -> Ranked:
    """Suppliers for a need under the controls, the firm ``buyer`` left out, shown for the stored demand ``shown_for``. Raises SearchUnavailable."""
    need = replace(need, makers_only=controls.makers)
    limits = controls.limits.amounts
    dials = _open_dials(need)
    within = controls.within if controls.within in dials else None
    asked = within
    if within == "province" and need.place is None:
        # Who does not say where is taken to be in the region this platform serves; distances stay unknown.
        divisions, asked = divisions or (runtime.settings.home_division,), None
    elif divisions:
        # The dial would replace the divisions; a city picked among the results is the narrower of the two.
        asked = "anywhere"
    result = match_need(
        runtime,
        need,
        within=asked,
        sort=controls.sort,
        limit=limit,
        filters=Filters(
            kinds=kinds,
            industries=industries,
            divisions=divisions,
            verified_only=verified,
            price=limits.price(),
            min_price=limits.least_price(),
            capacity=limits.capacity(),
        ),
        language=language,
        buyer=buyer,
        shown_for=shown_for,
    )
    ranked = Ranked(result, controls, within or result.within, dials, None)
    return replace(ranked, map=_map(runtime, need, ranked.fitting))


def rank_narrowed(
    runtime: Runtime,
    need: Need,
    controls: Controls,
    language: Language,
    *,
    buyer: UUID | None = None,
    shown_for: UUID | None = None,
) -> Ranked:
    """As ``rank``, of the kind chosen among those there are, and with the way out where nothing is left. Raises SearchUnavailable."""

    def again(other: Controls) -> Ranked:
        kinds = (other.kind,) if other.kind else ()
        return rank(runtime, need, other, language, kinds=kinds, buyer=buyer)

    kinds = (controls.kind,) if controls.kind else ()
    ranked = rank(runtime, need, controls, language, kinds=kinds, buyer=buyer, shown_for=shown_for)
    every = again(replace(controls, kind=None)) if controls.kind else ranked
    counts = Counter(one.item.kind for one in every.result.matches if one.item)
    return replace(ranked, kinds=dict(counts.most_common()), looser=looser(ranked, controls, again))


def looser(
    ranked: Ranked, controls: Controls, again: Callable[[Controls], Ranked]
) -> tuple[tuple[Filter, int], ...]:
    """Which filters, each taken off alone, would leave something of an empty list, or something better than poor fits.

    With how many firms: those worth a call where the list has others already.
    """
    if ranked.fitting:
        return ()
    limits = controls.limits
    tried: list[tuple[Filter, Controls]] = []
    of_amounts: tuple[tuple[Filter, str], ...] = (("price", "price_unit"), ("capacity", "capacity_unit"))
    for name, unit in of_amounts:
        if limits.asks(unit):
            tried.append((name, replace(controls, limits=limits.without(unit))))
    if controls.kind:
        tried.append(("kind", replace(controls, kind=None)))
    if ranked.within != "anywhere":
        tried.append(("within", replace(controls, within="anywhere")))
    if controls.makers:
        tried.append(("makers", replace(controls, makers=False)))
    poor = bool(ranked.result.matches)
    without = [(name, again(other)) for name, other in tried]
    found = [(name, len(one.fitting if poor else one.result.matches)) for name, one in without]
    return tuple((name, n) for name, n in found if n)


def _open_dials(need: Need) -> tuple[Within, ...]:
    if need.place is None:
        return ("province", "anywhere")
    skipped = {"county": 0, "city": 1, "province": 2}[need.place.level]
    return WITHIN[skipped:]


def _map(runtime: Runtime, need: Need, matches: Sequence[Match]) -> RegionMap | None:
    buyer = None
    if need.place and (here := load_gazetteer().get(need.place.adcode)):
        buyer = MapPlace(here.adcode, here.lon, here.lat, "")
    firms = [
        MapPlace(one.supplier.adcode, one.supplier.lon, one.supplier.lat, str(one.rank))
        for one in matches[:MOST_ON_MAP]
        if one.supplier.lon is not None and one.supplier.lat is not None
    ]
    return region_map(runtime.settings.home_division, firms=firms, buyer=buyer)
