"""Which search indexes the settings name, one of suppliers and one of demands, and what a rebuild fills beside them."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.outbox import Subject
from app.settings import Settings
from matching.encoders import Encoder
from search.index import Begun, Filling, SearchIndex
from search.rebuild import Successor

# A backend brings large packages with it (tantivy and faiss, or the client); only the one in use is imported.
if TYPE_CHECKING:
    from search.elastic import Connection, ElasticIndex
    from search.embedded import EmbeddedIndex
RETIRED_SECONDS = 60.0
"""So long an Elasticsearch index of another encoder stays after it was replaced, for processes that load the new one."""


def open_index(
    settings: Settings, encoder: Encoder, subject: Subject = "supplier", *, setting: str = ""
) -> SearchIndex:
    """The live index, made where there is none; ``setting`` is how the settings name the encoder.

    An Elasticsearch that is down is found out only when it is asked something.
    """
    if settings.uses_elasticsearch():
        return _elastic(settings, encoder, _alias(settings, subject), setting=setting)
    folder = _folder(settings, subject)
    from search.embedded import finish_take_over

    finish_take_over(folder)
    return _embedded(folder, encoder, setting=setting)


def filling_of(settings: Settings, subject: Subject = "supplier") -> Filling | None:
    """What filled the live index; None when there is none yet. Raises SearchUnavailable."""
    if settings.uses_elasticsearch():
        from search.elastic import read_filling

        with _connection(settings).open() as client:
            return read_filling(client, _alias(settings, subject))
    from search.embedded import finish_take_over, read_begun

    folder = _folder(settings, subject)
    finish_take_over(folder)
    found = read_begun(folder)
    return found.filling if found else None


def begun_of(settings: Settings, subject: Subject = "supplier") -> Begun | None:
    """How far the index is that is to take over; None when nobody has begun one. Raises SearchUnavailable."""
    if settings.uses_elasticsearch():
        from search import elastic

        with _connection(settings).open() as client:
            return elastic.read_begun(client, _alias(settings, subject))
    from search.embedded import beside, read_begun

    return read_begun(beside(_folder(settings, subject)))


class Leftovers:
    """What is left when an index has been replaced, or was begun and is not wanted any more."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: dict[str, float] = {}

    def drop(self, encoder: Encoder, subject: Subject) -> bool:
        """Drop it, once nobody asks it any more; ``encoder`` filled the live index. Tells whether nothing is left."""
        if not self._settings.uses_elasticsearch():
            from search.embedded import drop_leftovers

            drop_leftovers(_folder(self._settings, subject))
            return True
        index = _elastic(self._settings, encoder, _alias(self._settings, subject))
        try:
            index.indices.stop_building_another()
            now = time.monotonic()
            left = index.indices.retired()
            gone = [one for one in left if now - self._seen.setdefault(one, now) >= RETIRED_SECONDS]
            for name in gone:
                index.indices.drop(name)
            return gone == left
        finally:
            index.close()


def _alias(settings: Settings, subject: Subject) -> str:
    return settings.search_index if subject == "supplier" else f"{settings.search_index}-demands"


def _folder(settings: Settings, subject: Subject) -> Path:
    folder = settings.index_dir()
    return folder if subject == "supplier" else folder.with_name(f"{folder.name}-demands")


def begin_successor(
    settings: Settings, encoder: Encoder, subject: Subject = "supplier", *, fresh: bool = False
) -> Successor:
    """An index to be filled that takes the place of the live one; one begun before is gone on with unless ``fresh``.

    ``encoder`` is the one that the settings name. Raises SearchUnavailable.
    """
    setting = settings.encoder
    if settings.uses_elasticsearch():
        from search.elastic import ElasticSuccessor

        live = _elastic(settings, encoder, _alias(settings, subject), setting=setting).indices
        return ElasticSuccessor(
            live, lambda: _elastic(settings, encoder, live.building, make=False), fresh=fresh
        )
    from search.embedded import EmbeddedSuccessor, beside

    folder = _folder(settings, subject)
    begun = beside(folder)
    if fresh:
        shutil.rmtree(begun, ignore_errors=True)
    return EmbeddedSuccessor(folder, begun, lambda: _embedded(begun, encoder, setting=setting))


def _embedded(folder: Path, encoder: Encoder, *, setting: str) -> EmbeddedIndex:
    from search.embedded import EmbeddedIndex

    return EmbeddedIndex(
        folder,
        embed=encoder.encode_items,
        dimensions=encoder.dimensions,
        encoder=encoder.name,
        setting=setting,
    )


def _connection(settings: Settings) -> Connection:
    from search.elastic import Connection

    return Connection(
        urls=tuple(filter(None, settings.search_url.split(","))),
        cloud_id=settings.search_cloud_id,
        api_key=settings.search_api_key.get_secret_value(),
        ca_certs=settings.search_ca_certs,
        timeout=settings.search_timeout_seconds,
    )


def _elastic(
    settings: Settings, encoder: Encoder, alias: str, *, setting: str = "", make: bool = True
) -> ElasticIndex:
    from search.elastic import Shape, open_index

    return open_index(
        _connection(settings),
        alias,
        embed=encoder.encode_items,
        dimensions=encoder.dimensions,
        encoder=encoder.name,
        setting=setting,
        shape=Shape(settings.search_shards, settings.search_replicas, settings.search_refresh),
        make=make,
    )
