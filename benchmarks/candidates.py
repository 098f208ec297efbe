"""Candidates on judged demands: what each leg finds, what all of them hold, and how the fusion orders it."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from pathlib import Path

from rich.table import Table

from app.commands.common import out
from benchmarks.matching import filters_of, need_of, usccs_of
from benchmarks.results import write_results
from benchmarks.world import world_of
from matching.evaluate import RELEVANT, read_demands, read_qrels, recall
from matching.queries import queries_of
from matching.retrieve import MOST_CANDIDATES, fuse, legs_of

DEPTH = 100


def main(suppliers: Path, demands: Path, qrels: Path, *, output: Path | None) -> None:
    """Measure, print the table, and write JSON where asked."""
    judged = read_qrels(qrels)
    posted = read_demands(demands)
    recalls: defaultdict[str, list[float]] = defaultdict(list)
    times: defaultdict[str, list[float]] = defaultdict(list)
    sizes = []
    with world_of(suppliers) as runtime:
        usccs = usccs_of(runtime)
        for demand in posted:
            need = need_of(demand)
            filters, grades = filters_of(need), judged.get(demand["id"], {})
            started = time.perf_counter()
            legs = legs_of(queries_of(need), runtime.encoder)
            times["queries"].append(_since(started))
            answers = {}
            for name, leg in legs.items():
                started = time.perf_counter()
                answers[name] = runtime.index.search([leg], filters)[0]
                times[name].append(_since(started))
            started = time.perf_counter()
            runtime.index.search(list(legs.values()), filters)
            times["all legs"].append(_since(started))
            every = sum(map(len, answers.values()))
            ranked = [usccs[candidate.key] for candidate in fuse(answers, most=every)]
            sizes.append(len(ranked))
            found = {name: [usccs[hit.key] for hit in hits] for name, hits in answers.items()}
            first = {firm for firms in found.values() for firm in firms[:DEPTH]}
            rows = {name: recall(firms, grades, DEPTH) for name, firms in found.items()}
            rows |= {
                "fused": recall(ranked, grades, DEPTH),
                f"first {MOST_CANDIDATES}": recall(ranked, grades, MOST_CANDIDATES),
                f"union of {DEPTH} a leg": recall(list(first), grades, len(first)),
                "union": recall(ranked, grades, every),
            }
            if any(grade >= RELEVANT for grade in grades.values()):
                for name, value in rows.items():
                    recalls[name].append(value)
    table = Table("leg", "demands", f"recall@{DEPTH}", "ms p50")
    figures: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys([*recalls, *times]):
        taken = statistics.median(times[name]) if times[name] else None
        figures[name] = {"demands": len(recalls[name]) or len(times[name])}
        if recalls[name]:
            figures[name]["recall"] = round(statistics.mean(recalls[name]), 4)
        if taken is not None:
            figures[name]["ms_p50"] = round(taken, 2)
        row = figures[name]
        table.add_row(name, str(row["demands"]), f"{row.get('recall', '')}", f"{row.get('ms_p50', '')}")
    figures["candidates"] = {"mean": round(statistics.mean(sizes))}
    out.print(table)
    out.print(f"Candidates a demand: {figures['candidates']['mean']}")
    write_results(output, "candidates", figures)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
