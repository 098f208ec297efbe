"""The connection: how to reach a cluster, and its failures told apart from answers."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from elastic_transport import JsonSerializer
from elasticsearch import ApiError, Elasticsearch, TransportError
from pydantic_core import from_json

from search.index import SearchUnavailable

T = TypeVar("T")

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that mean "not now": overload, a shard or node that is moving or gone."""


GONE = frozenset(
    {
        "index_not_found_exception",
        "no_shard_available_action_exception",
        "search_context_missing_exception",
        "shard_not_found_exception",
    }
)
"""What is said of an index, a shard of it or a search in it that was dropped under the question."""


PAUSES = (0.0, 0.1, 0.3, 1.0)
"""Seconds to wait before a question that met a dropped index is asked again."""


class _Answers(JsonSerializer):
    """Reads answers with the parser that pydantic has, in half the time of the standard library's."""

    def json_loads(self, data: bytes) -> Any:
        return from_json(data)


class IndexGone(SearchUnavailable):
    """The index that was asked has just been dropped, as at the end of a rebuild; the alias leads to another one."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a cluster is and who asks; either ``urls`` or ``cloud_id``."""

    urls: tuple[str, ...] = ()
    cloud_id: str = ""
    api_key: str = ""
    username: str = ""
    password: str = ""
    ca_certs: Path | None = None
    """PEM of the authority that signed the cluster's certificate; None trusts what the system trusts."""
    timeout: float = 10.0
    """Seconds to wait for an answer."""

    def open(self) -> Elasticsearch:
        """A client. Threads share it; nothing is asked of the cluster yet."""
        trusted: dict[str, Any] = {"ca_certs": str(self.ca_certs)} if self.ca_certs else {}
        return Elasticsearch(
            [_with_port(url) for url in self.urls] or None,
            cloud_id=self.cloud_id or None,
            api_key=self.api_key or None,
            basic_auth=_basic(self.username, self.password) if self.username else None,
            request_timeout=self.timeout,
            # Another node may answer what one does not; a query is safe to ask twice, a write carries its version.
            max_retries=2,
            retry_on_timeout=False,
            retry_on_status=(502, 503, 504),
            connections_per_node=20,
            serializer=_Answers(),
            **trusted,
        )


def _basic(username: str, password: str) -> str:
    """As Elasticsearch reads it, in UTF-8; the client itself would take nothing but ASCII."""
    return base64.b64encode(f"{username}:{password}".encode()).decode()


def _with_port(url: str) -> str:
    """The client wants a port said even where it is the usual one."""
    parts = urlsplit(url.strip())
    if parts.port is not None or parts.scheme not in ("http", "https"):
        return url.strip()
    return parts._replace(netloc=f"{parts.netloc}:{443 if parts.scheme == 'https' else 9200}").geturl()


@contextmanager
def reaching() -> Iterator[None]:
    """Turn what means "not now" into SearchUnavailable; what is wrong with the question itself passes through."""
    try:
        yield
    except TransportError as error:
        # A certificate that is not trusted now will not be trusted in a minute.
        passing = "CERTIFICATE_VERIFY_FAILED" not in str(error)
        raise SearchUnavailable(f"Elasticsearch does not answer: {error}", passing=passing) from error
    except ApiError as error:
        status = error.meta.status
        if error.error in GONE:
            raise IndexGone(f"Elasticsearch has dropped what was asked: {error}") from error
        if status in PASSING or error.error == "cluster_block_exception":
            raise SearchUnavailable(f"Elasticsearch cannot answer now: {error}") from error
        if status in (401, 403):
            raise SearchUnavailable(
                f"Elasticsearch refuses these credentials: {error}", retry_after=60, passing=False
            ) from error
        raise


def ask_again(ask: Callable[[], T]) -> T:
    """What ``ask`` gives; it is asked again, soon and a few times, when the index was dropped under the question.

    A node looks up where an alias leads before it asks the shards, and a rebuild drops the old index with the change of
    aliases. So a question under way at that moment may find nothing, and the same question finds the new index, on a busy
    node a moment later.
    """
    for pause in PAUSES:
        try:
            return ask()
        except IndexGone:
            time.sleep(pause)
    return ask()
