"""Which search index the settings name, and the one that a rebuild fills beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings
from matching.encoders import Encoder
from search.index import SearchIndex
from search.rebuild import Successor

# A backend brings large packages with it (tantivy and faiss, or the client); only the one in use is imported.
if TYPE_CHECKING:
    from search.elastic import ElasticIndex
    from search.embedded import EmbeddedIndex


def open_index(settings: Settings, encoder: Encoder) -> SearchIndex:
    """The live index. An Elasticsearch that is down is found out only when it is asked something."""
    if settings.uses_elasticsearch():
        return _elastic(settings, encoder, settings.search_index)
    return _embedded(settings.index_dir(), encoder)


def begin_successor(settings: Settings, encoder: Encoder, *, fresh: bool = False) -> Successor:
    """An index to be filled that takes the place of the live one; one begun before is gone on with unless ``fresh``.

    Raises SearchUnavailable.
    """
    if settings.uses_elasticsearch():
        from search.elastic import ElasticSuccessor

        live = _elastic(settings, encoder, settings.search_index).indices
        return ElasticSuccessor(
            live, lambda: _elastic(settings, encoder, live.building, make=False), fresh=fresh
        )
    from search.embedded import EmbeddedSuccessor

    folder = settings.index_dir()
    begun = folder.with_name(f"{folder.name}.new")
    if fresh:
        shutil.rmtree(begun, ignore_errors=True)
    return EmbeddedSuccessor(folder, begun, lambda: _embedded(begun, encoder))


def _embedded(folder: Path, encoder: Encoder) -> EmbeddedIndex:
    from search.embedded import EmbeddedIndex

    return EmbeddedIndex(
        folder, embed=encoder.encode_items, dimensions=encoder.dimensions, encoder=encoder.name
    )


def _elastic(settings: Settings, encoder: Encoder, alias: str, *, make: bool = True) -> ElasticIndex:
    from search.elastic import Connection, Shape, open_index

    connection = Connection(
        urls=tuple(filter(None, settings.search_url.split(","))),
        cloud_id=settings.search_cloud_id,
        api_key=settings.search_api_key.get_secret_value(),
        ca_certs=settings.search_ca_certs,
        timeout=settings.search_timeout_seconds,
    )
    return open_index(
        connection,
        alias,
        embed=encoder.encode_items,
        dimensions=encoder.dimensions,
        encoder=encoder.name,
        shape=Shape(settings.search_shards, settings.search_replicas, settings.search_refresh),
        make=make,
    )
