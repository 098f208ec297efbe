"""Which search indexes the settings name, one of suppliers and one of demands, and what a rebuild fills beside them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.outbox import Subject
from app.settings import Settings
from matching.encoders import Encoder
from search.index import SearchIndex
from search.rebuild import Successor

# A backend brings large packages with it (tantivy and faiss, or the client); only the one in use is imported.
if TYPE_CHECKING:
    from search.elastic import ElasticIndex
    from search.embedded import EmbeddedIndex


def open_index(settings: Settings, encoder: Encoder, subject: Subject = "supplier") -> SearchIndex:
    """The live index. An Elasticsearch that is down is found out only when it is asked something."""
    if settings.uses_elasticsearch():
        return _elastic(settings, encoder, _alias(settings, subject))
    return _embedded(_folder(settings, subject), encoder)


def _alias(settings: Settings, subject: Subject) -> str:
    return settings.search_index if subject == "supplier" else f"{settings.search_index}-demands"


def _folder(settings: Settings, subject: Subject) -> Path:
    folder = settings.index_dir()
    return folder if subject == "supplier" else folder.with_name(f"{folder.name}-demands")


def begin_successor(
    settings: Settings, encoder: Encoder, subject: Subject = "supplier", *, fresh: bool = False
) -> Successor:
    """An index to be filled that takes the place of the live one; one begun before is gone on with unless ``fresh``.

    Raises SearchUnavailable.
    """
    if settings.uses_elasticsearch():
        from search.elastic import ElasticSuccessor

        live = _elastic(settings, encoder, _alias(settings, subject)).indices
        return ElasticSuccessor(
            live, lambda: _elastic(settings, encoder, live.building, make=False), fresh=fresh
        )
    from search.embedded import EmbeddedSuccessor

    folder = _folder(settings, subject)
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
