"""Every firm an index holds, with its version, as of one moment: what the database is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from elasticsearch import Elasticsearch, NotFoundError

from search.elastic.client import ask_again, reaching
from search.elastic.queries import Query
from search.index import SearchUnavailable

PAGE = 5_000


def versions(client: Elasticsearch, alias: str, keys: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """(key, version) in order of the keys, only of ``keys`` when given; what was applied before is in it."""
    wanted: list[Query] = [{"term": {"live": True}}]
    if keys is not None:
        wanted.append({"terms": {"key": list(keys)}})
    moment = ask_again(lambda: _moment(client, alias))
    try:
        after = None
        while True:
            with reaching():
                answer = client.search(
                    pit={"id": moment, "keep_alive": "2m"},
                    size=PAGE,
                    query={"bool": {"filter": wanted}},
                    source=False,
                    stored_fields="_none_",
                    docvalue_fields=[{"field": "key"}, {"field": "version"}],
                    sort=[{"key": "asc"}],
                    search_after=after,
                    track_total_hits=False,
                    allow_partial_search_results=False,
                )
            hits = answer["hits"]["hits"]
            for hit in hits:
                yield hit["fields"]["key"][0], hit["fields"]["version"][0]
            if len(hits) < PAGE:
                return
            after, moment = hits[-1]["sort"], answer["pit_id"]
    finally:
        # It ends by itself; a cluster that has just failed us need not hear of it, and may have forgotten it.
        with suppress(SearchUnavailable, NotFoundError), reaching():
            client.close_point_in_time(id=moment)


def _moment(client: Elasticsearch, alias: str) -> str:
    """A point in time that shows all that has been applied."""
    with reaching():
        client.indices.refresh(index=alias)
        opened = client.open_point_in_time(index=alias, keep_alive="2m")
    return str(opened["id"])
