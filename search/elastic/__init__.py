"""The cluster backend: Elasticsearch 8.19 or later of that line, without plugins, scripts or paid features."""

from __future__ import annotations

from search.elastic.client import Connection
from search.elastic.index import ElasticIndex
from search.elastic.indices import Indices
from search.elastic.mapping import Shape
from search.index import Embed

__all__ = ["Connection", "ElasticIndex", "Shape", "open_index"]


def open_index(
    connection: Connection,
    alias: str,
    *,
    embed: Embed,
    dimensions: int,
    encoder: str,
    shape: Shape = Shape(),  # noqa: B008  (frozen)
) -> ElasticIndex:
    """The index behind ``alias``. Nothing is asked of the cluster yet, so this works while it is down."""
    client = connection.open()
    indices = Indices(client, alias, encoder=encoder, dimensions=dimensions, shape=shape)
    return ElasticIndex(client, indices, embed=embed, dimensions=dimensions, encoder=encoder)
