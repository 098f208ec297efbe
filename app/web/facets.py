"""What search results can be narrowed by: the filters of the address, and how many firms each further one would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.catalogue.declarations import load_kinds
from app.core.errors import InvalidInput
from app.core.runtime import Runtime
from app.matches.search_box import place_names
from app.registry.industries import get_industry, industry_path
from app.registry.lookups import subtree
from app.web.words import Words
from matching.result import Match
from search.documents import KINDS, Kind
from search.index import Filters, SearchUnavailable
from search.places import load_gazetteer

MOST_IN_FACET = 12
MOST_DIVISIONS = 8

Counts = dict[str, Counter[str]]
"""How many firms have each value, by the parameter that narrows to it."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One value to narrow by, how many firms have it, and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """Filters in the address, those that exist; others are passed over."""

    division: str
    """Or several, with commas between: 沈阳和大连."""
    industry: str
    kind: Kind | None
    was: str = ""
    """The division of the search before, when the words asked for a place outside of it."""

    @property
    def divisions(self) -> tuple[str, ...]:
        """The divisions one by one."""
        return tuple(self.division.split(",")) if self.division else ()

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        return bool(self.division or self.industry or self.kind)


def read_chosen(query: Mapping[str, str]) -> Chosen:
    """The filters in the parameters of an address."""
    divisions = query.get("division", "").split(",")[:MOST_DIVISIONS]
    industry = get_industry(query.get("industry", ""))
    was = load_gazetteer().get(query.get("was", ""))
    return Chosen(
        division=",".join(one for one in divisions if load_gazetteer().get(one)),
        industry=industry.code if industry else "",
        kind=next((kind for kind in KINDS if kind == query.get("kind")), None),
        was=was.adcode if was else "",
    )


def counts_of(matches: Sequence[Match]) -> Counts:
    """Over the firms that were ranked; divisions are cities, industries are divisions of GB/T 4754."""
    firms = [match.supplier for match in matches]
    return {
        "division": Counter(f"{firm.adcode[:4]}00" for firm in firms if firm.adcode),
        "kind": Counter(match.item.kind for match in matches if match.item),
        "industry": Counter(firm.industry[:2] for firm in firms if firm.industry),
    }


def counts_in_index(runtime: Runtime, chosen: Chosen) -> Counts:
    """Over every firm in the index that passes the other filter; nothing to narrow by while search is down."""
    counts: Counts = {"division": Counter(), "kind": Counter(), "industry": Counter()}
    counts["kind"] = Counter(dict.fromkeys(load_kinds(), 0))
    try:
        inside = subtree(chosen.industry) if chosen.industry else ()
        cities = runtime.index.facets(Filters(industries=inside, statuses=())).cities
        within = chosen.divisions
        industries = runtime.index.facets(Filters(divisions=within, statuses=())).industries
    except (SearchUnavailable, InvalidInput):
        return counts
    for name, count in cities.items():
        if divisions := load_gazetteer().by_name(name, within=runtime.settings.home_division):
            counts["division"][divisions[0].adcode] += count
    for code, count in industries.items():
        if path := industry_path(code)[1:2]:
            counts["industry"][path[0].code] += count
    return counts


def facets_of(counts: Counts, chosen: Chosen, words: Words) -> list[tuple[str, str, list[Facet]]]:
    """(parameter, heading, values) with the most frequent first; a chosen value stays even when nothing has it."""
    names: dict[str, tuple[str, Any, str]] = {
        "division": ("城市", _division_name, chosen.division),
        "kind": ("种类", words.kind, chosen.kind or ""),
        "industry": ("行业", words.industry, chosen.industry),
    }
    facets = []
    for parameter, (heading, name, value) in names.items():
        ordered = [one for one, _ in counts[parameter].most_common(MOST_IN_FACET)]
        if value and value not in ordered:
            ordered.insert(0, value)
        values = [Facet(one, name(one), counts[parameter][one], one == value) for one in ordered]
        if values:
            facets.append((parameter, words.say(heading), values))
    return facets


def _division_name(adcode: str) -> str:
    return place_names(adcode.split(",")) or adcode
