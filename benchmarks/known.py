"""Known items: a buyer's own words for what some registrations literally say, and how far up those firms come.

``known_items.tsv`` holds a word of the register, a buyer's title and story that avoid it, and the same title in English. The
firms sought are those of which a drafted item that is not resold has the word in its title. Others may be as good and
count as wrong, so the figures are low and only their differences tell; but nothing was chosen to fit them.
"""

from __future__ import annotations

import csv
import statistics
from collections.abc import Mapping
from pathlib import Path

from rich.table import Table
from sqlalchemy import select
from sqlmodel import col

from app.catalogue.models import Listing
from app.commands.common import out
from app.core.runtime import Runtime
from benchmarks.matching import filters_of, need_of
from benchmarks.results import write_results
from benchmarks.world import world_of
from matching.evaluate import RELEVANT, ndcg, reciprocal_rank
from matching.retrieve import retrieve

ITEMS = Path(__file__).parent / "known_items.tsv"
DEPTH = 100


def read_items(path: Path = ITEMS) -> list[dict[str, str]]:
    """Rows with the columns ``says``, ``title``, ``description`` and ``title_en``."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def main(suppliers: Path, *, output: Path | None) -> None:
    """Measure in both languages, print the table, and write JSON where asked."""
    table = Table("language", "demands", "nDCG@10", "MRR@10", f"recall@{DEPTH}")
    figures: dict[str, dict[str, float]] = {}
    with world_of(suppliers) as runtime:
        sought = {row["says"]: _firms(runtime, row["says"]) for row in read_items()}
        for language in ("zh", "en"):
            measured = [
                measure(_ranked(_demand(row, language), runtime), sought[row["says"]])
                for row in read_items()
                if sought[row["says"]]
            ]
            ndcgs, ranks, recalls = (statistics.fmean(values) for values in zip(*measured, strict=True))
            figures[language] = {"demands": len(measured), "ndcg": ndcgs, "mrr": ranks, "recall": recalls}
            table.add_row(language, str(len(measured)), f"{ndcgs:.3f}", f"{ranks:.3f}", f"{recalls:.3f}")
    out.print(table)
    write_results(output, "known", figures)


def measure(ranked: list[str], sought: frozenset[str]) -> tuple[float, float, float]:
    """nDCG@10, reciprocal rank of the first within ten, and the share found in the first hundred of those that fit there."""
    grades = dict.fromkeys(sought, RELEVANT)
    found = len(sought.intersection(ranked[:DEPTH]))
    return ndcg(ranked, grades), reciprocal_rank(ranked, grades), found / min(len(sought), DEPTH)


def _demand(row: Mapping[str, str], language: str) -> dict[str, str]:
    if language == "en":
        return {"title": row["title_en"]}
    return {"title": row["title"], "description": row["description"]}


def _firms(runtime: Runtime, says: str) -> frozenset[str]:
    query = select(col(Listing.company_id)).where(
        col(Listing.title).contains(says), col(Listing.role) != "resell"
    )
    with runtime.session(writing=False) as session:
        return frozenset(str(company) for company in session.connection().execute(query).scalars())


def _ranked(demand: Mapping[str, str], runtime: Runtime) -> list[str]:
    need = need_of(demand)
    found = retrieve(need, index=runtime.index, encoder=runtime.encoder, filters=filters_of(need))
    return [pair.candidate.key for _, pair in runtime.ranker.rank(need, found, runtime.index)]
