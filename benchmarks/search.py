"""Our match through Elasticsearch and embedded, against the bare hybrid query: the same data, the same queries, one run.

(a) ``raw`` is the hybrid query as one writes it by hand with the official client: words over items and meaning, in one msearch,
as deep as our candidates, the documents fetched.
(a-) ``raw_ids`` is the five legs of our match, ids and scores alone: the least that our answer could be made from.
(b) ``elasticsearch`` is the whole match through it: query, documents, features, ranking, reasons.
(c) ``embedded`` is the whole match on the embedded index.
Encoding the query is in none of them and told apart. Raw answers are read by the client's own JSON parser, as it comes. They take turns demand by demand. ``split`` says where (b) spends its time:
in Elasticsearch (``took``), in transport and parsing, and in the rest, which is understanding the hits, features, ranking, reasons.
"""

from __future__ import annotations

import csv
import gzip
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from elasticsearch import Elasticsearch
from rich.table import Table

from app.commands.common import out
from app.core.exits import cleaned_up
from app.core.runtime import Runtime
from benchmarks.matching import filters_of, need_of
from benchmarks.results import write_results
from benchmarks.search_filling import ALIAS, cluster, filled
from benchmarks.search_parity import parity
from benchmarks.world import world_of
from matching.encoders import Encoder
from matching.evaluate import read_demands
from matching.match import match
from matching.need import Need
from matching.queries import queries_of
from matching.result import MatchOptions
from matching.retrieve import legs_of
from search.elastic import Connection, ElasticIndex
from search.elastic.queries import text_body, vector_body
from search.index import Filters, Leg, SearchIndex, TextLeg, Vectors


class _Timed:
    """An encoder that tells how long it took."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.dimensions = encoder.name, encoder.dimensions
        self.seconds = 0.0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._during(lambda: self._encoder.encode_queries(texts))

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        return self._during(lambda: self._encoder.encode_items(texts))

    def _during(self, work: Callable[[], Vectors]) -> Vectors:
        started = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds += time.perf_counter() - started


def main(
    suppliers: Path,
    demands: Path,
    qrels: Path | None,
    *,
    url: str,
    firms: int | None,
    rounds: int,
    output: Path | None,
) -> None:
    """Measure, print the tables, write the figures."""
    posted = read_demands(demands)
    needs = {demand["id"]: need_of(demand) for demand in posted}
    with (
        cleaned_up(),
        _cut(suppliers, firms) as file,
        world_of(file) as runtime,
        cluster(url) as connection,
        filled(runtime, connection) as (index, indexing),
    ):
        index.refresh()
        times, split, ranked = _measure(needs, runtime, index, connection, rounds)
        figures: dict[str, Any] = {
            "firms": runtime.index.count(),
            "items": runtime.index.item_count(),
            "indexing": indexing,
            "milliseconds": {name: _spread(values) for name, values in times.items()},
        }
        figures["ratios"] = _ratios(figures["milliseconds"])
        figures["split_p50"] = {name: _spread(values)["p50"] for name, values in split.items()}
        figures["parity"] = parity(ranked, runtime, qrels)
    _show(figures)
    write_results(output, "search", figures)


@contextmanager
def _cut(suppliers: Path, firms: int | None) -> Iterator[Path]:
    """The first so many rows of a register; the register itself when all are wanted."""
    if firms is None:
        yield suppliers
        return
    opener = gzip.open if suppliers.suffix == ".gz" else open
    with TemporaryDirectory() as folder:
        cut = Path(folder) / "suppliers.csv"
        with (
            opener(suppliers, "rt", encoding="utf-8-sig", newline="") as read,
            cut.open("w", encoding="utf-8", newline="") as written,
        ):
            rows = csv.reader(read)
            csv.writer(written).writerows(row for _, row in zip(range(firms + 1), rows, strict=False))
        yield cut


class _Asked:
    """What an index spends on asking Elasticsearch, told apart: there and on the way."""

    def __init__(self, client: Elasticsearch) -> None:
        self.took = self.asking = 0.0
        for name in ("msearch", "mget"):
            setattr(client, name, self._timed(getattr(client, name)))

    def _timed(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(**said: Any) -> Any:
            if "filter_path" in said:
                said["filter_path"] += ",took"
            started = time.perf_counter()
            answer = ask(**said)
            self.asking += time.perf_counter() - started
            self.took += answer.get("took", 0) / 1000
            return answer

        return asked


Measured = tuple[dict[str, list[float]], dict[str, list[float]], dict[str, dict[str, list[str]]]]


def _measure(
    needs: Mapping[str, Need], runtime: Runtime, index: ElasticIndex, connection: Connection, rounds: int
) -> Measured:
    """Milliseconds by system; of ours through Elasticsearch by part; and the firms each names. The first round warms up."""
    encoder = _Timed(runtime.encoder)
    asked = _Asked(index._client)
    times: dict[str, list[float]] = {
        name: [] for name in ("encoding", "raw", "raw_ids", "elasticsearch", "embedded")
    }
    split: dict[str, list[float]] = {"took": [], "transport_and_parsing": [], "the_rest": []}
    ranked: dict[str, dict[str, list[str]]] = {"elasticsearch": {}, "embedded": {}}
    with Elasticsearch(list(connection.urls), request_timeout=connection.timeout) as client:
        for turn in range(rounds + 1):
            for demand, need in needs.items():
                took: dict[str, float] = {}
                encoder.seconds = 0.0
                legs, filters = legs_of(queries_of(need), encoder), filters_of(need)
                took["encoding"] = encoder.seconds
                hybrid = [legs["item_words"], legs["meaning"]]
                for name, sent, documents in (("raw", hybrid, True), ("raw_ids", legs.values(), False)):
                    bodies = [_raw_body(leg, filters, documents=documents) for leg in sent]
                    searches = [line for body in bodies for line in ({"index": ALIAS}, body)]
                    started = time.perf_counter()
                    client.msearch(searches=searches)
                    took[name] = time.perf_counter() - started
                backends: dict[str, SearchIndex] = {"elasticsearch": index, "embedded": runtime.index}
                for name, backend in backends.items():
                    encoder.seconds = asked.took = asked.asking = 0.0
                    started = time.perf_counter()
                    options = MatchOptions(limit=20, within="anywhere")
                    found = match(
                        need, index=backend, encoder=encoder, ranker=runtime.ranker, options=options
                    )
                    took[name] = time.perf_counter() - started - encoder.seconds
                    ranked[name][demand] = [one.supplier.key for one in found.matches]
                    if turn and name == "elasticsearch":
                        split["took"].append(asked.took * 1000)
                        split["transport_and_parsing"].append((asked.asking - asked.took) * 1000)
                        split["the_rest"].append((took[name] - asked.asking) * 1000)
                if turn:
                    for name, seconds in took.items():
                        times[name].append(seconds * 1000)
    return times, split, ranked


def _raw_body(leg: Leg, filters: Filters, *, documents: bool) -> dict[str, Any]:
    """A leg as one would write it by hand: ids and scores, or the documents too."""
    body = text_body(leg, filters) if isinstance(leg, TextLeg) else vector_body(leg, filters, leg.limit, ())
    if documents:
        body = {name: said for name, said in body.items() if name not in ("stored_fields", "docvalue_fields")}
        body["_source"] = ["payload"]
    return body


def _spread(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
        "mean": round(statistics.fmean(ordered), 1),
    }


def _ratios(spread: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    raw = spread["raw"]["p50"]
    return {name: round(spread[name]["p50"] / raw, 3) for name in ("raw_ids", "elasticsearch", "embedded")}


def _show(figures: Mapping[str, Any]) -> None:
    table = Table("system", "p50 ms", "p95 ms", "against raw")
    for name, spread in figures["milliseconds"].items():
        ratio = figures["ratios"].get(name)
        table.add_row(name, f"{spread['p50']}", f"{spread['p95']}", f"{ratio}" if ratio else "")
    out.print(table)
    for group in ("split_p50", "indexing", "parity"):
        out.print(f"{group}: " + ", ".join(f"{name} {value}" for name, value in figures[group].items()))
    out.print(f"{figures['firms']} firms, {figures['items']} items")
