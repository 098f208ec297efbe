"""Match quality on judged demands: each leg alone, fused, and the full ranking."""

from __future__ import annotations

import csv
import statistics
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import typer
from rich.table import Table
from sqlalchemy import select
from sqlmodel import col

from app.commands.common import out
from app.core.runtime import Runtime
from app.demands.places import locate
from app.demands.understanding import completed, read_words
from app.registry.models import Company
from benchmarks.results import write_results
from benchmarks.world import world_of
from matching.evaluate import Qrels, Quality, evaluate, ndcg, paired, read_demands, read_qrels, write_run
from matching.features import Judged
from matching.match import need_filters
from matching.need import Need
from matching.queries import queries_of
from matching.retrieve import fuse, legs_of, retrieve
from matching.spread import spread
from search.documents import SupplierDocument
from search.index import Filters

DEPTH = 100
Ranked = list[tuple[str, float]]
System = Callable[[Need, Runtime], Ranked]


def need_of(demand: Mapping[str, Any]) -> Need:
    """A benchmark demand as a posted one: title and story are read, place and kind come from its fields."""
    place = locate(city=demand.get("city", ""), district=demand.get("district", ""))
    need = read_words(demand["title"], demand.get("description", ""))
    return completed(need, place=place, kind=demand.get("kind") or None, corrections=None)


def filters_of(need: Need) -> Filters:
    """Those of the need itself."""
    # Where a firm lies does not matter to the judgments, so the dial stands at "anywhere".
    return need_filters(need, "anywhere", Filters())


def _legs(names: Sequence[str]) -> System:
    def run(need: Need, runtime: Runtime) -> Ranked:
        legs = {
            name: leg for name, leg in legs_of(queries_of(need), runtime.encoder).items() if name in names
        }
        answers = dict(zip(legs, runtime.index.search(list(legs.values()), filters_of(need)), strict=True))
        return [(candidate.key, candidate.fused) for candidate in fuse(answers)]

    return run


def _fused(need: Need, runtime: Runtime) -> Ranked:
    found = retrieve(need, index=runtime.index, encoder=runtime.encoder, filters=filters_of(need))
    return [(candidate.key, candidate.fused) for candidate in found.candidates]


def _full(need: Need, runtime: Runtime) -> Ranked:
    found = retrieve(need, index=runtime.index, encoder=runtime.encoder, filters=filters_of(need))
    return [
        (judged.candidate.key, points) for points, judged in runtime.ranker.rank(need, found, runtime.index)
    ]


def _spread(newcomers: bool) -> System:
    """As ``full``, in the order shown. With ``newcomers`` every twentieth firm joined today, as no benchmark's firm did."""

    def run(need: Need, runtime: Runtime) -> Ranked:
        found = retrieve(need, index=runtime.index, encoder=runtime.encoder, filters=filters_of(need))
        today = time.time()

        def firm(pair: tuple[float, Judged]) -> SupplierDocument:
            supplier = pair[1].supplier
            joined = today - 60 if newcomers and zlib.crc32(supplier.key.encode()) % 20 == 0 else 0.0
            return replace(supplier, joined_at=joined)

        ranked = runtime.ranker.rank(need, found, runtime.index)
        shown = spread(ranked, firm=firm, score=lambda pair: pair[0], now=today)
        return [(judged.candidate.key, points) for points, judged in shown]

    return run


SYSTEMS: Mapping[str, System] = {
    "bm25": _legs(["item_words", "firm_words"]),
    "dense": _legs(["meaning"]),
    "hybrid": _legs(["item_words", "firm_words", "meaning"]),
    "fused": _fused,
    "full": _full,
    "spread": _spread(newcomers=False),
    "newcomers": _spread(newcomers=True),
}


LEARNED = "learned"
"""Not a system that can be deployed, but what training is worth: each demand is ranked by a model that never saw it."""
BASELINE = "hybrid"
SPREAD = ("spread", "newcomers")
"""What showing the ranking wider costs is told against ``full``."""


def main(
    suppliers: Path,
    demands: Path,
    qrels: Path,
    *,
    systems: Sequence[str] | None,
    run: Path | None,
    unjudged: Path | None,
    ablate: Sequence[str] = (),
    output: Path | None,
) -> None:
    """Measure, print the table, and write run, ungraded firms and JSON where asked."""
    chosen = list(systems or [*SYSTEMS, LEARNED])
    if unknown := [name for name in chosen if name not in SYSTEMS and name != LEARNED]:
        choices = ", ".join([*SYSTEMS, LEARNED])
        raise typer.BadParameter(f"{unknown[0]}: choose from {choices}", param_hint="--system")
    judged = read_qrels(qrels)
    posted = read_demands(demands)
    needs = {demand["id"]: need_of(demand) for demand in posted}
    english = {demand["id"] for demand in posted if demand.get("lang") == "en"}
    table = Table("system", "nDCG@10", "95 %", "condensed", "MRR@10", "recall@100", "unjudged@10", "ms p50")
    figures: dict[str, Any] = {}
    runs: dict[str, dict[str, Ranked]] = {}
    with world_of(suppliers) as runtime:
        usccs = usccs_of(runtime)
        for name in chosen:
            if name == LEARNED:
                runs.update(_learned(needs, judged, runtime, usccs, ablate))
            else:
                runs[name], times = _measure(SYSTEMS[name], needs, runtime, usccs)
                figures[name] = {"ms_p50": round(statistics.median(times), 1)}
        for name, ranked in runs.items():
            quality = evaluate(_codes(ranked), judged)
            figures[name] = asdict(quality) | figures.get(name, {}) | _by_language(ranked, judged, english)
            _row(table, name, quality, figures[name].get("ms_p50"))
            if run:
                target = run if len(runs) == 1 else run / f"{name}.run"
                target.parent.mkdir(parents=True, exist_ok=True)
                write_run(target, ranked, name)
        last = runs["full" if "full" in runs else next(reversed(runs))]
        if unjudged:
            _write_unjudged(unjudged, last, judged, runtime)
    out.print(table)
    _compare(runs, judged, figures)
    worst = sorted((value, demand) for demand, value in _each(last, judged).items())[:10]
    out.print("Weakest: " + ", ".join(f"{demand} {value:.2f}" for value, demand in worst))
    write_results(output, "matching", figures)


def _learned(
    needs: Mapping[str, Need],
    judged: Qrels,
    runtime: Runtime,
    usccs: Mapping[str, str],
    ablate: Sequence[str],
) -> dict[str, dict[str, Ranked]]:
    from benchmarks.examples import examples_of, held_out

    examples = examples_of(needs, judged, runtime, usccs)
    found = {LEARNED: held_out(examples)}
    for feature in ablate:
        found[f"{LEARNED} -{feature}"] = held_out(examples, without=feature)
    return found


def _codes(ranked: Mapping[str, Ranked]) -> dict[str, list[str]]:
    return {demand: [uscc for uscc, _ in firms[:DEPTH]] for demand, firms in ranked.items()}


def _each(ranked: Mapping[str, Ranked], judged: Qrels) -> dict[str, float]:
    """nDCG@10 by demand."""
    codes = _codes(ranked)
    return {demand: ndcg(codes[demand], judged[demand]) for demand in sorted(codes) if demand in judged}


def _by_language(ranked: Mapping[str, Ranked], judged: Qrels, english: set[str]) -> dict[str, float]:
    each = _each(ranked, judged)
    found = {}
    for name, values in (
        ("ndcg_zh", [value for demand, value in each.items() if demand not in english]),
        ("ndcg_en", [value for demand, value in each.items() if demand in english]),
    ):
        if values:
            found[name] = statistics.fmean(values)
    return found


def _compare(runs: Mapping[str, Mapping[str, Ranked]], judged: Qrels, figures: dict[str, Any]) -> None:
    """How far each system stands from the baseline, demand by demand, and what spreading costs."""
    for name in SPREAD:
        if name in runs and "full" in runs:
            cost = statistics.fmean(_each(runs["full"], judged).values()) - statistics.fmean(
                _each(runs[name], judged).values()
            )
            figures[name]["cost"] = cost
            out.print(f"{name}: nDCG@10 {-cost:+.4f} against full")
    if BASELINE not in runs:
        return
    base = list(_each(runs[BASELINE], judged).values())
    for name in runs:
        if name != BASELINE:
            own = list(_each(runs[name], judged).values())
            low, high = paired(own, base)
            difference = statistics.fmean(own) - statistics.fmean(base)
            figures[name] |= {"against_baseline": difference, "against_baseline_interval": (low, high)}
            out.print(f"{name} - {BASELINE}: {difference:+.3f} ({low:+.3f} to {high:+.3f})")


def usccs_of(runtime: Runtime) -> dict[str, str]:
    """Company id -> credit code."""
    with runtime.session(writing=False) as session:
        return {
            str(key): uscc
            for key, uscc in session.connection().execute(select(col(Company.id), col(Company.uscc)))
        }


def _measure(
    system: System, needs: Mapping[str, Need], runtime: Runtime, usccs: Mapping[str, str]
) -> tuple[dict[str, Ranked], list[float]]:
    """Ranked credit codes a demand, and milliseconds a demand, after one round to warm up."""
    for need in needs.values():
        system(need, runtime)
    ranked, times = {}, []
    for demand, need in needs.items():
        started = time.perf_counter()
        firms = system(need, runtime)[:DEPTH]
        times.append((time.perf_counter() - started) * 1000)
        ranked[demand] = [(usccs[key], points) for key, points in firms]
    return ranked, times


def _row(table: Table, name: str, q: Quality, ms: float | None) -> None:
    table.add_row(
        name, f"{q.ndcg:.3f}", f"{q.interval[0]:.3f}–{q.interval[1]:.3f}", f"{q.condensed:.3f}", f"{q.mrr:.3f}",
        f"{q.recall:.3f}", f"{q.unjudged:.2f}", "" if ms is None else f"{ms:.1f}",
    )  # fmt: skip


def _write_unjudged(
    path: Path, ranked: Mapping[str, Ranked], qrels: Mapping[str, Mapping[str, int]], runtime: Runtime
) -> None:
    """The firms of each top ten that nobody has graded, so that somebody can."""
    with path.open("w", newline="", encoding="utf-8-sig") as file, runtime.session(writing=False) as session:
        writer = csv.writer(file)
        writer.writerow(["demand", "uscc", "name", "business_scope"])
        for demand, firms in ranked.items():
            open_ones = [uscc for uscc, _ in firms[:10] if uscc not in qrels.get(demand, {})]
            query = select(col(Company.uscc), col(Company.name), col(Company.business_scope)).where(
                col(Company.uscc).in_(open_ones)
            )
            writer.writerows((demand, *row) for row in session.connection().execute(query))
