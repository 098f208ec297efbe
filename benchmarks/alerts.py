"""From a change to the alert: a listing stated, or a demand posted, among many standing demands."""

from __future__ import annotations

import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.table import Table
from sqlalchemy import delete, insert
from sqlmodel import Session, col, func, select

from app.catalogue.models import Listing
from app.catalogue.schemas import ListingCreate
from app.catalogue.service import create_listing
from app.commands.common import err, out
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.ids import new_id
from app.core.migrate import migrate
from app.core.outbox import OutboxEntry, enqueue
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.demands.needs import need_to_json
from app.demands.places import place_of
from app.demands.schemas import DemandCreate
from app.demands.service import post_demand
from app.demands.understanding import read_words
from app.jobs import JOBS
from app.matches.models import Alert, AlertDue
from app.matches.service import demands_for
from app.matches.standing import index_demands
from app.settings import Settings
from benchmarks.results import write_results
from benchmarks.world import world_of
from matching.need import Need
from search.divisions import read_divisions
from seed_data.load import LISTINGS, read_lines, seed

VERBS = ("采购", "求购", "急需", "长期采购", "寻找厂家：", "询价：")
ENDS = (
    "一批",
    "20台",
    "500件",
    "3套",
    "10吨/月",
    "，含运输",
    "，月底前交货",
    "，要厂家",
    "样品两件",
    "2000米",
)
BATCH = 2_000
LONGEST = 120.0
"""Seconds after which a change counts as never told."""


def main(*, demands: int, changes: int, suppliers: Path | None = None, output: Path | None) -> None:
    """Stand up ``demands`` made-up demands beside the demo world, or a copy of the suppliers' world, then make ``changes``
    of each sort, one after the other.
    """
    with tempfile.TemporaryDirectory() as folder:
        if suppliers:
            with world_of(suppliers) as world:
                own = world.settings.data_dir
            shutil.copytree(own, folder, dirs_exist_ok=True)
        runtime = Runtime(Settings(data_dir=Path(folder)))
        try:
            figures = _measure(runtime, demands, changes)
        finally:
            runtime.close()
    table = Table("", "p50 s", "p95 s", "max s")
    for name in ("listing_to_alert", "demand_to_alert", "demands_for"):
        told = figures[name]
        table.add_row(name, *(f"{told[cut]:.2f}" for cut in ("p50", "p95", "max")))
    out.print(table)
    out.print({name: value for name, value in figures.items() if not isinstance(value, dict)})
    write_results(output, "alerts", figures)


def _measure(runtime: Runtime, demands: int, changes: int) -> dict[str, Any]:
    dice = random.Random(7)  # noqa: S311 - made-up demands, not secrets
    if not runtime.index.count():
        migrate(runtime.engine)
        seed(runtime)
        runtime.index_pending()
    heads = _heads(dice)
    started = time.perf_counter()
    _post(runtime, _made_up(heads, demands, dice))
    posted = time.perf_counter()
    index_demands(runtime)
    indexed = time.perf_counter()
    err.print(f"{runtime.demand_index.count()} demands indexed in {indexed - posted:.0f} s")
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(AlertDue))
        firms = list(session.exec(select(Listing.company_id).distinct().order_by(col(Listing.company_id))))
    runtime.start_indexer()
    runtime.start_jobs(job for job in JOBS if job.name in ("index demands", "alert"))
    listings = read_lines(LISTINGS)
    offered = [
        _told(runtime, _state(runtime, dice.choice(firms), dice.choice(listings))) for _ in range(changes)
    ]
    asked = [_told(runtime, _ask(runtime, dice.choice(heads).title)) for _ in range(changes)]
    pages = [_page(runtime, dice.choice(firms)) for _ in range(changes)]
    with runtime.session(writing=False, actor=SYSTEM) as session:
        told = session.exec(select(func.count()).select_from(Alert)).one()
    return {
        "standing_demands": runtime.demand_index.count(),
        "firms": runtime.index.count(),
        "write_seconds": round(posted - started, 1),
        "index_seconds": round(indexed - posted, 1),
        "alerts": told,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "listing_to_alert": _cuts(offered),
        "demand_to_alert": _cuts(asked),
        "demands_for": _cuts(pages),
    }


def _heads(dice: random.Random) -> list[Need]:
    """What is asked for: every listing of the demo world, read once as a buyer's words."""
    titles = sorted({row["title"] for row in read_lines(LISTINGS)})
    needs = [read_words(title, "") for title in titles]
    dice.shuffle(needs)
    return needs


def _made_up(heads: Sequence[Need], count: int, dice: random.Random) -> Iterator[Demand]:
    """Recombined: a thing, sometimes with another's property before it, a verb, an end, a place, sometimes a maker's only."""
    counties = [
        one.adcode for one in read_divisions() if one.level == "county" and one.adcode.startswith("21")
    ]
    places = [place_of(adcode) for adcode in counties]
    for _ in range(count):
        need, other = dice.choice(heads), dice.choice(heads)
        what = (*need.what[:1], *(other.what[:1] if dice.random() < 0.15 else ()))
        title = f"{dice.choice(VERBS)}{'、'.join(what) or need.title}{dice.choice(ENDS)}"
        place = dice.choice(places)
        made = replace(need, title=title, text=title, what=what, place=place, makers_only=dice.random() < 0.2)
        yield Demand(
            id=new_id(),
            title=title,
            adcode=place.adcode,
            kind=need.kind or "",
            state="open",
            need=need_to_json(made),
        )


def _post(runtime: Runtime, made: Iterator[Demand]) -> None:
    long_ago = now().replace(year=now().year - 1)
    rows = [{**demand.model_dump(), "created_at": long_ago, "updated_at": long_ago} for demand in made]
    with runtime.session(actor=SYSTEM) as session:
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            session.execute(insert(Demand), part)
            enqueue(session, [(str(row["id"]), 1) for row in part], subject="demand")


def _state(runtime: Runtime, firm: UUID, row: dict[str, Any]) -> str:
    said = ListingCreate(company_id=firm, kind=row["kind"], title=row["title"], fields=row["fields"])
    with runtime.session(actor=SYSTEM) as session:
        create_listing(session, said=said)
    return str(firm)


def _ask(runtime: Runtime, title: str) -> str:
    with runtime.session(actor=SYSTEM) as session:
        return str(post_demand(session, said=DemandCreate(title=f"采购{title}")).id)


def _told(runtime: Runtime, key: str) -> float:
    """Seconds until nothing of the change is left to do: indexed, matched, and everybody told."""
    started = time.perf_counter()
    while time.perf_counter() - started < LONGEST:
        with runtime.session(writing=False, actor=SYSTEM) as session:
            if not _waits(session, key):
                return time.perf_counter() - started
        time.sleep(0.02)
    raise TimeoutError(f"{key} was not worked off within {LONGEST:.0f} s")


def _waits(session: Session, key: str) -> bool:
    tables = ((OutboxEntry, OutboxEntry.key), (AlertDue, AlertDue.key))
    return any(
        session.exec(select(func.count()).select_from(table).where(col(named) == key)).one()
        for table, named in tables
    )


def _page(runtime: Runtime, firm: UUID) -> float:
    started = time.perf_counter()
    with runtime.session(writing=False, actor=SYSTEM) as session:
        demands_for(runtime, session, firm)
    return time.perf_counter() - started


def _cuts(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50": round(statistics.median(ordered), 3),
        "p95": round(ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)], 3),
        "max": round(ordered[-1], 3),
    }
