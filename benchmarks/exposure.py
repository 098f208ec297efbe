"""What showing a list wider does: how many firms of one house share a page, how much newcomers are seen, and what it costs.

The demands are those where it matters. For every house (firms of one city and brand) of which several make the same thing,
that thing is asked for in that city, so that the house is likely to stand on the first page.
"""

from __future__ import annotations

import math
import random
import statistics
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.table import Table

from app.commands.common import out
from app.core.runtime import Runtime
from benchmarks.matching import need_of
from benchmarks.results import write_results
from benchmarks.world import world_of
from matching.features import Judged
from matching.match import need_filters
from matching.need import Need
from matching.retrieve import retrieve
from matching.spread import PAGE, house_of, spread
from search.documents import SupplierDocument
from search.index import Filters

LEAST = 3
"""Firms of a house that must make the same thing for it to be asked for."""
EVERY = 20
"""One firm in so many is taken to have joined today."""
BATCH = 500

Ranked = list[tuple[float, Judged]]


def main(suppliers: Path, *, most: int, output: Path | None) -> None:
    """Ask for what houses of several firms make, print the first pages' figures before and after, and write them."""
    with world_of(suppliers) as runtime:
        asked = asked_of_houses(runtime, most)
        pages = [_pages(runtime, demand) for demand in asked]
    figures: dict[str, Any] = {
        "demands": len(asked),
        "houses": houses_shown([(before, after) for before, after, _, _ in pages]),
        "newcomers": newcomers_shown([(before, after) for _, _, before, after in pages]),
    }
    table = Table("first page of ten", "by score alone", "as shown")
    for name, told in {**figures["houses"], **figures["newcomers"]}.items():
        table.add_row(name.replace("_", " "), *(f"{told[side]:.3g}" for side in ("before", "after")))
    out.print(f"{len(asked)} demands")
    out.print(table)
    write_results(output, "exposure", figures)


def asked_of_houses(runtime: Runtime, most: int) -> list[dict[str, Any]]:
    """At most ``most`` demands, one a house, in the form of benchmark demands; the same each time."""
    members: dict[str, list[SupplierDocument]] = defaultdict(list)
    for firm in _firms(runtime):
        if (house := house_of(firm)) != firm.key and firm.city:
            members[house].append(firm)
    found = []
    for house, firms in sorted(members.items()):
        made = Counter(
            title for firm in firms for title in {one.title for one in firm.items if one.role != "resell"}
        )
        title, count = max(made.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
        if count >= LEAST:
            found.append({"id": house, "title": title, "city": firms[0].city})
    random.Random(7).shuffle(found)  # noqa: S311 - a sample, not a secret
    return found[:most]


def _firms(runtime: Runtime) -> list[SupplierDocument]:
    keys = [key for key, _ in runtime.index.versions()]
    parts = (keys[at : at + BATCH] for at in range(0, len(keys), BATCH))
    return [firm for part in parts for firm in runtime.index.documents(part).values()]


def _pages(runtime: Runtime, demand: Mapping[str, Any]) -> tuple[Ranked, Ranked, Ranked, Ranked]:
    """First pages: by score and as shown in the buyer's city, then both in the whole register with newcomers in it."""
    need = need_of(demand)
    near = _ranked(runtime, need_filters(need, "city", Filters()), need)
    wide = [(points, _joined(judged)) for points, judged in _ranked(runtime, Filters(), need)]
    return near[:PAGE], _shown(near), wide[:PAGE], _shown(wide)


def _ranked(runtime: Runtime, filters: Filters, need: Need) -> Ranked:
    found = retrieve(need, index=runtime.index, encoder=runtime.encoder, filters=filters)
    ranked = runtime.ranker.rank(need, found, runtime.index)
    return [
        (points, judged._replace(supplier=replace(judged.supplier, joined_at=0.0)))
        for points, judged in ranked
    ]


def _joined(judged: Judged) -> Judged:
    new = zlib.crc32(judged.supplier.key.encode()) % EVERY == 0
    return judged._replace(supplier=replace(judged.supplier, joined_at=time.time() - 60 if new else 0.0))


def _shown(ranked: Ranked) -> Ranked:
    shown = spread(ranked, firm=lambda pair: pair[1].supplier, score=lambda pair: pair[0], now=time.time())
    return shown[:PAGE]


def houses_shown(pages: Sequence[tuple[Ranked, Ranked]]) -> dict[str, dict[str, float]]:
    """Means over (before, after): different houses on a page, firms of its largest, pages that one house has over two places of, scores."""

    def sizes(page: Ranked) -> Counter[str]:
        return Counter(house_of(judged.supplier) for _, judged in page)

    def crowded(page: Ranked) -> float:
        return float(max(sizes(page).values(), default=0) > 2)

    return {
        "houses_a_page": _means(pages, lambda page: float(len(sizes(page)))),
        "firms_of_the_largest_house": _means(pages, lambda page: float(max(sizes(page).values(), default=0))),
        "pages_with_a_house_over_two": _means(pages, crowded),
        "mean_score": _means(pages, _mean_score),
    }


def newcomers_shown(pages: Sequence[tuple[Ranked, Ranked]]) -> dict[str, dict[str, float]]:
    """Means over (before, after): the share of a page's attention (1 / log2(1 + rank)) that newcomers have, and scores."""

    def share(page: Ranked) -> float:
        worth = [1 / math.log2(1 + rank) for rank in range(1, len(page) + 1)]
        new = [part for part, (_, judged) in zip(worth, page, strict=True) if judged.supplier.joined_at > 0]
        return sum(new) / sum(worth) if worth else 0.0

    def any_new(page: Ranked) -> float:
        return float(any(judged.supplier.joined_at > 0 for _, judged in page))

    return {
        "newcomers_share_of_attention": _means(pages, share),
        "pages_with_a_newcomer": _means(pages, any_new),
        "mean_score_with_newcomers": _means(pages, _mean_score),
    }


def _mean_score(page: Ranked) -> float:
    return statistics.fmean(points for points, _ in page) if page else 0.0


def _means(pages: Sequence[tuple[Ranked, Ranked]], of: Callable[[Ranked], float]) -> dict[str, float]:
    sides = zip(("before", "after"), zip(*pages, strict=True), strict=True)
    return {side: round(statistics.fmean(map(of, each)), 4) for side, each in sides}
