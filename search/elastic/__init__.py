"""The cluster backend: Elasticsearch 8.19 or later of that line, without plugins, scripts or paid features."""

from __future__ import annotations

from search.elastic.client import Connection
from search.elastic.index import ElasticIndex
from search.elastic.indices import Indices, read_begun, read_filling
from search.elastic.mapping import Shape
from search.elastic.successor import ElasticSuccessor
from search.index import Embed

__all__ = [
    "Connection",
    "ElasticIndex",
    "ElasticSuccessor",
    "Shape",
    "open_index",
    "read_begun",
    "read_filling",
]


def open_index(
    connection: Connection,
    alias: str,
    *,
    embed: Embed,
    dimensions: int,
    encoder: str,
    setting: str = "",
    shape: Shape = Shape(),  # noqa: B008  (frozen)
    make: bool = True,
) -> ElasticIndex:
    """The index behind ``alias``, made at its first use if there is none and ``make`` says so.

    ``setting`` is how the settings name the encoder, kept with an index that is made. Nothing is asked of the cluster
    yet, so this works while it is down.
    """
    client = connection.open()
    indices = Indices(
        client, alias, encoder=encoder, dimensions=dimensions, setting=setting, shape=shape, make=make
    )
    return ElasticIndex(client, indices, embed=embed, dimensions=dimensions, encoder=encoder)
