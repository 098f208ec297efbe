"""Several questions to the cluster in one request, each answered or its failure told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from search.elastic.client import GONE, PASSING, IndexGone, ask_again, reaching
from search.elastic.queries import Query
from search.index import SearchUnavailable

ANSWERED = (
    "responses.status,responses.error,responses.hits.hits._score,"
    "responses.hits.hits.fields,responses.hits.total,responses.aggregations"
)
"""What is sent back of an answer; the rest is as long again."""


def ask(client: Elasticsearch, alias: str, bodies: Sequence[Query]) -> list[dict[str, Any]]:
    """An answer a question, of one index each. Raises SearchUnavailable; ValueError for a question it refuses."""
    return ask_again(lambda: _ask_once(client, alias, bodies))


def _ask_once(client: Elasticsearch, alias: str, bodies: Sequence[Query]) -> list[dict[str, Any]]:
    header = {"index": alias, "allow_partial_search_results": False}
    with reaching():
        answer = client.msearch(
            searches=[line for body in bodies for line in (header, body)], filter_path=ANSWERED
        )
    responses: list[dict[str, Any]] = answer["responses"]
    for response in responses:
        if error := response.get("error"):
            if gone(error):
                raise IndexGone(f"Elasticsearch has dropped what was asked: {error.get('reason')}")
            if response.get("status") in PASSING:
                raise SearchUnavailable(f"Elasticsearch cannot answer now: {error.get('reason')}")
            raise ValueError(f"Elasticsearch refuses the question: {error}")
    return responses


def gone(error: Mapping[str, Any]) -> bool:
    """Whether the index was dropped under the question; a search says it in the causes of its shards' failures."""
    said = [error, *error.get("root_cause", ())]
    return any(one.get("type") in GONE for one in said)
