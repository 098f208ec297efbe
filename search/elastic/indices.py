"""Which index is live: an alias, with a second alias for the index being built that is to take its place.

While one is being built, writers write to both, each document under its version; so nothing that is written meanwhile is
missing after the swap, which is one atomic change of aliases. A writer that did not know yet of the new index has read its
document before that index was begun, and the rebuild reads the database after that: it copies what the writer wrote.

A third alias names the encoder, and nothing is asked or written but through it: vectors of one encoder never meet an index
of another, whatever a process has or has not yet noticed. When an index of another encoder takes over, the old one keeps
that alias for a while, so that processes go on asking it until they have loaded the new encoder. It takes no writes any more:
writers of the old encoder come back with the new one.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from search.elastic.client import ask_again, reaching
from search.elastic.mapping import SCHEMA_VERSION, Shape, body, stamp
from search.index import Begun, Filling, SearchUnavailable

STAMP_SECONDS = 5.0
"""How long the stamp of the live index is believed: a rebuild by another encoder is noticed within that time."""


class Indices:
    """The live index behind ``name``; made when there is none, if ``make`` says so."""

    def __init__(
        self,
        client: Elasticsearch,
        name: str,
        *,
        encoder: str,
        dimensions: int,
        shape: Shape,
        setting: str = "",
        make: bool = True,
    ) -> None:
        self.name = name
        self.building = f"{name}-building"
        self.stamp = stamp(encoder, dimensions)
        self.alias = f"{name}-of-{_digest(self.stamp)}" if make else name
        """What this encoder's questions and documents are sent to. An index being built has one alias for all."""
        self._client = client
        self._make = make
        self._body = body(encoder, dimensions, shape, setting)
        self._lock = threading.Lock()
        self._live: tuple[float, dict[str, Any], bool] | None = None
        self._opened_on: dict[str, Any] | None = None

    def live_stamp(self) -> dict[str, Any]:
        """What filled the live index. Raises SearchUnavailable."""
        return self._look()[0]

    def askable(self) -> bool:
        """Whether there is an index of this encoder: the live one, or one replaced a moment ago. Raises SearchUnavailable."""
        return self._look()[1]

    def replaced(self) -> bool:
        """Whether the live index was filled by another encoder than when this was first asked. Raises SearchUnavailable.

        Looked up now, whatever was believed a moment ago: who asks is about to change its encoder.
        """
        with self._lock:
            self._live = None
        return self.live_stamp() != self._opened_on

    def live_index(self) -> str:
        """The name of the index behind the alias, made when there is none. Raises SearchUnavailable."""
        with self._lock:
            return self._ensure_live()

    def _look(self) -> tuple[dict[str, Any], bool]:
        with self._lock:
            now = time.monotonic()
            if self._live is None or now - self._live[0] > STAMP_SECONDS:
                self._live = now, *ask_again(self._look_now)
            if self._opened_on is None:
                self._opened_on = self._live[1]
            return self._live[1:]

    def _look_now(self) -> tuple[dict[str, Any], bool]:
        name = self._ensure_live()
        found = stamp_of(self._client, name)
        if found != self.stamp:
            return found, self._make and behind(self._client, self.alias) is not None
        if self._make and behind(self._client, self.alias) != name:  # made by an older release
            with reaching():
                self._client.indices.put_alias(index=name, name=self.alias)
        return found, True

    def targets(self) -> tuple[str, ...]:
        """Where a document is to be written now: the live index, and one being built alike. Raises SearchUnavailable."""
        return ask_again(self._targets)

    def _targets(self) -> tuple[str, ...]:
        name = behind(self._client, self.building)
        if name and stamp_of(self._client, name) == self.stamp:
            return self.alias, self.building
        return (self.alias,)

    def built(self) -> str | None:
        """The name of the index that is to take over, None when there is none. Raises SearchUnavailable."""
        return behind(self._client, self.building)

    def begin_building(self) -> bool:
        """Make the index that is to take over, or go on with one begun before; tells whether it goes on."""
        name = behind(self._client, self.building)
        if name and stamp_of(self._client, name) == self.stamp:
            return True
        if name:
            self.stop_building()
        number = _number(self.live_index()) + 1
        with reaching():
            # Two that begin at once choose the same name, and both fill the same index.
            self._create(f"{self.name}-{number:06d}", self.building)
        return False

    def stop_building(self) -> None:
        """Drop an index that was begun."""
        if name := behind(self._client, self.building):
            # It may have been about to take over.
            self.let_writers_go(self.live_index())
            with reaching():
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def stop_building_another(self) -> None:
        """Drop an index that was begun by another encoder than the live one's, which is this."""
        name = behind(self._client, self.building)
        if name and stamp_of(self._client, name) != self.stamp:
            self.stop_building()

    def hold_writers_of_another(self) -> str | None:
        """Let nothing more be written to the live index if another encoder filled it; returns its name then.

        What is under way is waited for. Who is refused keeps what he has to write, and tries again.
        """
        live = self.live_index()
        if stamp_of(self._client, live) == self.stamp:
            return None  # its writers write to the new index too
        with reaching():
            self._client.indices.add_block(index=live, block="write")
        return live

    def let_writers_go(self, name: str) -> None:
        """Undo ``hold_writers_of_another``."""
        with reaching():
            self._client.indices.put_settings(
                index=name, settings={"index.blocks.write": None}, ignore_unavailable=True
            )

    def swap(self) -> None:
        """Put the index that was built in the place of the live one, at once for everybody.

        The old one is dropped; if another encoder filled it, it stays for those who still ask it (``retired``).
        """
        built, live = behind(self._client, self.building), self.live_index()
        if built is None:
            return  # another rebuild of the same index was quicker
        alike = all_behind(self._client, self.alias)
        actions: list[dict[str, Any]] = [
            {"remove": {"index": built, "alias": self.building, "must_exist": True}},
            {"add": {"index": built, "alias": self.name}},
            {"add": {"index": built, "alias": self.alias}},
            *({"remove_index": {"index": name}} for name in alike),
        ]
        if live not in alike:
            if stamp_of(self._client, live) == self.stamp:
                actions.append({"remove_index": {"index": live}})
            else:
                actions.append({"remove": {"index": live, "alias": self.name, "must_exist": True}})
        with reaching():
            try:
                self._client.indices.update_aliases(actions=actions)
            except NotFoundError:
                if behind(self._client, self.name) != built:
                    raise
        with self._lock:
            self._live = None

    def retired(self) -> list[str]:
        """Indices that were live before the one that is. Raises SearchUnavailable."""
        live = _number(self.live_index())
        with reaching():
            found = self._client.indices.get_alias(index=f"{self.name}-*", expand_wildcards="all")
        of_ours = re.compile(rf"{re.escape(self.name)}-\d{{6,}}")
        return [
            name
            for name, said in found.items()
            if of_ours.fullmatch(name) and _number(name) < live and self.building not in said["aliases"]
        ]

    def drop(self, name: str) -> None:
        """Drop an index that nobody asks any more."""
        with reaching():
            self._client.indices.delete(index=name, ignore_unavailable=True)

    def _ensure_live(self) -> str:
        name = behind(self._client, self.name)
        if name is None:
            if not self._make:
                raise SearchUnavailable(
                    f"there is no index {self.name} any more", retry_after=1, passing=False
                )
            with reaching():
                self._create(f"{self.name}-000001", self.name, self.alias)
            name = behind(self._client, self.name) or f"{self.name}-000001"
        return name

    def _create(self, name: str, *aliases: str) -> None:
        try:
            self._client.indices.create(
                index=name, aliases={alias: {} for alias in aliases}, wait_for_active_shards=1, **self._body
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise


def read_filling(client: Elasticsearch, name: str) -> Filling | None:
    """What filled the live index ``name``; None when there is none. Raises SearchUnavailable."""
    return ask_again(lambda: _filling(client, name))


def read_begun(client: Elasticsearch, name: str) -> Begun | None:
    """How far the index is that is to take over; None when nobody has begun one. Raises SearchUnavailable."""
    building = f"{name}-building"
    filling = read_filling(client, building)
    if filling is None:
        return None
    with reaching():
        client.indices.refresh(index=building)
        counted = client.count(index=building, query={"term": {"live": True}})
    return Begun(filling, int(counted["count"]))


def _filling(client: Elasticsearch, alias: str) -> Filling | None:
    index = behind(client, alias)
    if index is None:
        return None
    said = _meta(client, index)
    current = said.get("schema") == SCHEMA_VERSION
    return Filling(
        said.get("encoder", ""), said.get("dimensions", 0), said.get("setting", ""), current=current
    )


def behind(client: Elasticsearch, alias: str) -> str | None:
    """The index behind an alias, the last by name if there are several; None when there is none."""
    return max(all_behind(client, alias), default=None)


def all_behind(client: Elasticsearch, alias: str) -> list[str]:
    """The indices behind an alias. Raises SearchUnavailable."""
    with reaching():
        try:
            return list(client.indices.get_alias(name=alias).keys())
        except ApiError as error:
            if error.meta.status == 404:
                return []
            raise


def stamp_of(client: Elasticsearch, index: str) -> dict[str, Any]:
    """What filled an index. Raises SearchUnavailable."""
    return {name: value for name, value in _meta(client, index).items() if name != "setting"}


def _meta(client: Elasticsearch, index: str) -> dict[str, Any]:
    with reaching():
        found = client.indices.get_mapping(index=index)
    said: dict[str, Any] = found[index]["mappings"].get("_meta", {})
    return said


def _number(index: str) -> int:
    return int(index.rpartition("-")[2])


def _digest(said: dict[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=6).hexdigest()
