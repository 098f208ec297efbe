"""ElasticIndex: the SearchIndex protocol on an Elasticsearch cluster, shared by any number of processes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from search.changes import latest
from search.documents import SupplierDocument
from search.elastic import bulk
from search.elastic.asking import ask
from search.elastic.bulk import Action
from search.elastic.census import versions
from search.elastic.client import ask_again, reaching
from search.elastic.codes import TitleCodes
from search.elastic.figures import Figures
from search.elastic.indices import Indices
from search.elastic.layout import source_of, tombstone
from search.elastic.lists import Lists
from search.elastic.queries import facets_body, figures_body, passing_body, titles_body
from search.elastic.reader import Reader
from search.elastic.underway import Underway
from search.elastic.vectors import Codes
from search.index import (
    LONGEST_TITLE,
    Embed,
    Facets,
    Filters,
    Hit,
    Leg,
    Rejection,
    SearchUnavailable,
    VectorLeg,
    WordPage,
)

ROUNDS = 3
"""How often a leg of meaning is asked for at most, where the first answer is not certain to be all."""
FACET_VALUES = 10_000
FORGOTTEN_SECONDS = 0.5
"""After so long Elasticsearch has forgotten a deletion (``gc_deletes`` of nothing, on a clock that ticks in fifths)."""


class ElasticIndex:
    """One firm is one document, its items nested. Nothing is asked of the cluster before the first use.

    ``encoder`` names where the vectors come from. An index filled by another encoder or schema is ``stale``: it is left
    as it is, and everything but counting it raises SearchUnavailable until it is rebuilt.
    """

    def __init__(
        self, client: Elasticsearch, indices: Indices, *, embed: Embed, dimensions: int, encoder: str
    ) -> None:
        self.encoder = encoder
        self.indices = indices
        self._client = client
        self._titles = TitleCodes(embed, dimensions)
        self._reader = Reader(client, indices.alias, dimensions)
        self._figures = Figures()
        self._lists = Lists(client, indices.alias)

    @property
    def stale(self) -> bool:
        """Whether another encoder or schema filled the index. Raises SearchUnavailable."""
        return not self.indices.askable()

    def close(self) -> None:
        """Release the connections."""
        self._client.close()

    def replaced(self) -> bool:
        """Whether an index of another encoder has taken its place; the alias leads to one of the same encoder."""
        return self.indices.replaced()

    def changed_elsewhere(self) -> bool:
        """Never: every search sees what any process has written."""
        return False

    def _refuse_if_stale(self) -> None:
        if self.stale:
            raise SearchUnavailable(
                f"the index {self.indices.alias} was filled by {self.indices.live_stamp()}, "
                f"not by {self.indices.stamp}; rebuild it",
                retry_after=60,
            )

    def apply(
        self,
        upserts: Sequence[SupplierDocument],
        deletes: Sequence[tuple[str, int]] = (),
        *,
        force: bool = False,
    ) -> tuple[Rejection, ...]:
        """Write documents and deletions, also into an index that is being built; see SearchIndex.apply."""
        self._refuse_if_stale()
        refused: dict[str, Rejection] = {}
        changes = latest(upserts, deletes)
        codes = self._titles.of([document for _, document in changes.values() if document])
        for target in self.indices.targets():
            if force and changes:
                # Elasticsearch never lowers a version; it has to forget the document first.
                bulk.write(self._client, target, (Action(key, 0, None) for key in changes))
                time.sleep(FORGOTTEN_SECONDS)
            actions = (
                Action(key, version, self._source(key, version, document, codes))
                for key, (version, document) in changes.items()
                if document or not force
            )
            refused |= {one.key: one for one in bulk.write(self._client, target, actions)}
        self._reader.forget(changes)
        return tuple(refused.values())

    def _source(
        self, key: str, version: int, document: SupplierDocument | None, codes: dict[str, Codes]
    ) -> dict[str, Any]:
        return (
            source_of(document, self._titles.rows(document, codes)) if document else tombstone(key, version)
        )

    def refresh(self) -> None:
        """Make everything applied so far visible to the next search."""
        self._refuse_if_stale()
        ask_again(self._refresh)
        self._figures.forget()
        self._lists.forget()

    def _refresh(self) -> None:
        with reaching():
            self._client.indices.refresh(index=self.indices.alias)

    def search(self, legs: Sequence[Leg], filters: Filters) -> list[list[Hit]]:
        """Answer every leg, in one request as a rule: a second reads firms near in meaning that were not seen before."""
        self._refuse_if_stale()
        underway = [Underway(leg, filters) for leg in legs]
        for _ in range(ROUNDS):
            unfinished = [one for one in underway if one.wanted > 0]
            if not unfinished:
                break
            self._ask(unfinished, filters)
        return [one.hits[: one.leg.limit] for one in underway]

    def _ask(self, asked: Sequence[Underway], filters: Filters) -> None:
        """One request for all legs that want more, with what is to be known of their words."""
        bodies = [one.body(filters) for one in asked]
        meant = [one.leg.limit for one in asked if isinstance(one.leg, VectorLeg)]
        words = [token for one in asked for token in one.own_words]
        unknown = self._figures.unknown(words) if words else None
        if meant:
            bodies.append(passing_body(filters, max(meant)))
        if unknown is not None:
            bodies.append(figures_body(unknown))
        responses = ask(self._client, self.indices.alias, bodies)
        if unknown is not None:
            self._learn(unknown, responses.pop())
        passing = responses.pop()["hits"]["total"]["value"] if meant else 0
        rows = [_rows(response) for response in responses]
        # What words have found is not read here: few of those firms are ranked in the end. But what is in memory at the
        # version just seen need not be asked for again.
        kept = self._reader.current({key: version for found in rows for key, version, _ in found})
        near = (
            key
            for one, found in zip(asked, rows, strict=True)
            if isinstance(one.leg, VectorLeg)
            for key, _, _ in found
        )
        kept |= self._reader.read([key for key in dict.fromkeys(near) if key not in kept])
        for one, found in zip(asked, rows, strict=True):
            if isinstance(one.leg, VectorLeg):
                one.add_meant([key for key, _, _ in found], kept, passing)
            else:
                one.finish([Hit(key, score) for key, _, score in found])

    def page(self, tokens: Sequence[str], filters: Filters, *, limit: int, after: str = "") -> WordPage:
        """A page of every firm with any of the words; see SearchIndex.page."""
        self._refuse_if_stale()
        return self._lists.page(tokens, filters, limit=limit, after=after)

    def _learn(self, tokens: Sequence[str], response: dict[str, Any]) -> None:
        items = response["aggregations"]["items"]
        counted = items.get("tokens", {}).get("buckets", {})
        self._figures.learn(items["doc_count"], {t: counted[t]["doc_count"] for t in tokens})

    def _ask_figures(self, tokens: Sequence[str]) -> None:
        self._refuse_if_stale()
        unknown = self._figures.unknown(tokens)
        if unknown is not None:
            (response,) = ask(self._client, self.indices.alias, [figures_body(unknown)])
            self._learn(unknown, response)

    def document_frequencies(self, tokens: Sequence[str]) -> dict[str, int]:
        """In how many items each token stands, as of a minute ago at most."""
        self._ask_figures(tokens)
        return self._figures.frequencies(tokens)

    def titles(self, beginning: str, *, limit: int) -> list[tuple[str, int]]:
        """Titles that begin so, those of most firms first; see SearchIndex.titles."""
        self._refuse_if_stale()
        if not beginning or len(beginning) > LONGEST_TITLE:
            return []
        (response,) = ask(self._client, self.indices.alias, [titles_body(beginning, limit)])
        buckets = response["aggregations"]["titles"]["buckets"]
        return [(bucket["key"], bucket["doc_count"]) for bucket in buckets]

    def item_count(self) -> int:
        """How many items are indexed, as of a minute ago at most."""
        self._ask_figures(())
        return self._figures.items

    def documents(self, keys: Sequence[str]) -> dict[str, SupplierDocument]:
        """The documents of these keys, as the last search saw them or newer."""
        self._refuse_if_stale()
        return self._reader.documents(keys)

    def facets(self, filters: Filters) -> Facets:
        """Counts by city, industry, tag and kind of item of the firms that pass."""
        self._refuse_if_stale()
        (response,) = ask(self._client, self.indices.alias, [facets_body(filters, FACET_VALUES)])
        counted = response["aggregations"]
        by_value = {
            name: {bucket["key"]: bucket["doc_count"] for bucket in counted[name]["buckets"]}
            for name in ("cities", "industries", "tags")
        }
        by_kind = counted["items"]["passing"]["kinds"]["buckets"]
        by_value["kinds"] = {bucket["key"]: bucket["firms"]["doc_count"] for bucket in by_kind}
        return Facets(**{name: _ranked(counts) for name, counts in by_value.items()})

    def versions(self, keys: Sequence[str] | None = None) -> Iterator[tuple[str, int]]:
        """Every (key, version) held, only of ``keys`` when given, in order of the keys and of one moment; what was applied before is in it."""
        self._refuse_if_stale()
        return versions(self._client, self.indices.alias, keys)

    def count(self) -> int:
        """How many firms are indexed; none that can be searched when stale."""
        return 0 if self.stale else ask_again(self._count)

    def _count(self) -> int:
        with reaching():
            answer = self._client.count(index=self.indices.alias, query={"term": {"live": True}})
        return int(answer["count"])


def _rows(response: Mapping[str, Any]) -> list[tuple[str, int, float]]:
    """(key, version, score) of the hits, best first."""
    return [
        (hit["fields"]["key"][0], hit["fields"]["version"][0], hit["_score"])
        for hit in response.get("hits", {}).get("hits", [])
    ]


def _ranked(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
