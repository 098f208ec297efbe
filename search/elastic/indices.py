"""Which index is live: an alias, with a second alias for the index being built that is to take its place.

While one is being built, writers write to both, each document under its version; so nothing that is written meanwhile is
missing after the swap, which is one atomic change of aliases. A writer that did not know yet of the new index has read its
document before that index was begun, and the rebuild reads the database after that: it copies what the writer wrote.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from search.elastic.client import ask_again, reaching
from search.elastic.mapping import Shape, body, stamp
from search.index import SearchUnavailable

STAMP_SECONDS = 5.0
"""How long the stamp of the live index is believed: a rebuild by another encoder is noticed within that time."""


class Indices:
    """The live index behind ``alias``; made when there is none, if ``make`` says so."""

    def __init__(
        self,
        client: Elasticsearch,
        alias: str,
        *,
        encoder: str,
        dimensions: int,
        shape: Shape,
        make: bool = True,
    ) -> None:
        self.alias = alias
        self.building = f"{alias}-building"
        self.stamp = stamp(encoder, dimensions)
        self._client = client
        self._make = make
        self._body = body(encoder, dimensions, shape)
        self._lock = threading.Lock()
        self._live: tuple[float, dict[str, Any]] | None = None

    def live_stamp(self) -> dict[str, Any]:
        """What filled the live index. Raises SearchUnavailable."""
        with self._lock:
            now = time.monotonic()
            if self._live is None or now - self._live[0] > STAMP_SECONDS:
                self._live = now, ask_again(lambda: self._stamp_of(self._ensure_live()))
            return self._live[1]

    def live_index(self) -> str:
        """The name of the index behind the alias, made when there is none. Raises SearchUnavailable."""
        with self._lock:
            return self._ensure_live()

    def targets(self) -> tuple[str, ...]:
        """Where a document is to be written now: the live index, and one being built alike. Raises SearchUnavailable."""
        return ask_again(self._targets)

    def _targets(self) -> tuple[str, ...]:
        name = self._behind(self.building)
        return (self.alias, self.building) if name and self._stamp_of(name) == self.stamp else (self.alias,)

    def begin_building(self) -> bool:
        """Make the index that is to take over, or go on with one begun before; tells whether it goes on."""
        name = self._behind(self.building)
        if name and self._stamp_of(name) == self.stamp:
            return True
        with reaching():
            if name:
                self._client.indices.delete(index=name, ignore_unavailable=True)
            number = int(self.live_index().rpartition("-")[2]) + 1
            # Two that begin at once choose the same name, and both fill the same index.
            self._create(f"{self.alias}-{number:06d}", self.building)
        return False

    def stop_building(self) -> None:
        """Drop an index that was begun."""
        if name := self._behind(self.building):
            with reaching():
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def swap(self) -> None:
        """Put the index that was built in the place of the live one, at once for everybody, and drop the old one."""
        built, live = self._behind(self.building), self.live_index()
        if built is None:
            return  # another rebuild of the same index was quicker
        actions: list[dict[str, Any]] = [
            {"remove": {"index": built, "alias": self.building, "must_exist": True}},
            {"add": {"index": built, "alias": self.alias}},
            {"remove_index": {"index": live}},
        ]
        with reaching():
            try:
                self._client.indices.update_aliases(actions=actions)
            except NotFoundError:
                if self._behind(self.alias) != built:
                    raise
        with self._lock:
            self._live = None

    def _ensure_live(self) -> str:
        name = self._behind(self.alias)
        if name is None:
            if not self._make:
                raise SearchUnavailable(f"there is no index {self.alias} any more", retry_after=1)
            with reaching():
                self._create(f"{self.alias}-000001", self.alias)
            name = self._behind(self.alias) or f"{self.alias}-000001"
        return name

    def _create(self, name: str, alias: str) -> None:
        try:
            self._client.indices.create(
                index=name, aliases={alias: {}}, wait_for_active_shards=1, **self._body
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _behind(self, alias: str) -> str | None:
        with reaching():
            try:
                found = self._client.indices.get_alias(name=alias)
            except ApiError as error:
                if error.meta.status == 404:
                    return None
                raise
        return max(found.keys(), default=None)

    def _stamp_of(self, name: str) -> dict[str, Any]:
        with reaching():
            found = self._client.indices.get_mapping(index=name)
        said: dict[str, Any] = found[name]["mappings"].get("_meta", {})
        return said
