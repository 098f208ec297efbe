"""Long lists of firms, paged by search_after over a point in time: what is written between two pages changes neither.

A point in time keeps the files it looks at from being merged away, so a process opens one now and then, for all lists that
are begun meanwhile, and the cluster forgets it after a while.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from search.elastic.client import IndexGone, ask_again, reaching
from search.elastic.queries import page_body
from search.index import Filters, Hit, ListExpired, WordPage

SHARED_SECONDS = 30.0
"""So long new lists begin at the same moment; what another process writes meanwhile is not in them."""
KEPT = "10m"
"""How long after its last page a list can be gone on with."""
UNKNOWN = frozenset({400, 404})
"""What the cluster answers about a point in time that it has forgotten, or that is none."""


class Lists:
    """Pages of one alias. Safe to share between threads."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._moment = ""
        self._opened = 0.0
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Begin the next list at a new moment."""
        with self._lock:
            self._moment = ""

    def page(self, tokens: Sequence[str], filters: Filters, *, limit: int, after: str) -> WordPage:
        """A page; see SearchIndex.page. Raises ListExpired and SearchUnavailable."""
        if not tokens:
            return WordPage([], "")
        if after:
            moment, place = _read(after)
            try:
                return self._ask(tokens, filters, limit, moment, place)
            except IndexGone:
                raise ListExpired from None
            except ApiError as error:
                if error.meta.status in UNKNOWN:
                    raise ListExpired from error
                raise
        return ask_again(lambda: self._first(tokens, filters, limit))

    def _first(self, tokens: Sequence[str], filters: Filters, limit: int) -> WordPage:
        try:
            return self._ask(tokens, filters, limit, self._shared_moment(), None)
        except (IndexGone, ApiError) as error:
            self.forget()
            if isinstance(error, IndexGone) or error.meta.status in UNKNOWN:
                raise IndexGone("the moment that lists began at is gone") from error
            raise

    def _shared_moment(self) -> str:
        with self._lock:
            now = time.monotonic()
            if not self._moment or now > self._opened + SHARED_SECONDS:
                with reaching():
                    opened = self._client.open_point_in_time(index=self._alias, keep_alive=KEPT)
                self._moment, self._opened = str(opened["id"]), now
            return self._moment

    def _ask(
        self, tokens: Sequence[str], filters: Filters, limit: int, moment: str, place: list[Any] | None
    ) -> WordPage:
        with reaching():
            # One more than is shown tells whether there is a next page.
            answer = self._client.search(
                pit={"id": moment, "keep_alive": KEPT},
                search_after=place,
                allow_partial_search_results=False,
                **page_body(tokens, filters, limit + 1),
            )
        found = answer["hits"]["hits"]
        hits = [Hit(hit["fields"]["key"][0], hit["_score"]) for hit in found[:limit]]
        if len(found) <= limit:
            return WordPage(hits, "")
        return WordPage(hits, json.dumps([answer["pit_id"], *found[limit - 1]["sort"]]))


def _read(after: str) -> tuple[str, list[Any]]:
    """The point in time and the sort values of the last firm shown."""
    try:
        moment, score, key, shard = json.loads(after)
    except (ValueError, TypeError):
        raise ListExpired from None
    if isinstance(moment, str) and isinstance(key, str) and isinstance(shard, int) and _number(score):
        return moment, [score, key, shard]
    raise ListExpired


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
