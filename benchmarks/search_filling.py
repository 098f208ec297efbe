"""The same documents in Elasticsearch twice over, by a bare bulk loader and by us: what `bench search` asks, and what indexing costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import typer
from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from app.commands.common import err, progress_bar
from app.core.runtime import Runtime
from search.documents import SupplierDocument
from search.elastic import Connection, ElasticIndex, open_index
from search.elastic.codes import TitleCodes
from search.elastic.layout import source_of
from search.index import Vectors

BATCH = 2_000
ALIAS = "lianqiao-bench"
BARE = "lianqiao-bench-bare"
SENDERS = 2
"""Threads of the bare loader, as many as ours has."""


@contextmanager
def cluster(url: str) -> Iterator[Connection]:
    """The Elasticsearch named, or a node of our own for as long as it is needed."""
    if url:
        yield Connection(urls=tuple(url.split(",")), timeout=300)
        return
    try:
        from tests.services import elasticsearch_nodes
    except ImportError as error:
        raise typer.BadParameter(
            "name one, or run this in a clone of the repository", param_hint="LIANQIAO_SEARCH_URL"
        ) from error
    with TemporaryDirectory() as folder, elasticsearch_nodes.running(Path(folder), heap="2g") as cluster:
        yield Connection(urls=(cluster.url,), timeout=300)


@contextmanager
def filled(runtime: Runtime, connection: Connection) -> Iterator[tuple[ElasticIndex, dict[str, float]]]:
    """The same documents in Elasticsearch, written by a bare loader and by us in turns; firms a second of both."""
    documents = list(runtime.changes.load([key for key, _ in runtime.changes.versions()]).values())
    vectors = _vectors(runtime, documents)
    embed = _lookup(vectors)
    _drop(connection, ALIAS)
    index = open_index(
        connection, ALIAS, embed=embed, dimensions=runtime.encoder.dimensions, encoder=runtime.encoder.name
    )
    bare = open_index(
        connection, BARE, embed=embed, dimensions=runtime.encoder.dimensions, encoder=runtime.encoder.name
    )
    try:
        err.print("Indexing, bare and ours in turns …")
        bare_seconds, our_seconds = _load(
            bare, index, connection, documents, embed, runtime.encoder.dimensions
        )
        _drop(connection, BARE)
        rates = {
            "bare_firms_per_second": round(len(documents) / bare_seconds, 1),
            "our_firms_per_second": round(len(documents) / our_seconds, 1),
            "ratio": round(bare_seconds / our_seconds, 3),
        }
        yield index, rates
    finally:
        _drop(connection, ALIAS)
        index.close()
        bare.close()


def _drop(connection: Connection, alias: str) -> None:
    """Every index whose name begins so."""
    with connection.open() as client:
        if names := list(client.indices.get(index=f"{alias}-*", features="aliases")):
            client.indices.delete(index=names)


def _vectors(runtime: Runtime, documents: Sequence[SupplierDocument]) -> dict[str, Vectors]:
    """Every title embedded beforehand, so that both loaders are measured without it."""
    titles = list({item.title for document in documents for item in document.items})
    found: dict[str, Vectors] = {}
    with progress_bar() as bar:
        task = bar.add_task("嵌入 Embedding", total=len(titles), note="")
        for start in range(0, len(titles), BATCH):
            part = titles[start : start + BATCH]
            found.update(zip(part, runtime.encoder.encode_items(part), strict=True))
            bar.update(task, completed=start + len(part))
    return found


def _lookup(vectors: Mapping[str, Vectors]) -> Callable[[Sequence[str]], Vectors]:
    return lambda titles: np.stack([vectors[title] for title in titles])


def _load(
    bare: ElasticIndex,
    index: ElasticIndex,
    connection: Connection,
    documents: Sequence[SupplierDocument],
    embed: Callable[[Sequence[str]], Vectors],
    dimensions: int,
) -> tuple[float, float]:
    """Seconds that the official client's parallel_bulk takes for finished documents, and seconds of ours, from the documents on.

    They take turns part by part, and in who begins: the node warms up and merges for both alike.
    """
    codes = TitleCodes(embed, dimensions)
    name = bare.indices.live_index()
    index.indices.live_index()
    bare_seconds = our_seconds = 0.0
    with connection.open() as client:
        for turn, part in enumerate(_parts(documents)):
            known = codes.of(part)
            sources = [source_of(document, codes.rows(document, known)) for document in part]
            actions = [{"_index": name, "_id": one["key"], "_source": one} for one in sources]
            if turn % 2:
                our_seconds += _seconds(partial(index.apply, part))
                bare_seconds += _seconds(partial(_write_bare, client, actions))
            else:
                bare_seconds += _seconds(partial(_write_bare, client, actions))
                our_seconds += _seconds(partial(index.apply, part))
        bare_seconds += _seconds(partial(client.indices.refresh, index=name))
        our_seconds += _seconds(index.refresh)
    return bare_seconds, our_seconds


def _write_bare(client: Elasticsearch, actions: Sequence[dict[str, Any]]) -> None:
    for good, said in parallel_bulk(client, actions, thread_count=SENDERS, chunk_size=500):
        if not good:
            raise RuntimeError(f"the bare loader was refused: {said}")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _parts(documents: Sequence[SupplierDocument]) -> Iterable[Sequence[SupplierDocument]]:
    return (documents[start : start + BATCH] for start in range(0, len(documents), BATCH))
