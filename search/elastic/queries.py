"""Legs and filters as Elasticsearch's query language says them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from search.elastic.vectors import encode
from search.index import LONGEST_TITLE, NAME_BOOST, Filters, Near, TextLeg, VectorLeg, division_prefix

DEEPEST = 10_000
"""Elasticsearch gives no more hits, and looks at no more vectors, for one query."""

AROUND = 50
"""So many more vectors are looked at than are asked for: the graph is approximate, and its edge is where it errs."""

SLACK_KM = 0.0001
"""Coordinates are kept to a centimetre; a circle reaches ten centimetres further."""

Query = dict[str, Any]

# Only these come back of a hit. Without stored fields nothing has to be read and unpacked but two columns.
_LIGHT: Query = {
    "_source": False,
    "stored_fields": "_none_",
    "docvalue_fields": ["key", "version"],
    "track_total_hits": False,
}


def firm_filters(filters: Filters) -> list[Query]:
    """Clauses that a firm has to meet, all of them."""
    # What stays of a deleted firm has no status; a second clause over all firms costs every leg a few milliseconds.
    clauses: list[Query] = [
        {"terms": {"status": list(filters.statuses)}} if filters.statuses else {"term": {"live": True}}
    ]
    if filters.keys:
        clauses.append({"terms": {"key": list(filters.keys)}})
    if filters.divisions:
        prefixes = [division_prefix(code) for code in filters.divisions]
        if all(prefixes):
            clauses.append({"terms": {"divisions": prefixes}})
    if filters.industries and all(filters.industries):
        clauses.append({"terms": {"industries": list(filters.industries)}})
    if filters.tags:
        clauses.append({"terms": {"tags": list(filters.tags)}})
    if filters.verified_only:
        clauses.append({"term": {"verified": True}})
    if filters.near:
        clauses.append(_within(filters.near))
    if items := item_filters(filters):
        clauses.append({"nested": {"path": "items", "query": {"bool": {"filter": items}}}})
    return clauses


def item_filters(filters: Filters) -> list[Query]:
    """Clauses that an item has to meet, as fields of the nested document."""
    clauses: list[Query] = []
    if filters.kinds:
        clauses.append({"terms": {"items.kind": list(filters.kinds)}})
    if filters.roles:
        clauses.append({"terms": {"items.role": list(filters.roles)}})
    for field, bound, asked in (
        ("price", "lte", filters.price),
        ("price", "gte", filters.min_price),
        ("capacity", "gte", filters.capacity),
    ):
        if asked:
            clauses.append({"term": {f"items.{field}_unit": asked.unit}})
            clauses.append({"range": {f"items.{field}": {bound: asked.value}}})
    return clauses


def _within(near: Near) -> Query:
    if not all(map(math.isfinite, (near.lon, near.lat, near.kilometres))) or near.kilometres < 0:
        return {"match_none": {}}
    return {
        "geo_distance": {
            "distance": f"{near.kilometres + SLACK_KM:.4f}km",
            "location": {"lon": near.lon, "lat": near.lat},
        }
    }


def text_body(leg: TextLeg, filters: Filters) -> Query:
    """BM25 over items (a firm's best counts), whole firms or names."""
    said = leg.weighted()
    if leg.over == "item":
        inside: Query = {"bool": {"must": _words("items.words", said), "filter": item_filters(filters)}}
        words: Query = {"nested": {"path": "items", "query": inside, "score_mode": "max"}}
    elif leg.over == "firm":
        words = {"bool": {"should": [_words("firm", said), _words("name", said, NAME_BOOST)]}}
    else:
        words = _words("name", said)
    return {
        **_LIGHT,
        "size": min(leg.limit, DEEPEST),
        "query": {"bool": {"must": words, "filter": firm_filters(filters)}},
    }


def page_body(tokens: Sequence[str], filters: Filters, limit: int) -> dict[str, Any]:
    """Whole firms by their words, best first and equals by key, so that a place in the list is a score and a key."""
    body = text_body(TextLeg(tuple(tokens), "firm", limit), filters)
    light = {
        name: body[name] for name in ("query", "size", "stored_fields", "docvalue_fields", "track_total_hits")
    }
    return {**light, "source": False, "sort": [{"_score": "desc"}, {"key": "asc"}]}


def _words(field: str, said: Mapping[str, float], boost: float = 1.0) -> Query:
    """A firm scores by each word it has, times the word's weight; words that weigh 1 take the shorter form."""
    if all(weight == 1.0 for weight in said.values()):
        return {"match": {field: {"query": " ".join(said), "boost": boost}}}
    should = [{"term": {field: {"value": word, "boost": weight * boost}}} for word, weight in said.items()]
    return {"bool": {"should": should}}


def vector_body(leg: VectorLeg, filters: Filters, limit: int, known: Collection[str]) -> Query:
    """The ``limit`` firms with the nearest items that are not ``known``; items of any kind, as the graph knows firms only."""
    wanted = min(limit, DEEPEST)
    allowed: Query = {"bool": {"filter": firm_filters(filters)}}
    if known:
        allowed["bool"]["must_not"] = {"terms": {"key": list(known)}}
    return {
        **_LIGHT,
        "size": wanted,
        "knn": {
            "field": "items.vector",
            "query_vector": encode(leg.vector[None, :], len(leg.vector))[0].tolist(),
            "k": wanted,
            "num_candidates": min(wanted + AROUND, DEEPEST),
            "filter": allowed,
        },
    }


def passing_body(filters: Filters, limit: int) -> Query:
    """How many firms with items pass, counted up to ``limit``."""
    having_items: Query = {"exists": {"field": "titles"}}
    return {
        "size": 0,
        "track_total_hits": limit,
        "query": {"bool": {"filter": [*firm_filters(filters), having_items]}},
    }


def facets_body(filters: Filters, limit: int) -> Query:
    """How many firms pass, by each of their values (``limit`` of each at most), and by kind of the items that pass."""
    fields = {"cities": "city", "industries": "industry", "tags": "tags"}
    aggs: Query = {name: {"terms": {"field": field, "size": limit}} for name, field in fields.items()}
    by_kind = {"terms": {"field": "items.kind", "size": limit}, "aggs": {"firms": {"reverse_nested": {}}}}
    passing = {"filter": {"bool": {"filter": item_filters(filters)}}, "aggs": {"kinds": by_kind}}
    aggs["items"] = {"nested": {"path": "items"}, "aggs": {"passing": passing}}
    return {"size": 0, "query": {"bool": {"filter": firm_filters(filters)}}, "aggs": aggs}


def titles_body(beginning: str, limit: int) -> Query:
    """How many active firms have each title that begins so, those of most first."""
    rest = LONGEST_TITLE - len(beginning)
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {
            "bool": {
                "filter": [
                    *firm_filters(Filters()),
                    {"prefix": {"titles": {"value": beginning, "case_insensitive": True}}},
                ]
            }
        },
        "aggs": {
            "titles": {
                "terms": {
                    "field": "titles",
                    "include": f"{''.join(map(_either_case, beginning))}.{{0,{rest}}}",
                    "size": limit,
                    "order": [{"_count": "desc"}, {"_key": "asc"}],
                    # Each shard names so many of its own, so that their sums are right for what many firms have.
                    "shard_size": limit * 20,
                }
            }
        },
    }


def _either_case(character: str) -> str:
    """A pattern for one character in Lucene's regular expressions, where nearly every sign means something."""
    if not character.isascii():
        return character
    if character.isalpha():
        return f"[{character.lower()}{character.upper()}]"
    return character if character.isdigit() else f"\\{character}"


def figures_body(tokens: Sequence[str]) -> Query:
    """How many items there are, and in how many each token stands."""
    return {
        "size": 0,
        "query": {"term": {"live": True}},
        "aggs": {
            "items": {
                "nested": {"path": "items"},
                "aggs": {
                    "tokens": {"filters": {"filters": {t: {"term": {"items.words": t}} for t in tokens}}}
                }
                if tokens
                else {},
            }
        },
    }
